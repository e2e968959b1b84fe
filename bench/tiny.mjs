/**
 * The tiny problems of the tests (test/solver/soundness.ts), every kind of rule among them. They are TypeScript beside the tests: bundled once,
 * their packages left to Node.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'vite'

/** @returns the exports of test/solver/soundness.ts */
export async function loadTiny() {
  const root = join(dirname(fileURLToPath(import.meta.url)), '..')
  const outDir = mkdtempSync(join(root, 'node_modules', '.soundness-'))
  try {
    await build({
      root,
      configFile: false,
      logLevel: 'error',
      build: {
        ssr: 'test/solver/soundness.ts',
        outDir,
        minify: false,
        rollupOptions: { output: { entryFileNames: 'soundness.mjs' } },
      },
    })
    return await import(pathToFileURL(join(outDir, 'soundness.mjs')).href)
  } finally {
    rmSync(outDir, { recursive: true, force: true })
  }
}
