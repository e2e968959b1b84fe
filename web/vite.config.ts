/** The planner page: static files in dist/web. The engine and its helper for linear programs are entries beside the page, so that what they share is one file. */
import { readFileSync } from 'node:fs'
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

export default defineConfig({
  root: path('.'),
  base: './',
  plugins: [workerBeside],
  resolve: { alias: { 'node:crypto': path('engine/crypto.ts') } },
  define: { VERSION: JSON.stringify(JSON.parse(readFileSync(path('../package.json'), 'utf8')).version) },
  build: {
    outDir: path('../dist/web'),
    emptyOutDir: true,
    target: 'es2022',
    assetsDir: '.',
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 2000,
    rolldownOptions: {
      input: {
        index: path('index.html'),
        engine: path('engine/engine.ts'),
        'browser-entry': path('../src/worker/browser-entry.ts'),
      },
      preserveEntrySignatures: 'allow-extension',
      output: { entryFileNames: '[name].js', chunkFileNames: '[name].js', assetFileNames: '[name][extname]' },
    },
  },
})
