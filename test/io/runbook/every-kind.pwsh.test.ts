/** One night with every kind of migration, killed at each of its calls. */
import { describe, expect, it } from 'vitest'
import { resolveProblem } from '../../../src/model/validate.js'
import { everyKind } from './by-hand.js'
import { judge } from './nights.js'
import { label, Simulation } from './simulate.js'

const ARGS = { MarginPercent: 0 }
const TOLD = [
  ...[
    'last A>B live',
    'live A>B live',
    'off A>B live',
    'park B>C live',
    'park C>A live',
    'restart C>B restart',
  ],
  ...['save C>A save', 'saved C>A live', 'sleeper D>D save-in-place', 'sleeper-2 D>D save-in-place'],
  'stopped D>D stop-in-place',
].sort()

const told = (simulation: Simulation) => simulation.done.map(label).sort()

describe('a night with every kind of migration', () => {
  it('does each as it is meant', async () => {
    const simulation = new Simulation(everyKind())
    const result = await simulation.start(ARGS)
    expect([result.exitCode, result.error]).toEqual([0, null])
    expect(told(simulation)).toEqual(TOLD)
    expect(simulation.world.trace.map(({ vm, kind }) => `${vm} ${kind}`).sort()).toEqual([
      ...['last live', 'live live', 'off quick', 'park live', 'park live', 'restart quick', 'restart start'],
      ...['restart stop', 'save quick', 'saved quick', 'sleeper save', 'sleeper-2 save', 'stopped stop'],
    ])
    expect(simulation.world.refusals).toEqual([])
    const { problem, plan } = everyKind()
    expect(judge(resolveProblem(problem), plan, simulation.done)).toEqual([])
    const states = simulation.world.vms.map((vm) => [vm.name, vm.state, vm.compatibility])
    expect(states).toEqual([
      ['live', 'Running', false],
      ['restart', 'Running', true],
      ['sleeper', 'Saved', false],
      ['stopped', 'Off', false],
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
    const { calls } = await whole.start(ARGS)
    expect(calls).toBeGreaterThan(100)
    for (let at = 5; at <= calls; at += 137) {
      const simulation = new Simulation(everyKind())
      const first = await simulation.start(ARGS, { endAtCall: at, endBy: at % 3 === 0 ? 'stop' : 'kill' })
      expect([at, first.ended]).toEqual([at, true])
      await simulation.advance((at * 13) % 150)
      const result = await simulation.start(ARGS)
      expect([at, result.exitCode, result.error, simulation.world.refusals]).toEqual([at, 0, null, []])
      expect([at, told(simulation)]).toEqual([at, TOLD])
      const asked = simulation.world.trace.map(({ vm, kind, to }) => `${vm} ${kind} ${to}`)
      expect(new Set(asked).size).toBe(asked.length)
      expect(simulation.journal.warnings).toEqual([])
    }
  }, 300_000)
})
