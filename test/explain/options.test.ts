import { describe, expect, it } from 'vitest'
import { InvalidOptionError, InvalidProblemError } from '../../src/errors.js'
import { checkExplainOptions, type ExplainOptions, mostRelaxations } from '../../src/explain/options.js'
import type { Problem } from '../../src/model/problem.js'
import { explain } from '../../src/on-demand.js'
import { problemOf } from '../solver/problems.js'

const problem = problemOf({
  nodes: ['HV01', 'HV02'],
  vms: ['sql-07@HV01'],
  request: { drain: ['HV01'] },
})

async function refusal(options: unknown): Promise<string> {
  const error = await explain(problem, options as ExplainOptions).catch((e: unknown) => e)
  if (!(error instanceof InvalidOptionError)) throw error
  return error.message
}

describe('options that are refused', () => {
  it.each([
    [{ vm: 'sql-7' }, 'vm is "sql-7", which is not the id of a VM; did you mean "sql-07"?'],
    [{ vm: 'HV01' }, 'vm is "HV01", which is not the id of a VM'],
    [{ node: 'HV1' }, 'node is "HV1", which is not the id of a node; did you mean "HV01"?'],
    [{ vm: 7 }, 'vm is 7; it must be an id'],
    [{ node: null }, 'node is null; it must be an id'],
    [{ relaxations: -1 }, 'relaxations is -1; it must be an integer from 0 to 100'],
    [{ relaxations: 2.5 }, 'relaxations is 2.5; it must be an integer from 0 to 100'],
    [{ relaxations: 101 }, 'relaxations is 101; it must be an integer from 0 to 100'],
    [{ onProgress: 1 }, 'onProgress must be a function'],
    [{ effort: 9 }, 'effort is 9; it must be an integer from 1 (quickest) to 5'],
    [null, 'the options are null; they must be an object'],
  ])('%j', async (options, message) => {
    expect(await refusal(options)).toBe(message)
  })

  it('unknown ones, with all that are known', async () => {
    const message = await refusal({ vms: 'sql-07' })
    expect(message).toContain('unknown option "vms"; known are schedule, seed, effort')
    for (const name of ['vm', 'node', 'relaxations', 'onProgress']) expect(message).toContain(name)
  })
})

it('a faulty problem is refused before anything else of it', async () => {
  await expect(explain({ version: 1 } as Problem, { vm: 'x' })).rejects.toThrow(InvalidProblemError)
})

it('what onProgress throws ends the explanation', async () => {
  const stop = () => {
    throw new Error('enough')
  }
  await expect(explain(problem, { thread: 'caller', onProgress: stop })).rejects.toThrow('enough')
})

describe('the most changes that are planned', () => {
  it.each([
    [{}, 1, 8],
    [{}, 250, 8],
    [{}, 251, 7],
    [{}, 1000, 2],
    [{}, 100_000, 1],
    [{ effort: 5 }, 100, 16],
    [{ relaxations: 12 }, 100_000, 12],
    [{ relaxations: 0 }, 5, 0],
  ] as const)('%j, %i VMs: %i', (options, vms, most) => {
    expect(mostRelaxations(checkExplainOptions(options), vms)).toBe(most)
  })
})
