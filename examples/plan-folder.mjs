// Plans every problem of a folder, as many at once as there are cores: node examples/plan-folder.mjs PROBLEMS PLANS
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { planMany } from 'vmferry'

const [problems = 'examples/batch', plans = 'plans'] = process.argv.slice(2)
const files = readdirSync(problems).filter((name) => name.endsWith('.json'))
mkdirSync(plans, { recursive: true })
function* read() {
  for (const name of files) yield JSON.parse(readFileSync(`${problems}/${name}`, 'utf8'))
}
for await (const { index, plan, error } of planMany(read(), { effort: 2 })) {
  if (plan !== undefined) writeFileSync(`${plans}/${files[index]}`, JSON.stringify(plan))
  console.log(`${files[index]}: ${plan?.status ?? error.message}, ${plan?.makespanSeconds} s`)
}
