import { it } from 'vitest'
import { resolveProblem } from '../../../src/model/validate.js'
import { judge, nightOf } from './nights.js'
import { courses, Simulation } from './simulate.js'
it('x', async () => {
  const night = (await nightOf('timeline', 3))!
  console.log(night.plan.migrations.map(m => `${m.vm} ${m.from}>${m.to} ${m.startSeconds}-${m.endSeconds} ${m.kind}`).join('\n'))
  await import('node:fs').then(fs => fs.writeFileSync('/tmp/rb2.ps1', new Simulation(night).script))
  const s = new Simulation(night, { course: courses(1, 0, 0) })
  let t = Date.now()
  const r = await s.start()
  console.log(Date.now() - t, 'ms', s.cluster.interpreter.runtime.steps)
  console.log(r!.exitCode, r!.error?.exception.message, r!.error?.line, s.script.split('\n')[(r!.error?.line ?? 1) - 1])
  console.log(r!.records.map(x => `${x.atSeconds} ${x.stream} ${x.text}`).join('\n'))
  console.log(s.cluster.interpreter.files.read('C:\\work\\journal.jsonl'))
  console.log(s.cluster.abuses, s.missing, s.surplus, judge(resolveProblem(night.problem), night.plan, s.cluster.done))
}, 60000)
