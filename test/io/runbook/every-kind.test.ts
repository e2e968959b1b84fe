/** One night with every kind of migration, killed at each of its calls. */
import { describe, expect, it } from 'vitest'
import { resolveProblem } from '../../../src/model/validate.js'
import { everyKind } from './by-hand.js'
import { judge } from './nights.js'
import { label, Simulation } from './simulate.js'

const ARGS = { PollSeconds: 20, MarginPercent: 0 }
const TOLD = [
  'live A>B live',
  'last A>B live',
  'off A>B live',
  'park B>C live',
  'park C>A live',
  'restart C>B restart',
  'save C>A save',
  'saved C>A live',
  'sleeper D>D save-in-place',
  'sleeper-2 D>D save-in-place',
].sort()

const told = (simulation: Simulation) => simulation.done.map(label).sort()

describe('a night with every kind of migration', () => {
  it('does each as it is meant', async () => {
    const simulation = new Simulation(everyKind())
    const result = await simulation.start(ARGS)
    expect([result?.exitCode, result?.error]).toEqual([0, undefined])
    expect(told(simulation)).toEqual(TOLD)
    expect(simulation.cluster.trace.map(({ vm, kind }) => `${vm} ${kind}`)).toEqual([
      'live live',
      'restart stop',
      'sleeper save',
      'restart quick',
      'off quick',
      'sleeper-2 save',
      'restart start',
      'saved quick',
      'park live',
      'save quick',
      'last live',
      'park live',
    ])
    expect(simulation.cluster.refusals).toEqual([])
    const { problem, plan } = everyKind()
    expect(judge(resolveProblem(problem), plan, simulation.done)).toEqual([])
    const states = [...simulation.cluster.vms.values()].map((vm) => [vm.name, vm.state, vm.compatibility])
    expect(states).toEqual([
      ['live', 'Running', false],
      ['restart', 'Running', true],
      ['sleeper', 'Saved', false],
      ['off', 'Off', false],
      ['sleeper-2', 'Saved', false],
      ['saved', 'Saved', false],
      ['park', 'Running', false],
      ['save', 'Running', false],
      ['last', 'Running', false],
    ])
  })

  it('comes to the same end wherever it is killed', async () => {
    const whole = new Simulation(everyKind())
    await whole.start(ARGS)
    const { calls } = whole
    expect(calls).toBeGreaterThan(100)
    for (let at = 0; at < calls; at += 11) {
      const simulation = new Simulation(everyKind(), { version: at % 2 === 0 ? '5.1' : '7.4' })
      simulation.callsLeft = at
      expect(await simulation.start(ARGS)).toBeUndefined()
      simulation.clock.advance((at * 13) % 150)
      const result = await simulation.start(ARGS)
      expect([at, result?.exitCode, result?.error, simulation.cluster.refusals]).toEqual([
        at,
        0,
        undefined,
        [],
      ])
      expect([at, told(simulation)]).toEqual([at, TOLD])
      const asked = simulation.cluster.trace.map(({ vm, kind, to }) => `${vm} ${kind} ${to}`)
      expect(new Set(asked).size).toBe(asked.length)
      expect(simulation.journal.warnings).toEqual([])
    }
  }, 300_000)
})
