/** A batch that is killed at random and started again ends with the folder of one that was left alone. It runs dist/: build first. */
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, it } from 'vitest'
import { FAMILIES, generate } from '../../bench/families/index.mjs'
import { withoutRuntime } from '../../src/batch/key.js'

const main = fileURLToPath(new URL('../../dist/node/main.js', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'vmferry-batch-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Each file below, by its path, without how long its search took. */
function contentOf(path: string): Record<string, string> {
  const files = readdirSync(path, { recursive: true }).map(String).sort()
  return Object.fromEntries(
    files
      .filter((file) => statSync(join(path, file)).isFile())
      .map((file) => [file, withoutRuntime(readFileSync(join(path, file), 'utf8'))]),
  )
}

/** To its exit code, or the signal that ended it after so long. */
function batch(output: string, kill?: { signal: NodeJS.Signals; afterMs: number }): Promise<string> {
  return new Promise((resolve) => {
    const args = [main, 'batch', 'problems', '-o', output, '--effort', '1', '--jobs', '2', '-q']
    const child = spawn(process.execPath, args, { cwd: folder, stdio: 'ignore' })
    const timer = kill && setTimeout(() => child.kill(kill.signal), kill.afterMs)
    child.on('exit', (code, signal) => {
      clearTimeout(timer)
      resolve(String(signal ?? code))
    })
  })
}

it('is the same folder after ten interruptions', async () => {
  const kinds = FAMILIES.filter((family) => !['large', 'estate', 'night'].includes(family))
  for (let i = 0; i < 40; i++) {
    const family = kinds[i % kinds.length]!
    const path = join(folder, 'problems', family)
    mkdirSync(path, { recursive: true })
    const { problem } = generate(family, 1, 1 + Math.floor(i / kinds.length))
    writeFileSync(join(path, `${i}.json`), JSON.stringify(i % 20 === 7 ? { version: 1 } : problem))
  }
  const began = performance.now()
  expect(await batch('whole')).toBe('3')
  const wholeMs = performance.now() - began
  const ends: string[] = []
  let half = 0
  while (ends.length < 10) {
    // So that the last of them comes before the end, as a rule.
    const afterMs = 400 + (Math.random() * 2 * wholeMs) / 12
    ends.push(await batch('cut', { signal: ends.length % 3 === 2 ? 'SIGTERM' : 'SIGKILL', afterMs }))
    const done = Object.keys(contentOf(join(folder, 'cut'))).filter((name) =>
      /(plan|error)\.json$/.test(name),
    )
    if (done.length > 0 && done.length < 40) half++
  }
  expect(ends.filter((end) => end === 'SIGKILL').length).toBeGreaterThan(3)
  expect(half).toBeGreaterThan(2)
  expect(await batch('cut')).toBe('3')
  expect(contentOf(join(folder, 'cut'))).toEqual(contentOf(join(folder, 'whole')))
  expect(Object.keys(contentOf(join(folder, 'cut'))).length).toBe(41)
}, 600_000)
