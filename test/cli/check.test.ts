import { beforeEach, describe, expect, it } from 'vitest'
import type { Violation } from '../../src/model/plan.js'
import { createHarness, type Harness } from './harness.js'

const violation: Violation = {
  rule: 'slots',
  subject: 'HV01',
  atSeconds: 60,
  excess: 1,
  message: 'two at once',
}

let cli: Harness
let files: [string, string]
beforeEach(() => {
  cli = createHarness({ stdin: '{"migrations":[{},{},{}]}' })
  files = [cli.write('p.json', '{"nodes":[]}'), cli.write('plan.json', '{"migrations":[{},{}]}')]
})

describe('check', () => {
  it('answers with one line and 0 where the plan is right', async () => {
    expect(await cli.run('check', ...files)).toEqual({
      code: 0,
      out: 'ok: 2 migrations, no violation\n',
      err: '',
    })
    expect(await cli.run('check', ...files, '--format', 'json')).toEqual({ code: 0, out: '[]\n', err: '' })
  })

  it('lists violations and exits with 3', async () => {
    cli.planner.check = () => [violation]
    expect(await cli.run('check', ...files)).toEqual({
      code: 3,
      out: '1 violation in 2 migrations\n  rule   subject   instant  excess  message\n  slots  HV01     20:01:00       1  two at once\n',
      err: '',
    })
    const { code, out } = await cli.run('check', ...files, '--format', 'json')
    expect(code).toBe(3)
    expect(JSON.parse(out)).toEqual([violation])
  })

  it('hands both documents to the checker, either of them from standard input', async () => {
    const seen: unknown[] = []
    cli.planner.check = (_, plan) => {
      seen.push(plan)
      return []
    }
    await cli.run('check', ...files)
    expect((await cli.run('check', files[0], '-')).out).toBe('ok: 3 migrations, no violation\n')
    expect(cli.documents).toEqual([{ nodes: [] }, { nodes: [] }])
    expect(seen).toEqual([{ migrations: [{}, {}] }, { migrations: [{}, {}, {}] }])
  })
})
