import { it } from 'vitest'
import { audit, newTally } from './audit.js'
import { planOf, randomProblem } from './problems.js'
import { bruteForce } from './brute-force.js'
const base = { memory: true, windows: false, rules: false, parking: true, tight: true }
it('x', async () => {
  for (const [seed, f] of [[1357, { ...base, vms: 4, request: 'both' as const, parking: false }], [135, { ...base, vms: 4, request: 'moves' as const }]] as const) {
    const p = randomProblem(seed * 7919, f)
    const plan = await planOf(p)
    console.log(JSON.stringify({nodes: p.nodes.map(n=>[n.id,n.memoryMiB,n.slots,n.state,n.migrationMbps]), vms: p.vms.map(v=>[v.id,v.node,v.memoryMiB,v.antiAffinity?.[0],v.priority]), r: p.request, pol: p.policy}))
    console.log(JSON.stringify(plan.migrations.map(m=>[m.vm,m.from,m.to,m.startSeconds,m.endSeconds,m.parking])), plan.unplaced.map(u=>u.vm), audit(p, plan, newTally()), bruteForce(p,'timeline').best)
  }
})
