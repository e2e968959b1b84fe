// Plans every problem of a folder into another, as many at once as there are cores: node examples/plan-folder.mjs PROBLEMS PLANS
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { check, plan, Workers } from 'vmferry'

const [problems = 'examples/batch', plans = 'plans'] = process.argv.slice(2)
await mkdir(plans, { recursive: true })
const files = (await readdir(problems)).filter((name) => name.endsWith('.json')).sort()
const workers = new Workers()

async function planFile(file) {
  const problem = JSON.parse(await readFile(join(problems, file), 'utf8'))
  const result = await plan(problem, { effort: 2, workers })
  const violations = check(problem, result)
  if (violations.length > 0) throw new Error(`${file}: ${violations[0].message}`)
  await writeFile(join(plans, file), `${JSON.stringify(result, null, 2)}\n`)
  const gap = (100 * result.gap).toFixed(2)
  console.log(
    `${file}: ${result.status}, ${result.makespanSeconds} s, gap ${gap} %, ${result.unplaced.length} unplaced`,
  )
  if (result.unplaced.length > 0) process.exitCode = 3
}

// One loop for each thread, all over the same files: no more problems are in memory than are being planned.
const left = files.values()
await Promise.all(
  Array.from({ length: workers.size }, async () => {
    for (const file of left) await planFile(file)
  }),
)
workers.close()
