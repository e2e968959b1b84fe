/** The planner page: static files in dist/web. The engine and its helper for linear programs are entries beside the page, so that what they share is one file. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig, type Plugin } from 'vite'

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url))

/** The engine's own worker lies beside it, under its name: Vite would make a second bundle of it. */
const workerBeside: Plugin = {
  name: 'worker-beside',
  enforce: 'pre',
  transform(code, id) {
    if (!/src\/worker\/browser-worker\.ts$/.test(id)) return
    const beside = code.replace(
      "new URL('./browser-entry.js', import.meta.url)",
      "new URL('./browser-entry.js', self.location.href)",
    )
    if (beside === code)
      throw new Error(`${id} starts its worker otherwise: see whether the page still finds it`)
    return beside
  },
}

/** Large, and of the library too: they go as they are into files of their own, and the package's library takes them from there. */
const SHARED = ['chart/echarts', 'lp/highs-bytes']

const sharedWithLibrary: Plugin = {
  name: 'shared-with-library',
  enforce: 'pre',
  resolveId(id, importer = '') {
    const file = resolve(dirname(importer), id).replaceAll('\\', '/')
    const module = SHARED.find((each) => file === path(`../src/${each}.js`))
    if (module !== undefined) return { id: `./${basename(module)}.js`, external: true }
  },
  generateBundle() {
    for (const module of SHARED) {
      const text = readFileSync(path(`../src/${module}.ts`), 'utf8')
      const source = text.replace(/^(export const \w+): .+? =(?=\s)/m, '$1 =')
      this.emitFile({ type: 'asset', fileName: `${basename(module)}.js`, source })
    }
  },
  writeBundle() {
    for (const module of SHARED) {
      const file = path(`../dist/${module}.js`)
      if (existsSync(file)) writeFileSync(file, `export * from '../web/${basename(module)}.js'\n`)
    }
  },
}

export default defineConfig({
  root: path('.'),
  base: './',
  plugins: [workerBeside, sharedWithLibrary],
  resolve: { alias: { 'node:crypto': path('engine/crypto.ts') } },
  build: {
    outDir: path('../dist/web'),
    emptyOutDir: true,
    target: 'es2022',
    assetsDir: '.',
    modulePreload: false,
    // Of what is bundled.
    license: { fileName: 'licenses.md' },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 2000,
    rolldownOptions: {
      checks: { bundlerTimings: false },
      input: {
        index: path('index.html'),
        engine: path('engine/engine.ts'),
        'browser-entry': path('../src/worker/browser-entry.ts'),
      },
      output: {
        // Notices of what the sources embed.
        comments: { legal: true },
        entryFileNames: '[name].js',
        chunkFileNames: '[name].js',
        assetFileNames: '[name][extname]',
      },
    },
  },
})
