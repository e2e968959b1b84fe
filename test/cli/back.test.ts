/** The command: what it writes, what it says, and what it refuses. The way back itself is test/replan/back.test.ts. */
import { beforeEach, expect, it } from 'vitest'
import { checkResolved, parsePlan } from '../../src/check/check.js'
import { resolveProblem } from '../../src/model/validate.js'
import { migration, plan } from '../io/fixtures.js'
import { problemOf } from '../solver/problems.js'
import { createHarness, type Harness } from './harness.js'

const START = '2026-11-23T22:00:00+01:00'
const problem = {
  ...problemOf({
    nodes: ['A', 'B'],
    vms: ['a@A 100', 'b@B 100'],
    request: { drain: ['A'] },
  }),
  start: START,
}
const made = plan([migration('a', 'A', 'B', 0, 9)], { drained: [{ node: 'A', atSeconds: 9 }] })

let cli: Harness
let files: [string, string]
beforeEach(() => {
  cli = createHarness()
  cli.planner.resolveProblem = resolveProblem
  files = [cli.write('p.json', JSON.stringify(problem)), cli.write('plan.json', JSON.stringify(made))]
})

it('writes the problem, and says what is to be done before it runs', async () => {
  const file = cli.path('back.json')
  const { code, out, err } = await cli.run('back', ...files, '--start', '06:30', '-o', file)
  expect([code, out]).toEqual([0, ''])
  expect(err.split('\n')).toEqual([
    `vmferry: wrote ${file}: 1 VM to bring home, from 2026-11-24T06:30:00.000+01:00 on`,
    'vmferry: resume before it runs, as the runbook has paused it: A',
    '',
  ])
  const { out: text } = await cli.run('back', ...files, '--start', '05:30', '--zone', 'UTC', '-q')
  expect(JSON.parse(text)).toMatchObject({
    start: '2026-11-24T06:30:00.000+01:00',
    vms: [{ id: 'a', node: 'B', bootNode: 'A' }, { id: 'b' }],
    request: { moves: [{ vm: 'a', to: 'A' }] },
  })
})

it.each<[string, string[], string]>([
  ['a time before the end', ['--start', '5s'], 'is before the plan has ended, 9 s after its start'],
  [
    'a zone without a local time',
    ['--start', '3h', '--zone', 'Europe/Berlin'],
    '--zone is for a local time of --start',
  ],
  ['a name that is none of JSON', ['-o', 'back.ps1'], '-o back.ps1: a problem is JSON'],
])('refuses %s', async (_, options, message) => {
  const { code, out, err } = await cli.run('back', ...files, ...options)
  expect([code, out]).toEqual([2, ''])
  expect(err).toContain(message)
})

it('refuses what is misplaced, and a plan that breaks rules', async () => {
  expect((await cli.run('back', files[1], files[0])).err).toContain('this is a plan')
  expect((await cli.run('back', ...files, '--journal', files[1])).err).toContain('here goes a journal')
  cli.planner.check = (resolved, given) => checkResolved(resolved, parsePlan(given))
  const broken = cli.write('broken.json', JSON.stringify({ ...made, drained: [] }))
  const { code, err } = await cli.run('back', files[0], broken)
  expect([code, err]).toEqual([2, expect.stringContaining('broken.json: breaks')])
})
