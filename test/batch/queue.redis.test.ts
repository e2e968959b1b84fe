/** Batches by workers of a queue, with a real Redis, and everything that may die. It runs dist/: build first. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis as Client } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { generate } from '../../bench/families/index.mjs'
import { wide } from '../worker/wide.js'
import { writeMixed } from './mixed.js'
import {
  contentOf,
  endAll,
  freePort,
  makeFolder,
  Redis,
  startWorker,
  vmferry,
  type WorkerProcess,
  whyNoRedis,
} from './redis.js'

const SECRET = 'ge heim%/:@'
const missing = whyNoRedis()
if (missing !== undefined) console.log(missing)

describe.skipIf(missing !== undefined)('a queue', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vmferry-queue-'))
  let redis: Redis
  let env: Record<string, string> = {}
  let address = ''

  beforeAll(async () => {
    const port = await freePort()
    address = `127.0.0.1:${port}`
    redis = new Redis(['--port', String(port), '--requirepass', SECRET])
    await redis.start()
    env = { VMFERRY_QUEUE: `redis://${address}`, VMFERRY_REDIS_PASSWORD: SECRET }
  })
  afterAll(async () => {
    endAll()
    await redis.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const active = (worker: WorkerProcess) => worker.metric('vmferry_jobs_active')
  const started = (...args: string[]) => startWorker(folder, env, '--lock', '2', ...args)

  it('loses nothing and gives nothing twice: workers killed and stopped, Redis stopped and killed', async () => {
    const count = 40
    writeMixed(join(folder, 'problems'), count)
    expect(await vmferry(folder, {}, 'batch', 'problems', '-o', 'alone', '--effort', '1', '-q').end).toBe('3')
    const workers = [await started(), await started(), await started()]
    const batch = vmferry(folder, env, 'batch', 'problems', '-o', 'queued', '--effort', '1', '--queue')
    const lines = vmferry(folder, env, 'batch', 'problems', '-o', 'queued.jsonl', '--effort', '1', '--queue')
    const done = (): number =>
      Object.keys(contentOf(makeFolder(folder, 'queued'))).filter((name) => /(plan|error)\.json$/.test(name))
        .length
    const midJob: number[] = []
    for (let kill = 0; kill < 5; kill++) {
      const at = kill % 3
      const worker = workers[at]!
      await expect.poll(() => active(worker), { timeout: 60_000, interval: 20 }).toBe(1)
      worker.child.kill('SIGKILL')
      midJob.push(done())
      expect(await worker.end).toBe('SIGKILL')
      workers[at] = await started()
      if (kill === 1) {
        await redis.stop('SIGTERM')
        await new Promise((resolve) => setTimeout(resolve, 1_000))
        await redis.start()
      }
      if (kill === 3) {
        await redis.stop('SIGKILL')
        await redis.start()
      }
    }
    await expect.poll(() => active(workers[2]!), { timeout: 60_000, interval: 20 }).toBe(1)
    workers[2]!.child.kill('SIGTERM')
    expect(await workers[2]!.end).toBe('0')
    // All of it happened while there was something to lose.
    expect(midJob.at(-1)).toBeLessThan(count)
    expect(await batch.end).toBe('3')
    expect(await lines.end).toBe('3')
    const alone = contentOf(join(folder, 'alone'))
    expect(contentOf(join(folder, 'queued'))).toEqual(alone)
    const delivered = readFileSync(join(folder, 'queued.jsonl'), 'utf8').trimEnd().split('\n')
    expect(delivered.map((line) => JSON.parse(line).index)).toEqual(
      Array.from({ length: count }, (_, i) => i),
    )
    expect(batch.output()).toMatch(/40 problems: 38 planned, 2 failed/)
    for (const worker of workers) worker.child.kill('SIGTERM')
    expect(await Promise.all(workers.map(({ end }) => end))).toEqual(['0', '0', '0'])
    for (const { output } of [...workers, batch, lines]) expect(output()).not.toContain('ge heim')
  })

  it('makes nothing again that somebody has had made', async () => {
    const worker = await started()
    expect(
      await vmferry(folder, env, 'batch', 'problems', '-o', 'again', '--effort', '1', '--queue', '-q').end,
    ).toBe('3')
    expect(contentOf(join(folder, 'again'))).toEqual(contentOf(join(folder, 'alone')))
    expect(await worker.metric('vmferry_jobs_total{outcome="planned"}')).toBe(0)
    // Those that are no problem are one and the same.
    expect(await worker.metric('vmferry_queue_jobs{state="completed"}')).toBe(38 + 1)
    expect(await worker.get('/healthz')).toEqual({ status: 200, text: 'ok\n' })
    expect(await worker.get('/readyz')).toEqual({ status: 200, text: 'ready\n' })
    expect((await worker.get('/../etc/passwd')).status).toBe(404)
    await redis.stop()
    expect((await worker.get('/readyz')).status).toBe(503)
    expect((await worker.get('/healthz')).status).toBe(200)
    await redis.start()
    await expect.poll(async () => (await worker.get('/readyz')).status, { timeout: 10_000 }).toBe(200)
    worker.child.kill('SIGTERM')
    expect(await worker.end).toBe('0')
  })

  it('takes what has priority first', async () => {
    const kinds = ['later', 'sooner']
    const batches = kinds.map((kind, i) => {
      for (let n = 0; n < 4; n++) {
        const problem = { ...generate('moves', 1, 1 + n).problem, name: kind }
        writeFileSync(join(makeFolder(folder, kind), `${n}.json`), JSON.stringify(problem))
      }
      const priority = ['--priority', String(100 - 90 * i)]
      return vmferry(folder, env, 'batch', kind, '-o', `${kind}-out`, '--effort', '1', '--queue', ...priority)
    })
    // Both are in the queue, and nobody works.
    await expect
      .poll(() => batches.map(({ output }) => output().includes('waiting for one')), { timeout: 60_000 })
      .toEqual([true, true])
    const worker = await started()
    expect(await Promise.all(batches.map(({ end }) => end))).toEqual(['0', '0'])
    const client = new Client(`redis://${address}`, { password: SECRET })
    const [key] = await client.keys('bull:*:completed')
    const last = await client.zrange(key!, -8, -1)
    const data = await Promise.all(last.map((id) => client.hget(key!.replace('completed', id), 'data')))
    client.disconnect()
    const names = data.map((text) => JSON.parse(text ?? '').answer.value.problem)
    expect(names).toEqual([...Array(4).fill('sooner'), ...Array(4).fill('later')])
    worker.child.kill('SIGTERM')
    await worker.end
  })

  it('gives up what takes too long, and gives back what a worker that leaves cannot finish', async () => {
    writeFileSync(join(makeFolder(folder, 'long'), 'endless.json'), JSON.stringify(wide(60)))
    const first = await started('--grace', '1')
    const late = vmferry(
      folder,
      env,
      'batch',
      'long',
      '-o',
      'late',
      '--effort',
      '5',
      '--queue',
      '--timeout',
      '1',
    )
    expect(await late.end).toBe('3')
    expect(JSON.parse(readFileSync(join(folder, 'late/endless.error.json'), 'utf8'))).toMatchObject({
      code: 'TIMEOUT',
    })
    const batch = vmferry(
      folder,
      env,
      'batch',
      'long',
      '-o',
      'back',
      '--effort',
      '5',
      '--seed',
      '1',
      '--queue',
    )
    await expect.poll(() => active(first), { timeout: 20_000, interval: 50 }).toBe(1)
    first.child.kill('SIGTERM')
    expect(await first.end).toBe('0')
    const second = await started('--grace', '1')
    await expect.poll(() => active(second), { timeout: 20_000, interval: 50 }).toBe(1)
    batch.child.kill('SIGTERM')
    expect(await batch.end).toBe('3')
    second.child.kill('SIGTERM')
    expect(await second.end).toBe('0')
  })

  it('says what is wrong with the way to it, and never a password', async () => {
    const closed = await freePort()
    const cases: [string, Record<string, string>, RegExp][] = [
      [`redis://:${encodeURIComponent('fal sch')}@${address}`, {}, /cannot be reached: WRONGPASS/],
      [`redis://${address}`, { VMFERRY_REDIS_PASSWORD: '' }, /cannot be reached: NOAUTH/],
      [`redis://u:fal%20sch@127.0.0.1:${closed}`, {}, /cannot be reached: .*ECONNREFUSED/],
    ]
    const runs = cases.map(([url, more]) =>
      vmferry(folder, { ...env, ...more }, 'batch', 'long', '--queue', url),
    )
    expect(await Promise.all(runs.map(({ end }) => end))).toEqual(['2', '2', '2'])
    for (const [i, { output }] of runs.entries()) {
      expect(output()).toMatch(cases[i]![2])
      expect(output()).not.toMatch(/fal.{0,3}sch|ge heim/)
    }
  })

  it('speaks TLS with an authority of its own, and with no other', async () => {
    const certificate = join(folder, 'cert.pem')
    const key = join(folder, 'key.pem')
    const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-days',
        '2',
        ...names,
        '-keyout',
        key,
        '-out',
        certificate,
      ],
      { stdio: 'ignore' },
    )
    const port = await freePort()
    const files = ['--tls-cert-file', certificate, '--tls-key-file', key, '--tls-ca-cert-file', certificate]
    const secure = new Redis([
      '--port',
      '0',
      '--tls-port',
      String(port),
      '--tls-auth-clients',
      'no',
      ...files,
    ])
    await secure.start()
    const url = `rediss://127.0.0.1:${port}`
    const trusted = { VMFERRY_QUEUE: url, VMFERRY_REDIS_CA: certificate }
    try {
      const worker = await startWorker(folder, trusted)
      const batch = ['batch', 'sooner', '-o', 'secure', '--effort', '1', '--queue']
      expect(await vmferry(folder, trusted, ...batch).end).toBe('0')
      const wary = vmferry(folder, { VMFERRY_QUEUE: url }, ...batch)
      expect(await wary.end).toBe('2')
      expect(wary.output()).toMatch(/cannot be reached: self.signed certificate/)
      worker.child.kill('SIGTERM')
      expect(await worker.end).toBe('0')
    } finally {
      await secure.close()
    }
  })
})
