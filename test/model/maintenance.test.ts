import { describe, expect, it } from 'vitest'
import { resolveProblem } from '../../src/model/validate.js'
import { faultsOf, validProblem } from './build.js'

const work = (node: string, rest = {}) => ({ node, durationSeconds: 60, ...rest })
const BOTH = [work('HV01'), work('HV02')]

/** Changes of a problem with both nodes to be worked on: each makes one fault, at the path, whose message has these words. */
const FAULTS: [change: object, path: string, ...words: string[]][] = [
  [{ maintenance: {} }, 'maintenance', 'not an array'],
  [{ maintenance: ['HV01'] }, 'maintenance[0]', 'not an object'],
  [{ maintenance: [{ node: 'HV02' }] }, 'maintenance[0].durationSeconds', 'is missing'],
  [{ maintenance: [work('HV2')] }, 'maintenance[0].node', '"HV2"', '"HV02"?'],
  [{ maintenance: [work('HV01'), work('HV01')] }, 'maintenance[1].node', 'request.maintenance[0] already'],
  [{ drain: ['HV02'] }, 'maintenance[1].node', 'drained too'],
  ...(
    [
      ['durationSeconds', 0, '0 is out of range'],
      ['mode', 'restart', '"live", "save"'],
      ['position', 1, '"first", "last", "any"'],
      ['settleSeconds', -1, 'at least 0'],
      ['priority', 1.5, 'integer'],
      ['earliestStart', 'soon', '"soon"'],
      ['latestEnd', -1, 'out of range'],
      ['featuresAfter', ['-'], 'names no feature'],
      ['duration', 60, 'unknown key'],
    ] as const
  ).map(([key, value, ...words]): [object, string, ...string[]] => [
    { maintenance: [work('HV01', { [key]: value })] },
    `maintenance[0].${key}`,
    ...words,
  ]),
  [{ maintenance: [work('HV01', { after: ['HV02'] })] }, 'maintenance[0].after[0]', 'not the node of a work'],
  [
    { maintenance: [work('HV01'), work('HV02', { after: ['HV01', 'HV01'] })] },
    'maintenance[1].after[1]',
    'once',
  ],
  [
    { maintenance: [work('HV01', { after: ['HV02'] }), work('HV02', { after: ['HV01'] })] },
    'maintenance[0].after',
    'circle',
    '"HV01", "HV02"',
  ],
  [
    { maintenance: [work('HV01', { position: 'last' }), work('HV02', { after: ['HV01'] })] },
    'maintenance[1].after',
    'contradicts the positions',
  ],
  [
    { maintenance: [work('HV01'), work('HV02', { after: ['HV01'], position: 'first' })] },
    'maintenance[1].after',
    'contradicts the positions',
  ],
  [{ notTogether: [['HV01', 'HV1']] }, 'notTogether[0][1]', '"HV1"'],
  [{ notTogether: [['HV01', 'HV01']] }, 'notTogether[0][1]', 'already'],
  [{ notTogether: [['HV01', 1]] }, 'notTogether[0][1]', '1 is not text'],
  [{ notTogether: ['HV01'] }, 'notTogether[0]', 'not an array'],
]

describe('request.maintenance', () => {
  it.each(FAULTS)('%j is refused at %s', (change, path, ...words) => {
    const request = { maintenance: BOTH, ...change }
    const faults = faultsOf({ ...validProblem(), request })
    expect(faults.map((fault) => fault.path)).toEqual([`request.${path}`])
    for (const word of words) expect(faults[0].message).toContain(word)
  })

  it('may not stand against a move of one of its VMs where they return home', () => {
    const problem = validProblem()
    problem.request.maintenance = BOTH
    expect(faultsOf(problem)).toEqual([])
    problem.policy = { returnHome: true }
    expect(faultsOf(problem).map(({ path }) => path)).toEqual(['request.moves[0].to'])
    problem.request.moves[0].to = 'HV01'
    expect(faultsOf(problem)).toEqual([])
  })

  it('is no fault where it is empty, and alone', () => {
    const { works } = resolveProblem({ ...validProblem(), request: { maintenance: [] } })
    expect(works).toEqual([])
  })

  it('has its defaults, instants in seconds and features by their names', () => {
    const { works } = resolveProblem({
      ...validProblem(),
      request: {
        maintenance: [
          work('HV01'),
          work('HV02', {
            earliestStart: '2026-11-23T21:00:00+01:00',
            latestEnd: 7300,
            featuresAfter: ['AVX2', 'sse4.2'],
          }),
        ],
      },
    })
    expect(works).toEqual([
      {
        ...work('HV01'),
        mode: 'live',
        earliestStartSeconds: 0,
        latestEndSeconds: Number.POSITIVE_INFINITY,
        after: [],
        priority: 2000,
        position: 'any',
        settleSeconds: 0,
        featuresAfter: undefined,
      },
      expect.objectContaining({
        earliestStartSeconds: 3600,
        latestEndSeconds: 7300,
        featuresAfter: ['avx2', 'sse42'],
      }),
    ])
  })
})

describe('windows of kind no-work', () => {
  it('are kept apart from those that forbid migrations', () => {
    const problem = validProblem()
    problem.windows = [
      { start: 5, end: 9, kind: 'no-work' },
      { node: 'HV01', start: 0, end: 3, kind: 'no-work' },
      { start: 1, end: 2 },
    ]
    const { windows, noWorkWindows } = resolveProblem(problem)
    expect(windows.map(({ source }) => source)).toEqual([2])
    expect(noWorkWindows).toEqual([
      { node: 'HV01', startSeconds: 0, endSeconds: 3, source: 1 },
      { startSeconds: 5, endSeconds: 9, source: 0 },
    ])
  })

  it('are of no VM', () => {
    const problem = validProblem()
    problem.windows[0].kind = 'no-work'
    expect(faultsOf(problem).map(({ path }) => path)).toEqual(['windows[0].vm'])
  })
})
