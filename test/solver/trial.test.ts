import { expect, it } from 'vitest'
import { audit, newTally } from './audit.js'
import { type Flavour, planOf, randomProblem } from './problems.js'

const base = { memory: true, windows: false, rules: false, parking: true, tight: true }
const flavours: Record<string, Flavour> = {
  tightMoves: { ...base, vms: 4, request: 'moves' },
  tightMovesW: { ...base, vms: 4, request: 'moves', windows: true },
  tightBoth: { ...base, vms: 4, request: 'both' , parking: false},
  tightDrain: { ...base, vms: 4, request: 'drain', windows: true, parking: false },
  tightRules: { ...base, vms: 4, request: 'both', windows: true, rules: true, parking: false },
  tightPark: { ...base, vms: 3, request: 'both', windows: true },
  room: { ...base, vms: 3, request: 'both', makeRoom: true, parking: false },
  roomW: { ...base, vms: 3, request: 'both', windows: true, rules: true, makeRoom: true },
}
const N = Number(process.env.N ?? 100)
for (const schedule of ['timeline', 'rounds'] as const)
for (const [name, flavour] of Object.entries(flavours)) {
  it(`${name} ${schedule}`, async () => {
    const tally = newTally()
    let bad = 0
    let tp = 0, ta = 0
    for (let seed = 1; seed <= N; seed++) {
      const problem = randomProblem(seed * 7919, flavour)
      let faults: string[]
      try {
        const a = performance.now()
        const plan = await planOf(problem, { schedule })
        const b = performance.now()
        faults = audit(problem, plan, tally)
        tp += b - a
        const c = performance.now()
        ta += c - b
        if (b - a > 300 || c - b > 300) console.log('slow', seed, b - a, c - b, problem.vms.length)
      } catch (e) { faults = [String((e as Error).stack).slice(0,400)] }
      if (faults.length && bad++ < 4) console.log(name, schedule, 'seed', seed, faults)
    }
    console.log(name, schedule, JSON.stringify(tally), 'bad', bad, 'plan ms', Math.round(tp), 'audit ms', Math.round(ta))
  }, 300000)
}
