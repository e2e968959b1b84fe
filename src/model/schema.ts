/** The shape of a problem: one valibot schema for each kind of object. What lies between objects is `validate.ts`'s part. */
import * as v from 'valibot'
import { didYouMean, isArray, MAX_ID_LENGTH, show } from './issues.js'
import type { Compatibility, CpuVendor, NodeState, VmState, WindowKind } from './problem.js'
import { DEFAULT_POLICY } from './problem.js'
import { parseQuantity, type Unit } from './units.js'

/** 2^40 MiB: sums of KiB over thousands of VMs stay exact in a double. */
const MAX_MEMORY_MIB = 2 ** 40
const MIB = 1_048_576

interface NumberRule {
  unit?: Unit
  integer?: true
  /** Smallest value allowed; with `above`, the value itself is not. */
  min: number
  above?: true
  max?: number
}

function describe(rule: NumberRule): string {
  const kind = rule.integer ? 'an integer' : rule.unit ? `a number of ${rule.unit}` : 'a number'
  const low = rule.above ? `above ${rule.min}` : `of at least ${rule.min}`
  return rule.max === undefined ? `${kind} ${low}` : `${kind} ${low} and at most ${rule.max}`
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
  const { min, above, integer, max = Number.MAX_VALUE } = rule
  const accepts = (x: unknown): boolean =>
    typeof x === 'number' &&
    Number.isFinite(x) &&
    (above ? x > min : x >= min) &&
    x <= max &&
    (!integer || Number.isSafeInteger(x))
  return v.custom<number>(accepts, (issue) => explainNumber(issue.input, rule))
}

function explainText(input: unknown, what: string): string {
  if (input === undefined) return `is missing; write ${what}`
  if (input === '') return `is empty; write ${what}`
  if (typeof input === 'string')
    return `${show(input)} is longer than ${MAX_ID_LENGTH} characters; write ${what}`
  return `${show(input)} is not text; write ${what}`
}

const isId = (x: unknown): boolean => typeof x === 'string' && x.length > 0 && x.length <= MAX_ID_LENGTH

/** Non-empty text of at most 1,024 characters, kept as it is. */
function id(what: string) {
  return v.custom<string>(isId, (issue) => explainText(issue.input, what))
}

function oneOf<const T extends string>(values: readonly T[], aliases: Readonly<Record<string, T>> = {}) {
  const wanted = values.map((value) => `"${value}"`).join(', ')
  return v.custom<T>(
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
}

const boolean = v.custom<boolean>(
  (x) => typeof x === 'boolean',
  (issue) => `${show(issue.input)} is neither true nor false; write one of them, without quotes`,
)

const array = v.custom<unknown[]>(isArray, ({ input }) =>
  input === undefined ? 'is missing; write an array' : `${show(input)} is not an array; write one, in [ ]`,
)

/** An optional array whose elements are not looked at here. */
const optionalArray = v.optional(array)

/** Faults that one list may report, so that a list of a million wrong elements stays cheap. */
const MAX_LIST_ISSUES = 100

/** Non-empty texts in the order written; without repeats, unless they are to be kept. */
function texts(what: string, repeats: 'merge' | 'keep' = 'merge') {
  return v.pipe(
    array,
    v.rawTransform<unknown[], readonly string[]>(({ dataset, addIssue, NEVER }) => {
      const list = dataset.value
      const seen = new Set<string>()
      let faults = 0
      for (let index = 0; index < list.length && faults < MAX_LIST_ISSUES; index++) {
        const hole = !(index in list)
        const value = list[index]
        if (isId(value)) {
          if (repeats === 'merge') seen.add(value as string)
          continue
        }
        faults++
        const message = hole ? 'is a hole in the array; write every element' : explainText(value, what)
        addIssue({
          message,
          input: value,
          path: [{ type: 'array', origin: 'value', input: list, key: index, value }],
        })
        if (hole) break
      }
      if (faults > 0) return NEVER
      return repeats === 'merge' ? [...seen] : ([...list] as string[])
    }),
  )
}

const NONE: string[] = []
const memoryMiB = number({ unit: 'MiB', min: 0, above: true, max: MAX_MEMORY_MIB })
const positiveSeconds = number({ unit: 'seconds', min: 0, above: true })
const seconds = number({ unit: 'seconds', min: 0 })
const atOnce = number({ integer: true, min: 1, max: 1_000_000 })

/** An instant is judged by `windows.ts`, which knows the problem's start. */
const instant = v.custom<number | string>(
  (x) => typeof x === 'number' || typeof x === 'string',
  ({ input }) =>
    input === undefined
      ? 'is missing; write seconds from the start, or an instant such as "2026-11-23T22:00:00+01:00"'
      : `${show(input)} is no instant; write seconds from the start, or text such as "2026-11-23T22:00:00+01:00"`,
)

const text = v.custom<string>(
  (x) => typeof x === 'string',
  (issue) => `${show(issue.input)} is not text`,
)

export const problemSchema = v.strictObject({
  version: v.custom<1>(
    (x) => x === 1,
    ({ input }) =>
      input === undefined ? 'is missing; write 1' : `${show(input)} is not a known version; write 1`,
  ),
  name: v.optional(
    v.custom<string>(
      (x) => typeof x === 'string' && x.length <= MAX_ID_LENGTH,
      (issue) => explainText(issue.input, `text of at most ${MAX_ID_LENGTH} characters`),
    ),
    '',
  ),
  start: v.optional(text),
  nodes: array,
  vms: array,
  windows: optionalArray,
  request: v.unknown(),
  policy: v.unknown(),
})

export const nodeSchema = v.strictObject({
  id: id('the id of the node'),
  cpu: v.unknown(),
  memoryMiB,
  migrationMbps: number({ unit: 'Mbps', min: 0, above: true }),
  slots: v.optional(atOnce, 1),
  offloads: v.optional(texts('the name of an offload'), NONE),
  state: v.optional(oneOf<NodeState>(['up', 'paused', 'down']), 'up'),
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
  dirtyMiBps: v.optional(number({ unit: 'MiB per second', min: 0 }), 0),
  workingSetMiB: v.optional(number({ unit: 'MiB', min: 0, max: MAX_MEMORY_MIB })),
  bootNode: v.optional(id('the id of the node where the VM was started')),
  compatibility: v.optional(oneOf<Compatibility>(['off', 'minimum', 'cluster']), 'off'),
  offloads: v.optional(texts('the name of an offload'), NONE),
  state: v.optional(oneOf<VmState>(['running', 'saved', 'off']), 'running'),
  allowedNodes: v.optional(texts('the id of a node', 'keep')),
  antiAffinity: v.optional(texts('the name of a group'), NONE),
  affinity: v.optional(texts('the name of a group'), NONE),
  priority: v.optional(number({ integer: true, min: 0 }), 2000),
  restartable: v.optional(boolean, false),
})

export const windowSchema = v.strictObject({
  vm: v.optional(id('the id of a VM')),
  node: v.optional(id('the id of a node')),
  start: instant,
  end: v.optional(instant),
  durationSeconds: v.optional(positiveSeconds),
  rrule: v.optional(text),
  kind: v.optional(oneOf<WindowKind>(['backup', 'blackout']), 'backup'),
})

export const requestSchema = v.strictObject({ moves: optionalArray, drain: optionalArray })

export const moveSchema = v.strictObject({
  vm: id('the id of the VM to move'),
  to: id('the id of the node to move it to'),
  durationSeconds: v.optional(positiveSeconds),
})

export const drainSchema = v.strictObject({
  node: id('the id of the node to empty'),
  mode: v.optional(oneOf(['live', 'save']), 'live'),
})

const D = DEFAULT_POLICY
const rate = number({ unit: 'MiB per second', min: 0, above: true })

export const policySchema = v.strictObject({
  allowRestart: v.optional(boolean, D.allowRestart),
  allowSave: v.optional(boolean, D.allowSave),
  allowParking: v.optional(boolean, D.allowParking),
  allowMakeRoom: v.optional(boolean, D.allowMakeRoom),
  reserveMiB: v.optional(number({ unit: 'MiB', min: 0, max: MAX_MEMORY_MIB }), D.reserveMiB),
  tolerateNodeFailure: v.optional(boolean, D.tolerateNodeFailure),
  concurrentMigrations: v.optional(atOnce),
  concurrentRestarts: v.optional(atOnce, D.concurrentRestarts),
  offloadPenaltySeconds: v.optional(seconds, D.offloadPenaltySeconds),
  featureLossPenaltySeconds: v.optional(seconds, D.featureLossPenaltySeconds),
  restartSeconds: v.optional(seconds, D.restartSeconds),
  restartPenaltySeconds: v.optional(seconds, D.restartPenaltySeconds),
  saveMiBps: v.optional(rate, D.saveMiBps),
  savePenaltySeconds: v.optional(seconds, D.savePenaltySeconds),
  linkEfficiency: v.optional(number({ min: 0, above: true, max: 1 }), D.linkEfficiency),
  setupSeconds: v.optional(seconds, D.setupSeconds),
  startLagSeconds: v.optional(seconds, D.startLagSeconds),
  /** The bound keeps the pre-copy loop short; real hypervisors stop far earlier. */
  maxPasses: v.optional(number({ integer: true, min: 1, max: 10_000 }), D.maxPasses),
  stopThresholdMiB: v.optional(number({ unit: 'MiB', min: 0 }), D.stopThresholdMiB),
  horizonSeconds: v.optional(positiveSeconds, D.horizonSeconds),
})
