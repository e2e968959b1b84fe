/** A few nights in a real PowerShell, where there is one; vitest.powershell.config.ts has the many. */
import { describe, expect, it } from 'vitest'
import type { Plan } from '../../../src/model/plan.js'
import type { Problem } from '../../../src/model/problem.js'
import { resolveProblem } from '../../../src/model/validate.js'
import { blocksOf, parseJsonc, readPage } from '../../docs/markdown.js'
import { pwshPath } from '../../powershell/pwsh.js'
import { migration } from '../fixtures.js'
import { everyKind, NAMES } from './by-hand.js'
import { judge } from './nights.js'
import { Simulation, simulationOf } from './simulate.js'

describe.skipIf(pwshPath === undefined)('in PowerShell', () => {
  it('a night with every kind of migration does what the plan says', async () => {
    const { problem, plan } = everyKind()
    const simulation = new Simulation({ problem, plan })
    const result = await simulation.start({ MarginPercent: 0 })
    expect([result.exitCode, result.error, result.left]).toEqual([0, null, []])
    expect(simulation.missing).toEqual([])
    expect(simulation.world.refusals).toEqual([])
    expect(judge(resolveProblem(problem), plan, simulation.done)).toEqual([])
  })

  it('names of all kinds go through a night that is killed, and through its journal', async () => {
    const simulation = simulationOf({
      migrations: NAMES.map((name, i) => migration(name, `from ${i}`, `to ${name}`, 0, 60)),
    })
    expect((await simulation.start({}, { endAtCall: 250 })).ended).toBe(true)
    const result = await simulation.start()
    expect([result.exitCode, result.error]).toEqual([0, null])
    expect(simulation.world.refusals).toEqual([])
    expect(simulation.missing).toEqual([])
    expect(simulation.world.trace).toHaveLength(NAMES.length)
    const ended = simulation.journal.entries.flatMap(({ entry }) =>
      entry.event === 'ended' ? [entry.vm] : [],
    )
    expect(ended.sort()).toEqual([...NAMES].sort())
  })

  it('-WhatIf shows for the example of format.md what docs/runbook.md says', async () => {
    const blocks = blocksOf(readPage('docs/format.md'))
    const problem = parseJsonc(blocks.find((b) => b.language === 'jsonc')!.text) as Problem
    const plan = JSON.parse(blocks.find((b) => b.language === 'json')!.text) as Plan
    const result = await new Simulation({ problem, plan }).start({ WhatIf: true })
    const shown = blocksOf(readPage('docs/runbook.md')).find((b) => b.text.startsWith('What if:'))!.text
    const told = result.shown.filter(({ text }) => text.startsWith('What if:')).map(({ text }) => text)
    expect(told.join('\n')).toBe(shown.trimEnd())
  })
})
