/** The API over real sockets, with real workers: the built package, since worker threads of Node 20 cannot run the sources. */
import { readdirSync, readFileSync } from 'node:fs'
import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, describe, expect, it } from 'vitest'
import type { Plan } from '../../src/model/plan.js'
import type { Problem } from '../../src/model/problem.js'
import { readPage, sectionOf } from '../docs/markdown.js'
import { problemOf } from '../problem.js'
import { withoutClock } from '../solver/problems.js'
import { built } from '../worker/built.js'
import { serveApi, TOKEN } from './serve-api.js'

const root = new URL('../../', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, root), 'utf8')
const openapi = JSON.parse(read('dist/schema/openapi.json'))
const ajv = new Ajv2020({ strict: false, validateFormats: false })
ajv.addSchema(openapi, 'openapi')

const server = await serveApi()
afterAll(() => server.stop())

const night = read('examples/maintenance-night/problem.json')
const four = read('examples/four-nodes/problem.json')
const parse = (text: string) => JSON.parse(text) as Problem
const json = { 'content-type': 'application/json' }

/** No search proves it within seconds: two slots a node, and a window on each. */
function hardProblem(): string {
  const nodes = ['A', 'B', 'C', 'D', 'E', 'F', 'G']
  const moves = Array.from({ length: 60 }, (_, i) => {
    const [from, to] = [nodes[i % 7]!, nodes[(i + 1 + (i % 6)) % 7]!]
    return { vm: `v${i}@${from} 10`, move: `v${i}>${to} ${((i * 37) % 61) + 5}` }
  })
  return JSON.stringify(
    problemOf({
      nodes: nodes.map((id) => ({ id, slots: 2 })),
      vms: moves.map(({ vm }) => vm),
      windows: nodes.map((node, n) => ({ node, start: 40 + 30 * n, durationSeconds: 55 })),
      request: { moves: moves.map(({ move }) => move) },
    }),
  )
}

interface Answer {
  status: number
  headers: Headers
  body: never
}

/** Sends it, and holds the answer against openapi.json. */
async function send(method: string, path: string, init: RequestInit = {}): Promise<Answer> {
  const answer = await fetch(new URL(path, server.url), {
    ...init,
    method,
    headers: { authorization: `Bearer ${TOKEN}`, ...init.headers },
  })
  const text = await answer.text()
  const route = path.replace(/\?.*$/, '').replace(/^\/jobs\/.*$/, '/jobs/{id}')
  const operation = openapi.paths[route]?.[method.toLowerCase()]
  const type = answer.headers.get('content-type')
  if (operation !== undefined) {
    const place = ['paths', route, method.toLowerCase(), 'responses', String(answer.status)]
    expect(Object.keys(operation.responses), `${method} ${route}`).toContain(String(answer.status))
    if (text !== '') {
      const pointer = [...place, 'content', type!.split(';')[0]!, 'schema'].map((part) =>
        encodeURIComponent(part.replaceAll('/', '~1')),
      )
      const accepts = ajv.compile({ $ref: `openapi#/${pointer.join('/')}` })
      if (type !== 'text/event-stream')
        expect(accepts(JSON.parse(text)), JSON.stringify(accepts.errors)).toBe(true)
    }
  }
  return {
    status: answer.status,
    headers: answer.headers,
    body: (type?.includes('json') ? JSON.parse(text) : text) as never,
  }
}

const post = (path: string, body: string, headers: Record<string, string> = {}) =>
  send('POST', path, { body, headers: { ...json, ...headers } })

describe('openapi.json', () => {
  it('is an OpenAPI document, and served as it was built', async () => {
    const { valid, errors } = await new Validator().validate(openapi)
    expect(errors).toBeUndefined()
    expect(valid).toBe(true)
    expect((await send('GET', '/openapi.json')).body).toEqual(openapi)
  })

  it('has every path and method, and no others', () => {
    const described = Object.entries(openapi.paths).flatMap(([path, methods]) =>
      Object.keys(methods as object)
        .filter((method) => method !== 'parameters')
        .map((method) => `${method.toUpperCase()} ${path.replace('{id}', ':id')}`),
    )
    const routes = Object.entries(server.ROUTES).flatMap(([path, methods]) =>
      methods.map((method) => `${method} ${path}`),
    )
    expect(described.sort()).toEqual(routes.sort())
  })
})

describe('POST /plan', () => {
  it.each([
    ['a small one', four, ''],
    ['rounds, with a seed', night, '?schedule=rounds&seed=7&effort=1'],
  ])('%s is answered at once, by the plan that plan() makes', async (_, problem, query) => {
    const { status, body } = await post(`/plan${query}`, problem, { prefer: 'wait=30' })
    expect(status).toBe(200)
    const options = query === '' ? {} : ({ schedule: 'rounds', seed: 7, effort: 1 } as const)
    expect(withoutClock(body)).toBe(withoutClock(await built.library.plan(parse(problem), options)))
  })

  it('what takes longer is a job', async () => {
    const started = await post('/plan?effort=2', night, { prefer: 'respond-async' })
    expect(started.status).toBe(202)
    const at = started.headers.get('location')!
    const { body } = await send('GET', at, { headers: { prefer: 'wait=30' } })
    const { state, result } = body as { state: string; result: Plan }
    expect(state).toBe('done')
    expect(built.library.check(parse(night), result)).toEqual([])
    expect((await send('GET', at)).body).toEqual(body)
    expect((await send('DELETE', at)).status).toBe(204)
    expect((await send('GET', at)).status).toBe(404)
  })

  it('a job tells how far it is, as it goes', async () => {
    const started = await post('/plan?effort=5&timeLimitSeconds=2', hardProblem(), {
      prefer: 'respond-async',
    })
    const { body } = await send('GET', started.headers.get('location')!, {
      headers: { accept: 'text/event-stream' },
    })
    const events = (body as string)
      .trim()
      .split('\n\n')
      .map((event) => /^event: (\w+)\ndata: (.*)$/.exec(event)!)
    const accepts = ajv.compile({ $ref: 'openapi#/components/schemas/Job' })
    const jobs = events.map(([, , data]) => JSON.parse(data!))
    for (const job of jobs) expect(accepts(job), JSON.stringify(accepts.errors)).toBe(true)
    expect(new Set(events.slice(0, -1).map(([, name]) => name))).toEqual(new Set(['progress']))
    expect(events.at(-1)![1]).toBe('done')
    // Incumbent and bound close in on what the plan has.
    const { makespanSeconds, lowerBoundSeconds } = jobs.at(-1).result as Plan
    const seen = jobs.flatMap(({ progress }) => (progress?.makespanSeconds === undefined ? [] : [progress]))
    expect(seen.length).toBeGreaterThan(0)
    for (const progress of seen) {
      expect(progress.makespanSeconds).toBeGreaterThanOrEqual(makespanSeconds)
      expect(progress.lowerBoundSeconds).toBeLessThanOrEqual(lowerBoundSeconds)
    }
  })

  it('a time limit ends the search, and no client raises that of the server', async () => {
    const strict = await serveApi({ jobSeconds: 0.001 })
    const answer = await fetch(new URL('/plan?effort=5&timeLimitSeconds=1000', strict.url), {
      method: 'POST',
      body: hardProblem(),
      headers: { ...json, authorization: `Bearer ${TOKEN}`, prefer: 'wait=30' },
    })
    const plan = (await answer.json()) as Plan
    await strict.stop()
    expect(answer.status).toBe(200)
    expect(plan.statistics.stopped).toBe('time-limit')
  })
})

describe('the others', () => {
  it('POST /explain explains', async () => {
    const { status, body } = await post('/explain?effort=1&relaxations=1&vm=sql-1', four, {
      prefer: 'wait=30',
    })
    expect(status).toBe(200)
    const explained = await built.library.explain(parse(four), { effort: 1, relaxations: 1, vm: 'sql-1' })
    expect((body as typeof explained).vms).toEqual(explained.vms)
  })

  it('POST /check lists violations', async () => {
    const plan = await built.library.plan(parse(four))
    const problem = parse(four)
    expect((await post('/check', JSON.stringify({ problem, plan }))).body).toEqual({ violations: [] })
    const wrong = { ...plan, makespanSeconds: 5 }
    const { body } = await post('/check', JSON.stringify({ problem, plan: wrong }))
    expect(body).toEqual({ violations: built.library.check(problem, wrong) })
    expect((body as { violations: unknown[] }).violations.length).toBeGreaterThan(0)
  })

  it('POST /import makes a problem', async () => {
    const form = new FormData()
    form.set('source', 'csv')
    const files = ['nodes.csv', 'vms.csv'].map((name) => ({
      name,
      bytes: readFileSync(new URL(`examples/import/${name}`, root)),
    }))
    for (const { name, bytes } of files) form.append('files', new Blob([bytes]), name)
    form.set('options', '{"drain": ["HV01"]}')
    const { status, body } = await send('POST', '/import', { body: form })
    expect(status).toBe(200)
    expect(body).toEqual(await built.library.importProblem('csv', files, { drain: ['HV01'] as never }))
  })

  it('what is too large is refused, to those too who send all of it first', async () => {
    const { status, body } = await post('/check', ' '.repeat(20 * 2 ** 20))
    expect([status, (body as { code: string }).code]).toEqual([413, 'TOO_LARGE'])
  })

  it('GET /health needs no token', async () => {
    const answer = await fetch(new URL('/health', server.url))
    expect(await answer.json()).toEqual({ status: 'ok', version: JSON.parse(read('package.json')).version })
  })
})

describe('what is wrong is said, with all faults', () => {
  it('docs/api.md has every code', () => {
    const sources = readdirSync(new URL('src/server', root)).map((name) => read(`src/server/${name}`))
    const thrown = sources.flatMap((source) =>
      [...source.matchAll(/\bcode: '([A-Z0-9_]+)'|^ {2}([A-Z_]+): [45]\d\d,$/gm)].map((m) => m[1] ?? m[2]),
    )
    const wanted = new Set([...thrown, 'INVALID_PROBLEM', 'INVALID_OPTION', 'INVALID_IMPORT'])
    const listed = [...sectionOf(readPage('docs/api.md'), '## Refusals').matchAll(/`([A-Z0-9_]{4,})`/g)].map(
      (m) => m[1],
    )
    expect(new Set(listed)).toEqual(wanted)
  })

  const form = (fields: Record<string, string | Blob>) => {
    const made = new FormData()
    for (const [name, value] of Object.entries(fields)) made.append(name, value as string)
    return made
  }
  it.each<[string, string, BodyInit, number, string, unknown]>([
    ['no JSON', '/plan', '{', 400, 'INVALID_JSON', /^line 1, column 2: /],
    ['no problem', '/plan', '{"version":1}', 422, 'INVALID_PROBLEM', 'is missing; write an array'],
    [
      'no problem to explain',
      '/explain',
      '[]',
      422,
      'INVALID_PROBLEM',
      'an array of 0 is not an object; write one, in { }',
    ],
    ['no VM of it', '/explain?vm=nobody', four, 400, 'INVALID_OPTION', undefined],
    ['no plan', '/check', `{"problem":${four},"plan":{}}`, 422, 'INVALID_PROBLEM', expect.any(String)],
    ['half of it', '/check', `{"problem":${four}}`, 422, 'INVALID_BODY', undefined],
    ['an unknown parameter', '/plan?speed=5', four, 400, 'INVALID_PARAMETER', undefined],
    ['a wrong parameter', '/plan?effort=6', four, 400, 'INVALID_PARAMETER', undefined],
    ['a parameter twice', '/plan?effort=1&effort=2', four, 400, 'INVALID_PARAMETER', undefined],
    ['no source', '/import', form({ files: new Blob(['a']) }), 400, 'INVALID_FORM', undefined],
    [
      'an unknown source',
      '/import',
      form({ source: 'vmware', files: new Blob(['a']) }),
      400,
      'INVALID_OPTION',
      undefined,
    ],
    [
      'files that are none',
      '/import',
      form({ source: 'csv', files: new Blob(['a;b\n1;2\n']) }),
      422,
      'INVALID_IMPORT',
      expect.any(String),
    ],
    [
      'an unknown option',
      '/import',
      form({ source: 'csv', files: new Blob(['a']), options: '{"x":1}' }),
      400,
      'INVALID_OPTION',
      undefined,
    ],
    [
      'options that are none',
      '/import',
      form({ source: 'csv', files: new Blob(['a']), options: '5' }),
      400,
      'INVALID_FORM',
      undefined,
    ],
  ])('%s', async (_, path, body, status, code, message) => {
    const answer = await send('POST', path, { body, headers: typeof body === 'string' ? json : {} })
    const { issues, ...refusal } = answer.body as { code: string; issues?: { message: string }[] }
    expect([answer.status, refusal.code]).toEqual([status, code])
    if (message === undefined) expect(issues).toBeUndefined()
    else if (message instanceof RegExp) expect(issues![0]!.message).toMatch(message)
    else expect(issues![0]!.message).toEqual(message)
  })
})
