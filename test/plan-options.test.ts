import { describe, expect, it } from 'vitest'
import { InvalidOptionError } from '../src/errors.js'
import { checkPlanOptions } from '../src/plan-options.js'
import { parametersAt } from '../src/solver/parameters.js'
import { Workers } from '../src/workers.js'

const check = (options: unknown) => checkPlanOptions(options as Parameters<typeof checkPlanOptions>[0])

describe('plan options', () => {
  it('have defaults', () => {
    const defaults = {
      schedule: 'timeline',
      seed: 0,
      effort: 3,
      timeLimitSeconds: Number.POSITIVE_INFINITY,
      signal: undefined,
      onProgress: undefined,
      thread: 'worker',
      threads: 1,
      workers: undefined,
      parameters: parametersAt(3),
      overridden: {},
    }
    expect(checkPlanOptions()).toEqual(defaults)
    expect(checkPlanOptions({})).toEqual(defaults)
  })

  it('keep what is given', () => {
    const signal = new AbortController().signal
    const onProgress = () => {}
    const given = {
      schedule: 'rounds',
      seed: 0xffff_ffff,
      effort: 5,
      timeLimitSeconds: 0.5,
      signal,
      onProgress,
    }
    const threads = { thread: 'caller', threads: 64, workers: new Workers() }
    expect(check({ ...given, ...threads })).toMatchObject({ ...given, ...threads })
  })

  it.each([
    ['schedule', 'gantt', '"gantt"'],
    ['schedule', null, 'null'],
    ['seed', -1, '-1'],
    ['seed', 1.5, '1.5'],
    ['seed', 2 ** 32, '4294967296'],
    ['seed', '7', '"7"'],
    ['seed', Number.NaN, 'NaN'],
    ['seed', 7n, '7'],
    ['effort', 0, '0'],
    ['effort', 6, '6'],
    ['effort', 2.5, '2.5'],
    ['effort', '3', '"3"'],
    ['timeLimitSeconds', 0, '0'],
    ['timeLimitSeconds', -3, '-3'],
    ['timeLimitSeconds', Number.NaN, 'NaN'],
    ['timeLimitSeconds', '60', '"60"'],
    ['thread', 'main', '"main"'],
    ['threads', -1, '-1'],
    ['threads', 65, '65'],
    ['threads', 1.5, '1.5'],
    ['threads', '2', '"2"'],
    ['workers', {}, 'new Workers()'],
    ['signal', {}, 'an AbortSignal'],
    ['signal', null, 'an AbortSignal'],
    ['signal', true, 'an AbortSignal'],
    ['signal', new AbortController(), 'an AbortSignal'],
    ['signal', { aborted: true }, 'an AbortSignal'],
  ])('%s must not be %s', (name, value, shown) => {
    const run = () => check({ [name]: value })
    expect(run).toThrow(InvalidOptionError)
    expect(run).toThrow(name)
    expect(run).toThrow(shown)
  })

  it('onProgress must be a function', () => {
    expect(() => check({ onProgress: 'log' })).toThrow(InvalidOptionError)
  })

  it('unknown names are named, with those that are known', () => {
    expect(() => check({ time_limit: 5 })).toThrow(/"time_limit".*timeLimitSeconds/)
  })

  it('null is no set of options', () => {
    expect(() => check(null)).toThrow(InvalidOptionError)
  })
})
