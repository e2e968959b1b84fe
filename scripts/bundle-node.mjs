// Bundles for Node: dist/node/. Dependencies stay outside. Bundlers get dist/ as it is, whatever they bundle for: package.json's condition
// "module" is theirs, "module-sync" Node's.
import { rmSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundleForNode } from './node-chunks.mjs'

const dist = join(dirname(fileURLToPath(import.meta.url)), '../dist')
const folder = join(dist, 'node')
const own = /^(\.|\/|[A-Za-z]:[\\/])/
/** Half a megabyte each, in one piece already: they stay where they are. */
const embedded = new Set(['chart/echarts.js', 'report/page-script.js'].map((file) => join(dist, file)))

rmSync(folder, { recursive: true, force: true })
await bundleForNode(
  folder,
  {
    suffix: 'node',
    external: (id) => !own.test(id),
    plugins: [
      {
        name: 'embedded-scripts',
        resolveId(id, importer) {
          if (importer === undefined) return
          const file = join(dirname(importer), id)
          if (embedded.has(file)) return { id: relative(folder, file).replaceAll('\\', '/'), external: true }
        },
      },
    ],
  },
  { format: 'esm' },
)
