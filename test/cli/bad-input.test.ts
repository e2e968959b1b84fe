/** Broken files: exit code 2, one clear message, quickly, and nothing written; some of them in a process of its own. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { planner } from '../../src/cli/planner.js'
import { BROKEN, type Broken } from './broken-problems.js'
import { createHarness, type Harness } from './harness.js'

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))
/** A bare start of Node takes some 0.2 s of it on a busy machine; the issue is that nothing hangs. */
const LIMIT_MS = 5000
const ARGV = ['plan', 'broken.json', '-o', 'plan.json']

function expectRefusal(cli: Harness, { says }: Broken, stderr: string): void {
  for (const part of ['broken.json', ...says]) expect(stderr).toContain(part)
  expect(stderr).not.toMatch(/\n\s+at /)
  expect(stderr.length).toBeLessThan(8000)
  expect(cli.files()).toEqual(['broken.json'])
}

describe('broken problems', () => {
  it.each(BROKEN)('$name', async (broken) => {
    const cli = createHarness()
    cli.io.loadPlanner = async () => planner
    const input = cli.write('broken.json', broken.text)
    const begin = performance.now()
    const stderr = await cli.refused('plan', input, '-o', cli.path('plan.json'))
    expect(performance.now() - begin).toBeLessThan(LIMIT_MS)
    expectRefusal(cli, broken, stderr)
  })

  const names = ['truncated', '100,000 nested arrays', '50,000 nested objects', 'a million wrong VMs']
  it.each(BROKEN.filter(({ name }) => names.includes(name)))('$name, in a process', (broken) => {
    const cli = createHarness()
    cli.write('broken.json', broken.text)
    const how = { cwd: cli.folder, encoding: 'utf8', timeout: LIMIT_MS } as const
    const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...ARGV], how)
    expect([status, stdout]).toEqual([2, ''])
    expectRefusal(cli, broken, stderr)
  })
})
