// Plans every problem of a folder: node examples/plan-folder.mjs [FOLDER]. Writes NAME.plan.json beside each.
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { check, plan } from 'vmferry'

const folder = process.argv[2] ?? new URL('./batch/', import.meta.url).pathname
let unplaced = 0
for (const file of (await readdir(folder)).sort()) {
  if (!file.endsWith('.json') || file.endsWith('.plan.json')) continue
  const problem = JSON.parse(await readFile(join(folder, file), 'utf8'))
  const result = await plan(problem, { effort: 2 })
  const violations = check(problem, result)
  if (violations.length > 0) throw new Error(`${file}: ${violations[0].message}`)
  await writeFile(join(folder, file.replace(/\.json$/, '.plan.json')), `${JSON.stringify(result, null, 2)}\n`)
  const gap = (100 * result.gap).toFixed(2)
  console.log(`${file}: ${result.status}, ${result.makespanSeconds} s, gap ${gap} %, ${result.unplaced.length} unplaced`)
  unplaced += result.unplaced.length
}
process.exitCode = unplaced > 0 ? 3 : 0
