// One solver on one problem in a process of its own: a request { input, seconds, seed, effort } on standard input, one line of JSON out.
// The clock of the solve starts once the solver is loaded; building its model is part of the solve.
import { readFileSync } from 'node:fs'
import { check } from '../../dist/index.js'

const SOLVERS = {
  vmferry: () => import('./vmferry.mjs'),
  'cp-sat': () => import('./general.mjs').then(({ general }) => general('./cp-sat.mjs')),
  chuffed: () => import('./general.mjs').then(({ general }) => general('./chuffed.mjs')),
}

const request = JSON.parse(readFileSync(0, 'utf8'))
const solver = await SOLVERS[process.argv[2]]()
await solver.start()
const startSeconds = performance.now() / 1000

const began = performance.now()
const outcome = await solver.solve(request.input, request)
const seconds = (performance.now() - began) / 1000
const { plan, ...rest } = outcome
const answer = { ...rest, startSeconds, seconds }
if (plan !== undefined) {
  const weightOf = new Map(request.input.vms.map(({ id, priority = 2000 }) => [id, priority + 1]))
  Object.assign(answer, {
    makespanSeconds: plan.makespanSeconds,
    cost: plan.cost,
    bound: plan.costLowerBound,
    proven: plan.proven,
    unplaced: plan.unplaced.length,
    unplacedWeight: plan.unplaced.reduce((sum, { vm }) => sum + weightOf.get(vm), 0),
    parks: plan.migrations.some(({ parking }) => parking === true),
    violations: check(request.input, plan).map(({ message }) => message),
  })
}
process.stdout.write(`${JSON.stringify(answer)}\n`, () => process.exit(0))
