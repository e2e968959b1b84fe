/** Hostile requests, over real sockets to real workers: each is refused, the service stays, and nothing leaks; and many that mean well at once. */
import { afterAll, describe, expect, it } from 'vitest'
import type { Plan } from '../../src/model/plan.js'
import { problemOf } from '../problem.js'
import { withoutClock } from '../solver/problems.js'
import { built } from '../worker/built.js'
import { BEARER, hostileRequests, JSON_TYPE, MOST_BYTES } from './hostile-requests.js'
import { sendRaw } from './raw.js'
import { serveApi, TOKEN } from './serve-api.js'

const server = await serveApi(
  { mostBytes: MOST_BYTES, roomBytes: 4 * MOST_BYTES, callSeconds: 20, jobSeconds: 5 },
  { headSeconds: 3, requestSeconds: 5 },
)
afterAll(() => server.stop())
const { port } = server
const ALL = hostileRequests(port)

describe('hostile requests', () => {
  const answers: string[] = []

  it(`each of ${ALL.length} is refused, and in time`, async () => {
    expect(ALL.length).toBeGreaterThanOrEqual(200)
    const wrong: string[] = []
    const left = ALL.map((each, i) => ({ each, i }))
    const client = async () => {
      for (let next = left.shift(); next !== undefined; next = left.shift()) {
        const { what, parts, pauseMs = 0, statuses } = next.each
        const startMs = performance.now()
        const { status, text: answered } = await sendRaw(port, parts, pauseMs)
        const seconds = (performance.now() - startMs) / 1000
        answers.push(answered)
        // Room is for four of the largest bodies: more at once are told to come again.
        if (!statuses.includes(status) && !(status === 503 && /BUSY/.test(answered)))
          wrong.push(`${what}: ${status} ${answered.slice(-200)}`)
        if (seconds > 60) wrong.push(`${what}: ${seconds} s`)
      }
    }
    await Promise.all(Array.from({ length: 8 }, client))
    expect(wrong).toEqual([])
  })

  it('the service is as it was', async () => {
    const answer = await fetch(new URL('/plan', server.url), {
      method: 'POST',
      headers: { ...BEARER, ...JSON_TYPE, prefer: 'wait=30' },
      body: JSON.stringify({ version: 1, nodes: [], vms: [], request: { moves: [] } }),
    })
    expect(await answer.json()).toMatchObject({ status: 'optimal', migrations: [] })
  })

  it('nothing leaks: no token, no name, no place in the code', () => {
    const line = /^\d{4}-\d\d-\d\dT[\d:.]+Z [A-Z]+ (?:\/[\w.:]*(?:\/:id)?|\*|\/\*) \d{3} \d+ ms$/
    expect(server.log.filter((each) => !line.test(each))).toEqual([])
    for (const answered of answers) {
      expect(answered).not.toContain(TOKEN)
      expect(answered).not.toMatch(/node_modules|\.[jt]s:\d+|\bat [\w.<>]+ \(|root:x:/)
    }
  })
})

describe('fifty clients at once', () => {
  it('get the plans that plan() makes, and none is lost', async () => {
    const busy = await serveApi()
    const problemOfClient = (client: number) =>
      problemOf({
        nodes: ['A', 'B', 'C', 'D'],
        vms: Array.from({ length: 6 }, (_, i) => `v${i}@A ${100 + 10 * ((client + i) % 7)}`),
        request: { moves: Array.from({ length: 6 }, (_, i) => `v${i}>${'BCD'[i % 3]}`) },
      })
    const client = async (n: number): Promise<string[]> => {
      const body = JSON.stringify(problemOfClient(n))
      const plans: string[] = []
      for (let i = 0; i < 4; i++) {
        const answer = await fetch(new URL('/plan?effort=1', busy.url), {
          method: 'POST',
          headers: { ...BEARER, ...JSON_TYPE, prefer: 'wait=30' },
          body,
        })
        expect(answer.status).toBe(200)
        plans.push(withoutClock((await answer.json()) as Plan))
      }
      return plans
    }
    const all = await Promise.all(Array.from({ length: 50 }, (_, n) => client(n)))
    await busy.stop()
    for (const [n, plans] of all.entries()) {
      const wanted = withoutClock(await built.library.plan(problemOfClient(n), { effort: 1 }))
      expect(new Set(plans)).toEqual(new Set([wanted]))
    }
    expect(busy.log).toHaveLength(200)
  })
})
