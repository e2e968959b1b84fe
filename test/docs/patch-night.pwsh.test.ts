/** The boxes for PowerShell of docs/patch-night.md, on a cluster of stand-ins: every node is worked on, and every VM is where it was. */
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { planToRunbook } from '../../src/io/runbook/runbook.js'
import type { Problem } from '../../src/model/problem.js'
import { resolveProblem } from '../../src/model/validate.js'
import { plan } from '../../src/plan.js'
import { WORK, worldOf } from '../io/runbook/simulate.js'
import { Pwsh } from '../powershell/pwsh.js'
import { blocksOf, readPage, root } from './markdown.js'

const folder = mkdtempSync(join(tmpdir(), 'vmferry-patch-night-'))
const pwsh = new Pwsh()
afterAll(() => {
  pwsh.end()
  rmSync(folder, { recursive: true, force: true })
})

it('the page patches every node', async () => {
  const problem: Problem = JSON.parse(readFileSync(join(root, 'examples/patch-night/problem.json'), 'utf8'))
  const night = { problem, plan: await plan(problem, { effort: 1 }) }
  writeFileSync(join(folder, 'night.ps1'), planToRunbook(night.plan, resolveProblem(problem)))
  copyFileSync(WORK, join(folder, 'patch.ps1'))
  await pwsh.build(worldOf(night))
  const lines = blocksOf(readPage('docs/patch-night.md'))
    .filter(({ language }) => language === 'powershell')
    .flatMap(({ text }) => text.trimEnd().split('\n'))
  expect(lines).toHaveLength(2)
  for (const [i, line] of lines.entries()) {
    const path = join(folder, `line-${i}.ps1`)
    writeFileSync(
      path,
      `Set-Location -LiteralPath '${folder}'\n${line}\nif ($LASTEXITCODE) { throw "exit code $LASTEXITCODE" }\n`,
    )
    const result = await pwsh.run({ path, arguments: {}, answers: Array.from({ length: 8 }, () => 'y') })
    const told = [...result.output, ...result.shown.map((each) => each.text)].join('\n')
    expect([line, result.error, told]).toEqual([line, null, told])
  }
  const world = await pwsh.look()
  expect(world.refusals).toEqual([])
  expect(world.workTrace.map(({ node }) => node).sort()).toEqual(problem.nodes.map(({ id }) => id))
  expect(world.vms.map(({ name, node }) => [name, node])).toEqual(
    problem.vms.map(({ id, node }) => [id, node]),
  )
  expect(world.nodes.every(({ state }) => state === 'Up')).toBe(true)
})
