import { test } from 'vitest'
import { anything, assignment, coveringMaster, createRandom, below } from './programs.js'
import { solveWithHighs } from '../../src/lp/highs.js'
import { solveWithJavascriptLpSolver } from '../../src/lp/javascript-lp-solver.js'
import { createWarmDualMaster } from '../../src/lp/dual-master.js'
import { fullProgram, generateColumns, instance, profitOf } from './masters.js'
test('stress', async () => {
  const seen: Record<string, number> = {}
  const go = async (name: string, make: (r: any) => any, n: number) => {
    for (let s = 1; s <= n; s++) {
      const lp = make(createRandom(s * 15485863 + 17))
      const a = solveWithJavascriptLpSolver(lp), b = await solveWithHighs(lp)
      const same = a.status === b.status && (a.status !== 'optimal' || Math.abs(a.objective - b.objective) <= 1e-6 * Math.max(1, Math.abs(b.objective)))
      const key = name + ' ' + a.status + '/' + b.status + (same ? '' : ' DIFF')
      seen[key] = (seen[key] ?? 0) + 1
      if (!same && !key.includes('unbounded/infeas') && !key.includes('infeasible/unb')) console.log(name, s, a.status, a.note, a.objective, b.status, b.note, b.objective)
    }
  }
  await go('any', (r) => anything(r), 6000)
  await go('anyint', (r) => anything(r, true), 2500)
  await go('assign', (r) => assignment(r, 10+below(r,20), 6+below(r,14)), 150)
  await go('cover', (r) => coveringMaster(r, 20+below(r,40), 100+below(r,400)), 80)
  await go('coverint', (r) => coveringMaster(r, 8+below(r,8), 40+below(r,40), true), 60)
  let bad=0
  for (let s=1;s<=600;s++){
    const r=createRandom(s*7368787+5)
    const ins=instance(r, 4+below(r,5), 3+below(r,9), s%3===0?0:1+below(r,7))
    const m=createWarmDualMaster(profitOf(ins),{backend:'javascript-lp-solver'})
    const g=await generateColumns(ins,m,1+s%5)
    const full=await solveWithHighs(fullProgram(ins))
    if(!(g.last.status==='optimal'&&full.status==='optimal' && Math.abs(g.last.objective+full.objective)<=1e-6*Math.abs(full.objective))){bad++; console.log(s,g.last.status,g.last.note,g.last.objective,full.status,full.objective,full.note)}
    await m.dispose()
  }
  console.log(seen,'masters bad',bad)
}, 300000)
