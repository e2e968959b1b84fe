import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { planToRunbook } from '../../src/io/runbook/runbook.js'
import { resolveProblem } from '../../src/model/validate.js'
import { everyKind } from '../io/runbook/by-hand.js'
import { Pwsh } from './pwsh.js'

it('tries', async () => {
  const { problem, plan } = everyKind()
  const folder = mkdtempSync(join(tmpdir(), 'night-'))
  const path = join(folder, 'night.ps1')
  writeFileSync(path, planToRunbook(plan, resolveProblem(problem)).replaceAll('$move -1', '$move (-1)'))
  const pwsh = new Pwsh()
  for (let i = 0; i < 3; i++) {
    await pwsh.build({
      nodes: problem.nodes.map(({ id, memoryMiB }) => ({ name: id, memoryMiB })),
      vms: problem.vms.map(({ id, node, memoryMiB, state }) => ({
        name: id,
        node,
        memoryMiB,
        state: state === 'off' ? 'Off' : state === 'saved' ? 'Saved' : 'Running',
      })),
    })
    console.time('run')
    const result = await pwsh.run({ path, arguments: { Confirm: false, JournalPath: join(folder, `j${i}.jsonl`) } })
    console.timeEnd('run')
    if (i == 0) console.log(result.shown.map((s) => s.stream + ' ' + s.text).join('\n'), result.error, result.exitCode, result.calls, result.left)
  }
  const w = await pwsh.look()
  console.log(w.trace.map((t) => `${t.vm} ${t.kind} ${t.startSeconds} ${t.endSeconds} ${t.outcome}`).join('\n'), w.refusals, w.now)
  pwsh.end()
}, 60000)
