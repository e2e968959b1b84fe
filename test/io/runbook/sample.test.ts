/** A few nights in a real PowerShell, where there is one; vitest.powershell.config.ts has the many. */
import { describe, expect, it } from 'vitest'
import type { Plan } from '../../../src/model/plan.js'
import type { Problem } from '../../../src/model/problem.js'
import { resolveProblem } from '../../../src/model/validate.js'
import { blocksOf, parseJsonc, readPage } from '../../docs/markdown.js'
import { pwshPath } from '../../powershell/pwsh.js'
import { everyKind } from './by-hand.js'
import { judge } from './nights.js'
import { Simulation } from './simulate.js'

describe.skipIf(pwshPath === undefined)('in PowerShell', { timeout: 120_000 }, () => {
  it('a night with every kind of migration does what the plan says', async () => {
    const { problem, plan } = everyKind()
    const simulation = new Simulation({ problem, plan })
    const result = await simulation.start({ MarginPercent: 0 })
    expect([result.exitCode, result.error, result.left]).toEqual([0, null, []])
    expect(simulation.missing).toEqual([])
    expect(simulation.world.refusals).toEqual([])
    expect(judge(resolveProblem(problem), plan, simulation.done)).toEqual([])
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
