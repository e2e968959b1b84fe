/** Every public function, given what its types forbid: an error of the package that says what is wrong, never one of the language. */
import { describe, expect, it } from 'vitest'
import * as vmferry from '../src/index.js'
import {
  ImportError,
  InvalidOptionError,
  InvalidProblemError,
  type Problem,
  plan,
  UnknownCpuError,
} from '../src/index.js'

const cpu = { model: 'EPYC' }
const PROBLEM: Problem = {
  version: 1,
  nodes: ['A', 'B'].map((id) => ({ id, cpu, memoryMiB: 100, migrationMbps: 1000 })),
  vms: [{ id: 'v', node: 'A', memoryMiB: 1 }],
  request: { drain: ['A'] },
}

const NONSENSE: readonly unknown[] = [
  ...[undefined, null, 0, Number.NaN, -1, '', 'x', '{}', true, Symbol('s'), 10n],
  ...[[], [null], [[]], [{}], {}, { a: 1 }, () => 1, new Date(), new Map(), Object.create(null)],
  ...[
    { version: 1 },
    { vendor: 'Intel' },
    { features: [1] },
    { vendor: 'Intel', features: [null] },
    { brand: 5 },
  ],
  ...[{ migrations: [null] }, { begin: {}, entries: [] }, { left: [{}] }, { start: 5 }],
]

/** Arguments that are right, in front of which nonsense is not looked at; each function's own come first. */
const LEADING: Readonly<Record<string, () => Promise<readonly unknown[][]>>> = {
  plan: async () => [[PROBLEM]],
  check: async () => [[PROBLEM]],
  explain: async () => [[PROBLEM]],
  quiet: async () => [[PROBLEM], [PROBLEM, await plan(PROBLEM)]],
  remaining: async () => [
    [PROBLEM],
    [PROBLEM, await plan(PROBLEM)],
    [PROBLEM, await plan(PROBLEM), { begin: {}, entries: [] }],
  ],
  planRemaining: async () => [[{ problem: PROBLEM, left: [] }]],
  importProblem: async () => [['csv'], ['csv', []]],
  readCalendarWindows: async () => [['BEGIN:VCALENDAR\nEND:VCALENDAR']],
  applyPatch: async () => [[PROBLEM], [{}]],
  compareCpus: async () => [['EPYC']],
  applyLearned: async () => [[PROBLEM]],
  back: async () => [[PROBLEM], [PROBLEM, await plan(PROBLEM)]],
}

const functions = Object.entries(vmferry).filter(
  ([, value]) => typeof value === 'function' && !/^class\b/.test(Function.prototype.toString.call(value)),
)

describe('a public function', () => {
  it.each(functions)('%s names what is wrong with its arguments', async (name, call) => {
    const leading = [[], ...((await LEADING[name]?.()) ?? [])]
    const cases = leading.flatMap((given) => NONSENSE.map((each) => [...given, each]))
    for (const each of NONSENSE) cases.push([each, each], [each, each, each], [each, each, each, each])
    for (const given of [[], ...cases]) {
      try {
        await (call as (...given: unknown[]) => unknown)(...given)
      } catch (error) {
        const known = [InvalidProblemError, InvalidOptionError, UnknownCpuError, ImportError]
        if (known.some((kind) => error instanceof kind)) continue
        throw new Error(`${name}(${given.map((value) => typeof value).join(', ')})`, { cause: error })
      }
    }
  })

  it.each<[string, () => unknown, RegExp]>([
    ['applyPatch', () => vmferry.applyPatch({}, 5 as never), /^the patch is 5; it must be an array$/],
    [
      'applyPatch',
      () => vmferry.applyPatch({}, [null] as never),
      /^the patch\[0\] is null; it must be an object$/,
    ],
    ['parseJournal', () => vmferry.parseJournal(null as never), /^the journal is null; it must be text$/],
    [
      'planFingerprint',
      () => vmferry.planFingerprint({} as never),
      /^migrations of the plan is undefined; it must be an array$/,
    ],
    [
      'parametersAt',
      () => vmferry.parametersAt(6 as never),
      /^effort is 6; it must be an integer from 1 to 5$/,
    ],
  ])('%s says what would be right', (_, call, message) => {
    expect(call).toThrow(InvalidOptionError)
    expect(call).toThrow(message)
  })
})
