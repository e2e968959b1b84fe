/** The shape of a problem: one valibot schema for each kind of object. What lies between objects is `validate.ts`'s part. */
import * as v from 'valibot'
import { INSTANT_PATTERN } from './instant.js'
import { didYouMean, isArray, MAX_ID_LENGTH, show } from './issues.js'
import { described } from './json-schema.js'
import type { Compatibility, CpuVendor, NodeState, VmState, Way, WindowKind } from './problem.js'
import { DEFAULT_POLICY } from './problem.js'
import { parseQuantity, type Unit } from './units.js'

/** 2^40 MiB: sums of KiB over thousands of VMs stay exact in a double. */
const MAX_MEMORY_MIB = 2 ** 40
const MIB = 1_048_576
/** Some 31 years: sums of times and penalties keep their milliseconds, and no product of them overflows. */
export const MAX_SECONDS = 1e9
/** Of a window's ends, which are cut to the horizon: room for a number that stands for ever. */
export const MAX_INSTANT_SECONDS = 1e12
/** A microsecond. What is shorter could vanish between the planner's milliseconds and the checker's tolerance. */
export const LEAST_SPAN_SECONDS = 1e-6
const MAX_RATE = 1e9
const LEAST_RATE = 0.001

/** Every number has both ends: figures made of any two of them stay finite. */
interface NumberRule {
  unit?: Unit
  integer?: true
  min: number
  max: number
}

function describe({ unit, integer, min, max }: NumberRule): string {
  const kind = integer ? 'an integer' : unit ? `a number of ${unit}` : 'a number'
  return `${kind} of at least ${decimal(min)} and at most ${decimal(max)}`
}

/** Without an exponent, which would be read as something else. */
function decimal(value: number): string {
  return value !== 0 && value < 1e-3 ? value.toFixed(6) : String(value)
}

function explainNumber(input: unknown, rule: NumberRule): string {
  const wanted = describe(rule)
  if (input === undefined) return `is missing; write ${wanted}`
  if (typeof input === 'string') {
    const value = rule.unit
      ? parseQuantity(input, rule.unit)
      : /^\s*[+-]?\d+(\.\d+)?\s*$/.test(input)
        ? Number(input)
        : undefined
    const what = rule.unit ? `the number of ${rule.unit}` : 'a number'
    const instead = value === undefined ? `, ${wanted}` : ` without quotes: ${value}`
    return `${show(input)} is text; write ${what}${instead}`
  }
  if (rule.unit === 'MiB' && typeof input === 'number' && input > MAX_MEMORY_MIB && Number.isFinite(input)) {
    return `${show(input)} is more than any machine has; write the number of MiB (if it is in bytes: ${input / MIB})`
  }
  return `${show(input)} is out of range; write ${wanted}`
}

function number(rule: NumberRule) {
  const { min, max, integer } = rule
  const accepts = (x: unknown): boolean =>
    typeof x === 'number' && x >= min && x <= max && (!integer || Number.isInteger(x))
  const schema = v.custom<number>(accepts, (issue) => explainNumber(issue.input, rule))
  return described(schema, { type: integer ? 'integer' : 'number', minimum: min, maximum: max })
}

export function explainText(input: unknown, what: string): string {
  if (input === undefined) return `is missing; write ${what}`
  if (input === '') return `is empty; write ${what}`
  if (typeof input === 'string')
    return `${show(input)} is longer than ${MAX_ID_LENGTH} characters; write ${what}`
  return `${show(input)} is not text; write ${what}`
}

export const isId = (x: unknown): boolean =>
  typeof x === 'string' && x.length > 0 && x.length <= MAX_ID_LENGTH

const ID = { type: 'string', minLength: 1, maxLength: MAX_ID_LENGTH }

/** Non-empty text of at most 1,024 characters, kept as it is. */
function id(what: string) {
  const schema = v.custom<string>(isId, (issue) => explainText(issue.input, what))
  return described(schema, ID)
}

function oneOf<const T extends string>(values: readonly T[], aliases: Readonly<Record<string, T>> = {}) {
  const wanted = values.map((value) => `"${value}"`).join(', ')
  const schema = v.custom<T>(
    (x) => typeof x === 'string' && (values as readonly string[]).includes(x),
    ({ input }) => {
      if (input === undefined) return `is missing; write one of ${wanted}`
      if (typeof input !== 'string') return `${show(input)} is not text; write one of ${wanted}`
      const alias = input.toLowerCase()
      const hint = Object.hasOwn(aliases, alias)
        ? `; did you mean "${aliases[alias]}"?`
        : didYouMean(input, values)
      return `${show(input)} is unknown; write one of ${wanted}${hint}`
    },
  )
  return described(schema, { enum: values })
}

const boolean = described(
  v.custom<boolean>(
    (x) => typeof x === 'boolean',
    (issue) => `${show(issue.input)} is neither true nor false; write one of them, without quotes`,
  ),
  { type: 'boolean' },
)

const array = v.custom<unknown[]>(isArray, ({ input }) =>
  input === undefined ? 'is missing; write an array' : `${show(input)} is not an array; write one, in [ ]`,
)

/** An optional array whose elements are not looked at here. */
const optionalArray = v.optional(array)

/** The same of what is text, as far as JSON Schema goes. */
const list = described(v.custom<unknown[]>(array.check, array.message), { type: 'array', items: ID })

/** Faults that one list may report, so that a list of a million wrong elements stays cheap. */
const MAX_LIST_ISSUES = 100

/** Non-empty texts in the order written; without repeats, unless they are to be kept. */
function texts(what: string, repeats: 'merge' | 'keep' = 'merge') {
  return v.pipe(
    list,
    v.rawTransform<unknown[], readonly string[]>(({ dataset, addIssue, NEVER }) => {
      const given = dataset.value
      const seen = new Set<string>()
      let faults = 0
      for (let index = 0; index < given.length && faults < MAX_LIST_ISSUES; index++) {
        const hole = !(index in given)
        const value = given[index]
        if (isId(value)) {
          if (repeats === 'merge') seen.add(value as string)
          continue
        }
        faults++
        const message = hole ? 'is a hole in the array; write every element' : explainText(value, what)
        addIssue({
          message,
          input: value,
          path: [{ type: 'array', origin: 'value', input: given, key: index, value }],
        })
        if (hole) break
      }
      if (faults > 0) return NEVER
      return repeats === 'merge' ? [...seen] : ([...given] as string[])
    }),
  )
}

const NONE: string[] = []
/** At least about a KiB, in which the planner counts. */
const memoryMiB = number({ unit: 'MiB', min: 0.001, max: MAX_MEMORY_MIB })
const anyMemoryMiB = number({ unit: 'MiB', min: 0, max: MAX_MEMORY_MIB })
const span = number({ unit: 'seconds', min: LEAST_SPAN_SECONDS, max: MAX_SECONDS })
const seconds = number({ unit: 'seconds', min: 0, max: MAX_SECONDS })
const atOnce = number({ integer: true, min: 1, max: 1_000_000 })
const processors = number({ integer: true, min: 1, max: 1_000_000 })
/** The bound keeps sums of weights exact. */
const priority = number({ integer: true, min: 0, max: 1_000_000_000 })

/** An instant is judged by `windows.ts`, which knows the problem's start. */
const instant = described(
  v.custom<number | string>(
    (x) => typeof x === 'number' || typeof x === 'string',
    ({ input }) =>
      input === undefined
        ? 'is missing; write seconds from the start, or an instant such as "2026-11-23T22:00:00+01:00"'
        : `${show(input)} is no instant; write seconds from the start, or text such as "2026-11-23T22:00:00+01:00"`,
  ),
  {
    anyOf: [
      { type: 'number', minimum: 0, maximum: MAX_INSTANT_SECONDS },
      { type: 'string', pattern: INSTANT_PATTERN },
    ],
  },
)

const isText = v.custom<string>(
  (x) => typeof x === 'string',
  (issue) => `${show(issue.input)} is not text`,
)
const text = described(isText, { type: 'string' })

/** What it says is judged by `validate.ts`. */
const start = described(v.custom<string>(isText.check, isText.message), {
  type: 'string',
  pattern: INSTANT_PATTERN,
})

export const problemSchema = v.strictObject({
  version: described(
    v.custom<1>(
      (x) => x === 1,
      ({ input }) =>
        input === undefined ? 'is missing; write 1' : `${show(input)} is not a known version; write 1`,
    ),
    { const: 1 },
  ),
  name: v.optional(
    described(
      v.custom<string>(
        (x) => typeof x === 'string' && x.length <= MAX_ID_LENGTH,
        (issue) => explainText(issue.input, `text of at most ${MAX_ID_LENGTH} characters`),
      ),
      { type: 'string', maxLength: MAX_ID_LENGTH },
    ),
    '',
  ),
  start: v.optional(start),
  nodes: array,
  vms: array,
  windows: optionalArray,
  networks: optionalArray,
  request: v.unknown(),
  policy: v.unknown(),
})

const mbps = number({ unit: 'Mbps', min: LEAST_RATE, max: MAX_RATE })
const linkEfficiency = number({ min: 0.001, max: 8 })

export const nodeSchema = v.strictObject({
  id: id('the id of the node'),
  cpu: v.unknown(),
  memoryMiB,
  migrationMbps: mbps,
  slots: v.optional(atOnce, 1),
  offloads: v.optional(texts('the name of an offload'), NONE),
  state: v.optional(oneOf<NodeState>(['up', 'paused', 'down']), 'up'),
  domains: v.unknown(),
  linkEfficiency: v.optional(linkEfficiency),
  streamMbps: v.optional(mbps),
  reserveMiB: v.optional(anyMemoryMiB),
  cores: v.optional(processors),
  devices: v.unknown(),
})

const part = v.optional(id('text that tells parts of one model apart'))

export const cpuModelSchema = v.strictObject({ model: id('the name of a CPU model'), part })

export const cpuFeaturesSchema = v.strictObject({
  vendor: oneOf<CpuVendor>(['Intel', 'AMD', 'Hygon'], {
    genuineintel: 'Intel',
    authenticamd: 'AMD',
    hygongenuine: 'Hygon',
  }),
  features: texts('the name of a CPU feature'),
  mayHave: v.optional(texts('the name of a CPU feature'), NONE),
  part,
})

export const vmSchema = v.strictObject({
  id: id('the id of the VM'),
  node: id('the id of the node where the VM is now'),
  memoryMiB,
  dirtyMiBps: v.optional(number({ unit: 'MiB per second', min: 0, max: MAX_RATE }), 0),
  workingSetMiB: v.optional(anyMemoryMiB),
  copyMiB: v.optional(anyMemoryMiB),
  durationFactor: v.optional(number({ min: 0.001, max: 1000 }), 1),
  bootNode: v.optional(id('the id of the node where the VM was started')),
  home: v.optional(id('the id of the node to which the VM returns')),
  compatibility: v.optional(oneOf<Compatibility>(['off', 'minimum', 'cluster']), 'off'),
  offloads: v.optional(texts('the name of an offload'), NONE),
  state: v.optional(oneOf<VmState>(['running', 'saved', 'off']), 'running'),
  allowedNodes: v.optional(texts('the id of a node', 'keep')),
  preferredNodes: v.optional(texts('the id of a node', 'keep'), NONE),
  antiAffinity: v.optional(array, NONE),
  affinity: v.optional(array, NONE),
  priority: v.optional(priority, 2000),
  restartable: v.optional(boolean, false),
  maxBlackoutSeconds: v.optional(seconds),
  vcpus: v.optional(processors, 1),
  devices: v.unknown(),
  ways: v.optional(array),
  serial: v.optional(texts('the name of a serial group'), NONE),
})

/** How many of one kind of device there are, or are needed. */
export const deviceCount = number({ integer: true, min: 0, max: 1_000_000 })

export const groupSchema = v.strictObject({
  group: id('the name of a group'),
  penaltySeconds: v.optional(seconds),
  domain: v.optional(id('a kind of domain')),
})

export const windowSchema = v.strictObject({
  vm: v.optional(id('the id of a VM')),
  node: v.optional(id('the id of a node')),
  start: instant,
  end: v.optional(instant),
  durationSeconds: v.optional(span),
  rrule: v.optional(text),
  zone: v.optional(id('the name of a time zone')),
  kind: v.optional(oneOf<WindowKind>(['backup', 'blackout', 'no-work']), 'backup'),
})

export const networkSchema = v.strictObject({
  id: id('the id of the network'),
  nodes: texts('the id of a node', 'keep'),
  mbps,
})

/** One entry of a VM's `ways`. */
export const waySchema = oneOf<Way>(['live', 'save', 'restart', 'stop'], {
  migrate: 'live',
  'stop-in-place': 'stop',
  shutdown: 'stop',
  'save-in-place': 'save',
})

export const requestSchema = v.strictObject({
  moves: optionalArray,
  drain: optionalArray,
  order: optionalArray,
  maintenance: optionalArray,
  balance: v.optional(v.unknown()),
  notTogether: optionalArray,
})

export const orderSchema = texts('the id of a VM', 'keep')

export const moveSchema = v.strictObject({
  vm: id('the id of the VM to move'),
  to: v.unknown(),
  durationSeconds: v.optional(span),
  by: v.optional(instant),
})

export const drainSchema = v.strictObject({
  node: id('the id of the node to empty'),
  mode: v.optional(oneOf(['live', 'save']), 'live'),
  to: optionalArray,
  by: v.optional(instant),
})

export const balanceMetricSchema = oneOf(['memory', 'cpu'])

export const balanceSchema = v.strictObject({
  of: array,
  within: number({ min: 0, max: 1 }),
  maxMigrations: v.optional(number({ integer: true, min: 0, max: 1_000_000 })),
})

export const maintenanceSchema = v.strictObject({
  node: id('the id of the node to work on'),
  durationSeconds: span,
  mode: v.optional(oneOf(['live', 'save']), 'live'),
  earliestStart: v.optional(instant),
  latestEnd: v.optional(instant),
  after: v.optional(texts('the id of a node', 'keep'), NONE),
  priority: v.optional(priority, 2000),
  position: v.optional(oneOf(['first', 'last', 'any']), 'any'),
  settleSeconds: v.optional(seconds, 0),
  featuresAfter: v.optional(texts('the name of a CPU feature')),
})

const D = DEFAULT_POLICY
const rate = number({ unit: 'MiB per second', min: LEAST_RATE, max: MAX_RATE })

export const policySchema = v.strictObject({
  allowRestart: v.optional(boolean, D.allowRestart),
  allowSave: v.optional(boolean, D.allowSave),
  allowParking: v.optional(boolean, D.allowParking),
  allowMakeRoom: v.optional(boolean, D.allowMakeRoom),
  wideMigrations: v.optional(boolean, D.wideMigrations),
  reserveMiB: v.optional(anyMemoryMiB, D.reserveMiB),
  maxVcpusPerCore: v.optional(number({ min: 0.001, max: 1_000_000 })),
  tolerateNodeFailure: v.optional(boolean, D.tolerateNodeFailure),
  concurrentMigrations: v.optional(atOnce),
  concurrentRestarts: v.optional(atOnce, D.concurrentRestarts),
  offloadPenaltySeconds: v.optional(seconds, D.offloadPenaltySeconds),
  featureLossPenaltySeconds: v.optional(seconds, D.featureLossPenaltySeconds),
  restartSeconds: v.optional(seconds, D.restartSeconds),
  restartPenaltySeconds: v.optional(seconds, D.restartPenaltySeconds),
  blackoutPenaltySeconds: v.optional(seconds, D.blackoutPenaltySeconds),
  preferencePenaltySeconds: v.optional(seconds, D.preferencePenaltySeconds),
  saveMiBps: v.optional(rate, D.saveMiBps),
  savePenaltySeconds: v.optional(seconds, D.savePenaltySeconds),
  antiAffinityInTransit: v.optional(boolean, D.antiAffinityInTransit),
  stopSeconds: v.optional(seconds, D.stopSeconds),
  startSeconds: v.optional(seconds, D.startSeconds),
  stopPenaltySeconds: v.optional(seconds, D.stopPenaltySeconds),
  linkEfficiency: v.optional(linkEfficiency, D.linkEfficiency),
  streamMbps: v.optional(mbps),
  setupSeconds: v.optional(seconds, D.setupSeconds),
  startLagSeconds: v.optional(seconds, D.startLagSeconds),
  /** The bound keeps the pre-copy loop short; real hypervisors stop far earlier. */
  maxPasses: v.optional(number({ integer: true, min: 1, max: 10_000 }), D.maxPasses),
  stopThresholdMiB: v.optional(anyMemoryMiB, D.stopThresholdMiB),
  maintenanceAtOnce: v.optional(atOnce, D.maintenanceAtOnce),
  maintenanceDomain: v.optional(id('a kind of domain')),
  returnHome: v.optional(boolean, D.returnHome),
  notHomePenaltySeconds: v.optional(seconds, D.notHomePenaltySeconds),
  migrationPenaltySeconds: v.optional(seconds, D.migrationPenaltySeconds),
  neverBackwards: v.optional(boolean, D.neverBackwards),
  horizonSeconds: v.optional(span, D.horizonSeconds),
})
