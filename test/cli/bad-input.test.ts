/** The real command on broken files: exit code 2, one clear message, quickly, and nothing written. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BROKEN } from './broken-problems.js'

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))
/** A bare start of Node takes some 0.2 s of it on a busy machine; the issue is that nothing hangs. */
const LIMIT_MS = 5000

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vmferry-broken-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const run = (...args: string[]) =>
  spawnSync(process.execPath, [main, ...args], { cwd: folder, encoding: 'utf8', timeout: LIMIT_MS })

describe('broken problems', () => {
  it.each(BROKEN)('$name', ({ text, says }) => {
    writeFileSync(join(folder, 'broken.json'), text)
    const { status, stdout, stderr } = run('plan', 'broken.json', '-o', 'plan.json')
    expect(status).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toContain('broken.json')
    for (const part of says) expect(stderr).toContain(part)
    expect(stderr).not.toMatch(/\n\s+at /)
    expect(stderr.length).toBeLessThan(8000)
    expect(existsSync(join(folder, 'plan.json'))).toBe(false)
    expect(readdirSync(folder)).toEqual(['broken.json'])
  })
})
