/** What docs/runbook.md shows of -WhatIf. */
import { expect, it } from 'vitest'
import type { Plan } from '../../../src/model/plan.js'
import type { Problem } from '../../../src/model/problem.js'
import { resolveProblem } from '../../../src/model/validate.js'
import { blocksOf, parseJsonc, readPage } from '../../docs/markdown.js'
import { Simulation } from './simulate.js'

it('docs/runbook.md shows what -WhatIf shows for the example of format.md', async () => {
  const blocks = blocksOf(readPage('docs/format.md'))
  const problem = parseJsonc(blocks.find((b) => b.language === 'jsonc')!.text) as Problem
  const plan = JSON.parse(blocks.find((b) => b.language === 'json')!.text) as Plan
  expect(resolveProblem(problem).name).toBe(plan.problem)
  const simulation = new Simulation({ problem, plan })
  const result = await simulation.start({ WhatIf: true })
  const shown = blocksOf(readPage('docs/runbook.md')).find((b) => b.text.startsWith('What if:'))!.text
  const told = result!.records.filter(({ text }) => text.startsWith('What if:')).map(({ text }) => text)
  expect(told.join('\n')).toBe(shown.trimEnd())
})
