import { it } from 'vitest'
import { migration } from '../fixtures.js'
import { nightByHand } from './by-hand.js'
import { Simulation } from './simulate.js'
it('x', async () => {
  const s = new Simulation(nightByHand({ migrations: [migration('web', 'A', 'B', 0, 200, { kind: 'restart' })] }))
  const t = Date.now()
  const r = await s.start()
  console.log(Date.now() - t, r.exitCode, r.calls, r.shown.map((x) => `${x.atSeconds} ${x.stream} ${x.text}`).join('\n'))
  console.log(s.world.trace, s.journalText)
})
