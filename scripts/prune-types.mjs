// Deletes the declarations that those of the package's entries do not lead to: nobody could import their modules, and they would be a tenth of the package.
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const dist = join(dirname(fileURLToPath(import.meta.url)), '../dist')
const IMPORTS = /(?:\bfrom|\bimport\()\s*['"](\.[^'"]+)\.js['"]/g

const reached = new Set()
function follow(module) {
  if (reached.has(module)) return
  reached.add(module)
  for (const [, from] of readFileSync(`${module}.d.ts`, 'utf8').matchAll(IMPORTS))
    follow(join(dirname(module), from))
}
for (const entry of ['index', 'worker/browser-entry', 'worker/node-entry']) follow(join(dist, entry))

for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
  const file = join(entry.parentPath, entry.name)
  const module = file.replace(/\.d\.ts$/, '')
  if (module !== file && !reached.has(module)) rmSync(file)
}
