import { readFileSync } from 'node:fs'
import { beforeEach, describe, expect, it } from 'vitest'
import { planner } from '../../src/cli/planner.js'
import { parametersAt } from '../../src/solver/parameters.js'
import { createHarness, type Harness } from './harness.js'

const example = new URL('../../examples/four-nodes/problem.json', import.meta.url)

let cli: Harness
let problem: string
beforeEach(() => {
  cli = createHarness()
  cli.io.loadPlanner = async () => planner
  problem = cli.write('p.json', readFileSync(example, 'utf8'))
})

describe('--print-parameters', () => {
  it('prints those of the effort, without a problem', async () => {
    const { code, out } = await cli.run('plan', '--effort', '1', '--print-parameters')
    expect(code).toBe(0)
    expect(JSON.parse(out)).toEqual(parametersAt(1))
    expect((await cli.run('plan', '--print-parameters')).out).toBe(
      `${JSON.stringify(parametersAt(3), null, 2)}\n`,
    )
  })

  it('prints what --parameters makes of them', async () => {
    const file = cli.write('x.json', '{"exact":{"firstTurn":7}}')
    const { out } = await cli.run('plan', '--print-parameters', '--parameters', file)
    expect(JSON.parse(out).exact.firstTurn).toBe(7)
  })
})

describe('--parameters', () => {
  it('takes what --print-parameters writes, and the plan names what differs', async () => {
    const { out } = await cli.run('plan', '--effort', '2', '--print-parameters')
    const usual = cli.write('usual.json', out)
    const changed = cli.write('changed.json', out.replace('"firstTurn": 200', '"firstTurn": 300'))
    const statistics = async (file: string) => {
      const argv = `plan ${problem} --effort 2 --parameters ${file} --format json -q`
      const plan = await cli.run(...argv.split(' '))
      return JSON.parse(plan.out).statistics.parameters
    }
    expect(await statistics(usual)).toBeUndefined()
    expect(await statistics(changed)).toBe('exact.firstTurn=300')
  })

  it.each([
    [
      '{"exact":{"firstTrun":1}}',
      'exact.firstTrun: is 1, but no parameter has this name; did you mean "firstTurn"?',
    ],
    ['{"exact":{"firstTurn":0.5}}', 'exact.firstTurn: is 0.5; it must be an integer of at least 1'],
  ])('%s is bad input: file, path and value', async (text, fault) => {
    const file = cli.write('x.json', text)
    for (const command of ['plan', 'explain']) {
      const err = await cli.refused(command, problem, '--parameters', file)
      expect(err).toBe(`vmferry: ${file}: ${fault}\n`)
    }
  })

  it('is a file, which is not overwritten', async () => {
    expect((await cli.run('plan', problem, '--parameters', '-')).err).toBe(
      'vmferry: --parameters -: name a file\n',
    )
    const file = cli.write('x.json', '{}')
    expect((await cli.run('plan', problem, '--parameters', file, '-o', file)).code).toBe(2)
    expect(readFileSync(file, 'utf8')).toBe('{}')
  })
})
