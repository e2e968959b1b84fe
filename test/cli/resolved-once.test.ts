/** Every command resolves what it reads once, whatever it then does with it. */
import { readFileSync } from 'node:fs'
import { beforeEach, expect, it, vi } from 'vitest'
import { planner } from '../../src/cli/planner.js'
import { planFingerprint } from '../../src/model/fingerprint.js'
import { resolveProblem } from '../../src/model/validate.js'
import { createHarness, type Harness } from './harness.js'

vi.mock('../../src/model/validate.js', { spy: true })

const example = new URL('../../examples/four-nodes/problem.json', import.meta.url)
const calendar = 'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n'

let cli: Harness
let files: [problem: string, plan: string]
beforeEach(async () => {
  cli = createHarness()
  cli.io.loadPlanner = async () => planner
  const problem = { ...JSON.parse(readFileSync(example, 'utf8')), start: '2026-11-23T20:00:00+01:00' }
  const path = cli.write('p.json', JSON.stringify(problem))
  const plan = cli.path('plan.json')
  await cli.run('plan', path, '-q', '-o', plan)
  files = [path, plan]
  vi.mocked(resolveProblem).mockClear()
})

/** How often the command resolved something. */
async function resolutions(...argv: string[]): Promise<number> {
  const { code, err } = await cli.run(...argv, '-q')
  expect([code, err]).toEqual([0, ''])
  return vi.mocked(resolveProblem).mock.calls.length
}

it('plan', async () => expect(await resolutions('plan', files[0])).toBe(1))
it('check', async () => expect(await resolutions('check', ...files)).toBe(1))
it('export', async () => expect(await resolutions('export', ...files)).toBe(1))
it('quiet', async () => expect(await resolutions('quiet', ...files, '--duration', '1s')).toBe(1))
it('with calendars', async () => {
  const windows = ['--windows', cli.write('none.ics', calendar)]
  expect(await resolutions('plan', files[0], ...windows)).toBe(1)
})

it('explain: the problem, and each changed one', async () => {
  await resolutions('explain', files[0], '--relaxations', '3', '--format', 'json')
  const documents = vi.mocked(resolveProblem).mock.calls.map(([document]) => JSON.stringify(document))
  expect(new Set(documents).size).toBe(documents.length)
  expect(documents.length).toBeGreaterThan(3)
})

it('replan: the problem, and what is left of it', async () => {
  const plan = JSON.parse(readFileSync(files[1], 'utf8'))
  const at = '2026-11-23T20:00:00+01:00'
  const begin = {
    version: 1,
    event: 'begin',
    at,
    problem: plan.problem,
    plan: planFingerprint(plan),
    start: at,
  }
  const journal = cli.write('run.journal', `${JSON.stringify(begin)}\n`)
  expect(await resolutions('replan', ...files, '--journal', journal, '--now', at)).toBe(2)
})
