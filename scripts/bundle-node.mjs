// Bundles for Node: dist/node/. Dependencies stay outside. Bundlers get dist/ as it is, whatever they bundle for: package.json's condition
// "module" is theirs, "module-sync" Node's.
import { rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundleForNode } from './node-chunks.mjs'

const folder = join(dirname(fileURLToPath(import.meta.url)), '../dist/node')
const own = /^(\.|\/|[A-Za-z]:[\\/])/

rmSync(folder, { recursive: true, force: true })
await bundleForNode(
  folder,
  { suffix: 'node', base: '../', external: (id) => !own.test(id) },
  { format: 'esm' },
)
