/** A batch that is killed at random and started again ends with the folder of one that was left alone. It runs dist/: build first. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, it } from 'vitest'
import { writeMixed } from './mixed.js'
import { contentOf } from './redis.js'

const main = fileURLToPath(new URL('../../dist/node/main.js', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'vmferry-batch-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

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
  writeMixed(join(folder, 'problems'), 40)
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
