/**
 * The published JSON Schemas against the validators: the same verdict on documents that are changed in one place, wherever and however. What a schema
 * cannot say is listed here, by the messages of the faults, and in docs/format.md. It reads dist/schema/: build first.
 */
import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { parsePlan } from '../../src/check/plan-schema.js'
import { InvalidProblemError, type Issue } from '../../src/errors.js'
import { parseJournal } from '../../src/model/journal.js'
import { resolveProblem } from '../../src/model/validate.js'
import { Random } from '../../src/solver/random.js'
import { cases, seeds } from '../cases.js'
import { maintenanceNight } from '../io/fixtures.js'
import { flavourOf, randomProblem } from '../solver/problems.js'

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
interface Schema {
  properties?: Record<string, Schema>
  items?: Schema
  anyOf?: Schema[]
  then?: Schema
  else?: Schema
}

const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false, allErrors: false })
function load(name: string) {
  const schema = JSON.parse(
    readFileSync(new URL(`../../dist/schema/${name}.json`, import.meta.url), 'utf8'),
  ) as Schema
  return { schema, accepts: ajv.compile(schema) }
}

function faultsOf(read: () => unknown): readonly Issue[] {
  try {
    read()
    return []
  } catch (error) {
    if (!(error instanceof InvalidProblemError)) throw error
    return error.issues
  }
}

/** What takes two places of a document, a calendar, a table of CPUs, or UTF-16. */
const BEYOND = [
  / is not the id of a /,
  / is already the id of /,
  / is (?:moved|drained|maintained) by .* already/,
  / is drained too, and takes no VM again/,
  / is not the node of a work/,
  /^is the same node; /,
  /^contradicts the positions: /,
  /^leads round in a circle/,
  /^has each of these VMs go before the next/,
  /^is another entry of the group /,
  / where policy\.returnHome brings the VM back/,
  /^is missing on .* request\.balance asks for "cpu"/,
  /^is .* MiB; it must be at most the VM's memory/,
  / is not a CPU model of the built-in table/,
  / names no feature; /,
  / CPUs of which something is in doubt/,
  / different CPU features; /,
  / is a date, and the problem has no "start"/,
  / needs the problem's "start"/,
  / is no date of the calendar/,
  / write a later end$/,
  / is no time zone; /,
  /^"[^"]*"(?: \(\d+ characters\))?: /,
  / occurrences in all; /,
  // Of a journal as a whole.
  /^the first event is /,
  /^"begin" is there twice/,
]

const ofShape = (faults: readonly Issue[]) =>
  faults.filter(({ message }) => !BEYOND.some((pattern) => pattern.test(message)))

/** Every key of the format. */
const RICH: Json = {
  version: 1,
  name: 'all keys',
  start: '2026-11-23T20:00:00+01:00',
  nodes: [
    {
      id: 'A',
      cpu: { vendor: 'Intel', features: ['sse4_2', 'avx2'], mayHave: ['rtm'], part: 'x' },
      memoryMiB: 4096,
      migrationMbps: 10_000,
      slots: 2,
      offloads: ['rdma'],
      state: 'up',
      domains: { rack: 'R1' },
      linkEfficiency: 0.9,
      streamMbps: 1000,
      reserveMiB: 512,
      cores: 8,
      devices: { gpu: 1 },
    },
    { id: 'B', cpu: { model: 'Icelake-Server', part: 'y' }, memoryMiB: 4096, migrationMbps: 10_000 },
    { id: 'C', cpu: { vendor: 'AMD', features: [] }, memoryMiB: 8192, migrationMbps: 10_000, cores: 8 },
  ],
  vms: [
    {
      id: 'a',
      node: 'A',
      memoryMiB: 1024,
      dirtyMiBps: 5,
      workingSetMiB: 100,
      copyMiB: 900,
      durationFactor: 1.5,
      bootNode: 'B',
      home: 'B',
      compatibility: 'minimum',
      offloads: ['rdma'],
      state: 'running',
      allowedNodes: ['A', 'B'],
      preferredNodes: ['B'],
      antiAffinity: ['g', { group: 'h', penaltySeconds: 5, domain: 'rack' }],
      affinity: ['k'],
      priority: 3000,
      restartable: true,
      maxBlackoutSeconds: 2,
      vcpus: 2,
      devices: { gpu: 1 },
      ways: ['live', 'save'],
      serial: ['s'],
    },
    { id: 'b', node: 'B', memoryMiB: 1024 },
  ],
  windows: [
    { vm: 'a', start: 0, end: 600, kind: 'backup' },
    {
      node: 'A',
      start: '2026-11-23T22:00:00+01:00',
      durationSeconds: 60,
      rrule: 'FREQ=DAILY',
      zone: 'Europe/Berlin',
    },
    { start: 10, durationSeconds: 5, kind: 'no-work' },
  ],
  networks: [{ id: 'line', nodes: ['A', 'B'], mbps: 1000 }],
  request: {
    moves: [
      { vm: 'a', to: ['B', 'C'], durationSeconds: 20, by: 3600 },
      { vm: 'b', to: 'A' },
    ],
    drain: ['C', { node: 'B', mode: 'live', to: ['A'], by: '2026-11-23T23:00:00+01:00' }],
    order: [['a', 'b']],
    maintenance: [
      {
        node: 'A',
        durationSeconds: 600,
        mode: 'live',
        earliestStart: 0,
        latestEnd: 9000,
        after: [],
        priority: 2000,
        position: 'any',
        settleSeconds: 10,
        featuresAfter: ['avx2'],
      },
    ],
    notTogether: [['A', 'B']],
  },
  policy: {},
}
const BALANCED: Json = {
  ...RICH,
  windows: [],
  request: { balance: { of: ['memory'], within: 0.1, maxMigrations: 5 } },
}

const VALUES: Json[] = [
  null,
  true,
  '',
  'x',
  'A',
  'a',
  '5',
  'x'.repeat(1025),
  '2026-11-23T22:00+01',
  '2026-11-23T25:00:00+01:00',
  '2026-11-23',
  ...[-1, 0, 1e-7, 0.5, 1, 1.5, 8, 9, 1e6, 1e6 + 1, 1e9, 1e10, 1e12, 1e13, 2 ** 41],
  [],
  ['A'],
  ['A', 'A'],
  ['a'],
  [5],
  [[]],
  [{}],
  {},
  { A: 5 },
  { A: 'x' },
  { '': 5 },
]

/** Every place of a document. */
function* placesOf(value: Json, path: (string | number)[] = []): Generator<(string | number)[]> {
  yield path
  if (typeof value !== 'object' || value === null) return
  for (const [key, each] of Object.entries(value))
    yield* placesOf(each, [...path, Array.isArray(value) ? Number(key) : key])
}

/** The document with another value at one place; undefined: without what is there. */
function withValue(
  value: Json,
  path: readonly (string | number)[],
  other: Json | undefined,
): Json | undefined {
  const [key, ...rest] = path
  if (key === undefined) return other
  if (Array.isArray(value)) {
    const changed = withValue(value[key as number], rest, other)
    return value.flatMap((each, i) => (i !== key ? [each] : changed === undefined ? [] : [changed]))
  }
  const record = value as { [key: string]: Json }
  const changed = withValue(record[key] as Json, rest, other)
  const { [key]: _, ...others } = record
  return changed === undefined ? others : { ...record, [key]: changed }
}

/** All ways to change one place. */
function* changesOf(document: Json, path: readonly (string | number)[]): Generator<[string, Json]> {
  const at = path.reduce<Json>((value, key) => (value as never)[key], document)
  for (const other of VALUES)
    yield [`${path.join('.')} = ${JSON.stringify(other).slice(0, 40)}`, withValue(document, path, other)!]
  if (path.length > 0) yield [`${path.join('.')} left out`, withValue(document, path, undefined)!]
  if (Array.isArray(at) && at.length > 0)
    yield [`${path.join('.')} with its first twice`, withValue(document, path, [...at, at[0] as Json])!]
  else if (typeof at === 'object' && at !== null)
    for (const key of ['unknown', 'to', 'node', 'vm', 'zone', 'model', 'features', 'balance', 'kind'])
      yield [`${path.join('.')} with ${key}`, withValue(document, path, { ...at, [key]: 'A' })!]
}

interface Checked {
  accepts: (document: unknown) => boolean
  faults: (document: Json) => readonly Issue[]
}

/** Where they differ, in words: what the schema refuses, the validator refuses too, and what it lets pass, only for what is beyond it. */
function differences(changes: Iterable<[string, Json]>, { accepts, faults }: Checked): string[] {
  const found: string[] = []
  let at = 0
  for (const [what, document] of changes) {
    if (at++ % STEP !== 0) continue
    const all = faults(document)
    if (!accepts(document)) {
      if (all.length === 0) found.push(`${what}: the schema alone refuses it`)
    } else
      for (const { message } of ofShape(all))
        found.push(`${what}: the validator alone refuses it, ${message}`)
  }
  return found
}

/** `npm test` takes one change in eleven. */
const STEP = Math.round(11 / cases(11))

function* everyChange(...documents: Json[]): Generator<[string, Json]> {
  for (const document of documents) for (const path of placesOf(document)) yield* changesOf(document, path)
}

function* keysOf(schema: Schema): Generator<string> {
  for (const [key, each] of Object.entries(schema.properties ?? {})) {
    yield key
    yield* keysOf(each)
  }
  const { items, anyOf = [], then, else: otherwise } = schema
  for (const each of [items, ...anyOf, then, otherwise]) if (each !== undefined) yield* keysOf(each)
}

const keysIn = (...documents: Json[]) =>
  new Set(documents.flatMap((each) => [...placesOf(each)].flat()).filter((key) => typeof key === 'string'))

describe('the schema of a problem', () => {
  const { schema, accepts } = load('problem')
  const checked: Checked = { accepts, faults: (document) => faultsOf(() => resolveProblem(document)) }
  const defaults = Object.entries(schema.properties?.policy?.properties ?? {}).map(([key, each]) => [
    key,
    (each as { default?: Json }).default ?? (key === 'maintenanceDomain' ? 'rack' : 1),
  ])
  const all = { ...RICH, policy: Object.fromEntries(defaults) }

  it('accepts every key of the format', () => {
    for (const document of [all, BALANCED]) {
      expect(faultsOf(() => resolveProblem(document))).toEqual([])
      expect(accepts(document)).toBe(true)
    }
    const known = keysIn(all, BALANCED)
    expect([...keysOf(schema)].filter((key) => !known.has(key))).toEqual([])
  })

  it('says what the validator says of every change', () => {
    expect(differences(everyChange(all, BALANCED), checked)).toEqual([])
  })

  it('says what the validator says of random problems and changes', () => {
    const flavour = flavourOf(
      4,
      'both',
      'memory',
      'windows',
      'rules',
      'policies',
      'spaces',
      'time',
      'soft',
      'networks',
      'ways',
      'domains',
    )
    function* changes(): Generator<[string, Json]> {
      for (const seed of seeds(100)) {
        const random = new Random(seed)
        const document = randomProblem(seed, flavour) as unknown as Json
        yield [`seed ${seed}`, document]
        const places = [...placesOf(document)]
        for (let i = 0; i < 3; i++) {
          const ways = [...changesOf(document, places[random.below(places.length)]!)]
          for (let j = 0; j < 20; j++) yield ways[random.below(ways.length)]!
        }
      }
    }
    expect(differences(changes(), checked)).toEqual([])
  })
})

describe('the schema of a plan', () => {
  const { accepts } = load('plan')
  const checked: Checked = { accepts, faults: (document) => faultsOf(() => parsePlan(document)) }

  it('says what the validator says of every change', () => {
    const { plan } = maintenanceNight()
    const document = JSON.parse(
      JSON.stringify({
        ...plan,
        migrations: plan.migrations.slice(0, 3),
        balance: { memory: { before: 0.4, after: 0.1, least: 0.1 } },
      }),
    ) as Json
    expect(accepts(document)).toBe(true)
    expect(differences(everyChange(document), checked)).toEqual([])
  })
})

describe('the schema of an entry of a journal', () => {
  const { accepts } = load('journal')
  const at = '2026-11-23T20:00:00+01:00'
  const begin = {
    version: 1,
    event: 'begin',
    at,
    problem: 'p',
    plan: '0123456789abcdef',
    start: at,
    pollSeconds: 5,
  }
  const migration = { at, vm: 'a', from: 'A', to: 'B', kind: 'live', leg: 0 }

  it('says what the validator says of every change', () => {
    const first: Checked = {
      accepts,
      faults: (entry) => faultsOf(() => parseJournal(JSON.stringify([entry]))),
    }
    // An object alone begins a journal; what is none is told apart by the file.
    const objects = (changes: Iterable<[string, Json]>) =>
      [...changes].filter(([, entry]) => typeof entry === 'object' && entry !== null && !Array.isArray(entry))
    expect(differences(objects(everyChange(begin)), first)).toEqual([])
    const later: Checked = {
      accepts,
      faults: (entry) => faultsOf(() => parseJournal(JSON.stringify([begin, entry]))),
    }
    const entries = [
      { event: 'started', ...migration },
      { event: 'ended', ...migration, durationSeconds: 5, blackoutSeconds: 0.1 },
      { event: 'failed', ...migration, detail: 'no', node: 'A' },
      { event: 'stopped', at, detail: 'by hand' },
      { event: 'finished', at },
      { event: 'resumed', at },
      { event: 'node-paused', at, node: 'A' },
      { event: 'work-started', at, node: 'A' },
      { event: 'work-failed', at, node: 'A', detail: 'no' },
    ]
    expect(differences(objects(everyChange(...entries)), later)).toEqual([])
  })
})
