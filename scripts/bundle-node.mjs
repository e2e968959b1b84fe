// Bundles what tsc made of src/ for Node: dist/node/, a few files in place of two hundred, most of the time that a start takes. Dependencies stay
// outside. Browsers' bundlers get dist/ as it is: they find worker and WASM files by the URLs in it.
import { rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const dist = join(root, 'dist')
const folder = join(dist, 'node')
const own = /^(\.|\/|[A-Za-z]:[\\/])/

rmSync(folder, { recursive: true, force: true })
const bundle = await rolldown({
  cwd: root,
  // The LP worker's entry keeps its name: it is started by its URL, beside the file that asks for it.
  input: {
    index: join(dist, 'index.js'),
    main: join(dist, 'cli/main.js'),
    'node-entry': join(dist, 'worker/node-entry.js'),
  },
  platform: 'node',
  // No other file may import the command line's entry: that would run it.
  preserveEntrySignatures: 'strict',
  external: (id) => !own.test(id),
  plugins: [
    {
      name: 'rules-on-demand',
      resolveId(id, importer) {
        if (id.endsWith('/rrule-library.js')) return join(dirname(importer), 'rrule-library-node.js')
      },
    },
  ],
})
await bundle.write({ dir: folder, format: 'esm', chunkFileNames: '[name].js' })
await bundle.close()
