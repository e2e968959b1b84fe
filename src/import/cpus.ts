/** Which CPU each node has: by its list of features, by what the table finds, or by what the user says; never by a guess. */
import { UnknownCpuError } from '../errors.js'
import { type FoundCpu, lookUpCpu } from '../model/cpu/lookup.js'
import { type CpuModel, seenFeatures } from '../model/cpu/table.js'
import { quote } from '../model/issues.js'
import type { CpuVendor, ProblemCpu } from '../model/problem.js'
import type { Answers } from './answers.js'
import type { FaultList } from './failure.js'
import { mitigationsOf, type SortedFlags, sortFlags, unshownFeatures } from './flags.js'
import type { Assumption, InventoryNode, Origin } from './inventory.js'
import { argument, listNames, plainName } from './words.js'

const VENDOR_WORDS: readonly (readonly [RegExp, CpuVendor])[] = [
  [/intel|\bxeon\b/i, 'Intel'],
  [/hygon|\bc86\b/i, 'Hygon'],
  [/\bamd\b|authenticamd|advanced micro devices|\bepyc\b|\bopteron\b/i, 'AMD'],
]

/** By any spelling: `GenuineIntel`, `AMD64 Family 25 …`, a brand name. */
export function vendorIn(text: string): CpuVendor | undefined {
  // Windows writes AMD64 for Hygon's too.
  return VENDOR_WORDS.find(([pattern]) => pattern.test(text.replace(/\bAMD64\b/i, 'AMD')))?.[1]
}

/** Of what describes a part; more than that tells none apart. */
const MAX_PART = 200

type Known =
  | {
      kind: 'listed'
      vendor: CpuVendor
      features: readonly string[]
      mayHave: readonly string[]
      unknown: readonly string[]
    }
  | { kind: 'model'; model: CpuModel; found?: { by: FoundCpu['by']; text: string } }

/** Nodes whose CPU nothing tells, by the question to ask. */
interface Question {
  nodes: InventoryNode[]
  origin: Origin
  text: string
}

/** Nodes of which the same is to be reported. */
class Groups {
  readonly #groups = new Map<string, { ids: string[]; origin: Origin }>()

  add(key: string, id: string, origin: Origin): void {
    const group = this.#groups.get(key)
    if (group === undefined) this.#groups.set(key, { ids: [id], origin })
    else group.ids.push(id)
  }

  report(assumptions: Assumption[], textOf: (key: string, ids: readonly string[]) => string): void {
    for (const [key, { ids, origin }] of this.#groups)
      assumptions.push({ origin, text: `${listNames(ids)}: ${textOf(key, ids)}` })
  }
}

/** The CPUs in the order of `nodes`; undefined where there is a fault, which has been reported. */
export function readCpus(
  nodes: readonly InventoryNode[],
  answers: Answers<string>,
  faults: FaultList,
  assumptions: Assumption[],
): (ProblemCpu | undefined)[] {
  const answered = new Map<string, CpuModel | undefined>()
  const questions = new Map<string, Question>()
  const completed = new Groups()
  const known = nodes.map((node) => cpuOf(node))
  for (const { nodes: asked, origin, text } of questions.values())
    faults.add(origin, question(asked, text), { option: 'cpu', nodes: asked.map(({ id }) => id) })
  completed.report(assumptions, (key) => `taken to have ${key}`)
  const parts = tellApart(nodes, known, assumptions)
  reportModels(nodes, known, parts, assumptions)
  reportUnknownFlags(nodes, known, assumptions)
  return compareAlike(nodes, known, parts, assumptions)

  function cpuOf(node: InventoryNode): Known | undefined {
    const own = answers.byNode.get(node.id)
    if (own !== undefined) return fromAnswer(own.value, own.origin)
    const { cpu } = node
    if (cpu?.features !== undefined && cpu.features.length > 0) {
      const vendor = vendorIn(cpu.vendor ?? '') ?? vendorIn(cpu.texts.join('\n'))
      if (vendor !== undefined) return withUnshown(node, vendor, sortFlags(vendor, cpu.features))
      faults.add(
        cpu.origin,
        `${plainName(node.id)}: its CPU has features, but no vendor; write Intel, AMD or Hygon`,
      )
      return undefined
    }
    const { found, fault } = lookUpFirst(cpu?.texts ?? [])
    if (found !== undefined) return found
    if (answers.all !== undefined) {
      const known = fromAnswer(answers.all.value, answers.all.origin)
      const vendor = vendorIn([cpu?.vendor ?? '', ...(cpu?.texts ?? [])].join('\n'))
      if (known === undefined || vendor === undefined || vendor === known.model.vendor) return known
      const { file } = answers.all.origin
      const text = `the CPU is one of ${vendor}, and ${file} names one of ${known.model.vendor}`
      ask(node, text)
      return undefined
    }
    ask(node, fault ?? 'the files do not tell the CPU')
    return undefined
  }

  /** A list from Linux, completed by what the model is known to have. */
  function withUnshown({ id, origin, cpu }: InventoryNode, vendor: CpuVendor, flags: SortedFlags): Known {
    const model = lookUpFirst(cpu?.texts ?? []).found?.model
    const { features: added, mayHave } =
      model?.vendor === vendor ? unshownFeatures(flags.features, model) : { features: [], mayHave: [] }
    if (model !== undefined && added.length > 0) {
      const key = `${added.join(' ')}, which Linux does not list but ${model.name} has`
      completed.add(key, id, cpu?.origin ?? origin)
    }
    return { kind: 'listed', vendor, ...flags, features: [...flags.features, ...added].sort(), mayHave }
  }

  function fromAnswer(text: string, origin: Origin): (Known & { kind: 'model' }) | undefined {
    if (!answered.has(origin.file)) {
      const { found, fault } = lookUpFirst([text])
      answered.set(origin.file, found?.model)
      if (fault !== undefined) faults.add(origin, fault)
    }
    const model = answered.get(origin.file)
    return model === undefined ? undefined : { kind: 'model', model }
  }

  /** Once for all nodes that differ in nothing but their name. */
  function ask(node: InventoryNode, text: string): void {
    const same = questions.get(text)
    if (same !== undefined) same.nodes.push(node)
    else questions.set(text, { nodes: [node], origin: node.cpu?.origin ?? node.origin, text })
  }
}

/** The first text that names a model; where none does, what is wrong with the most telling of them. */
function lookUpFirst(texts: readonly string[]): { found?: Known & { kind: 'model' }; fault?: string } {
  let fault: { text: string; near: boolean } | undefined
  for (const text of texts) {
    if (text.trim() === '') continue
    try {
      const { model, by } = lookUpCpu(text)
      return { found: { kind: 'model', model, found: { by, text: text.trim() } } }
    } catch (error) {
      if (!(error instanceof UnknownCpuError)) throw error
      const near = error.candidates.length > 0
      if (fault === undefined || (near && !fault.near)) fault = { text: error.message, near }
    }
  }
  return fault === undefined ? {} : { fault: fault.text }
}

function question(nodes: readonly InventoryNode[], text: string): string {
  const ids = nodes.map(({ id }) => id)
  const [id] = ids
  const answer = `--cpu ${argument(id)}=MODEL`
  const each = ids.length === 1 ? answer : `${answer} for each of them`
  const list = text.includes('cpu LIST') ? '' : ' ("vmferry cpu LIST" shows the models)'
  return `${listNames(ids)}: ${text}; answer with ${each}, or with --cpu MODEL for every node whose CPU the files do not tell${list}`
}

/** The table has what a generation offers; a brand or a signature does not tell what this host does. */
function reportModels(
  nodes: readonly InventoryNode[],
  known: readonly (Known | undefined)[],
  parts: readonly (string | undefined)[],
  assumptions: Assumption[],
): void {
  const groups = new Groups()
  const models = new Map<string, CpuModel>()
  const apart = new Set<string>()
  known.forEach((cpu, index) => {
    if (cpu?.kind !== 'model' || cpu.found === undefined || cpu.found.by === 'name') return
    const { id, origin, cpu: source } = nodes[index]
    const key = `${cpu.model.name} by ${cpu.found.by} ${quote(cpu.found.text)}`
    models.set(key, cpu.model)
    if (parts[index] !== undefined) apart.add(key)
    groups.add(key, id, source?.origin ?? origin)
  })
  groups.report(assumptions, (key, [id, ...others]) => {
    const model = models.get(key)!
    const alike = others.length > 0 && model.mayHave.length > 0 && !apart.has(key)
    const same = alike
      ? `; only some parts have ${model.mayHave.join(' ')}, and these are taken as the same silicon`
      : ''
    const tsx = model.mayHave.includes('rtm') ? ` (${model.name}-noTSX: without TSX)` : ''
    return `${key}; if firmware hides features of it, give --cpu ${argument(id)}=MODEL${tsx}${same}`
  })
}

/**
 * Of models whose parts differ: which part a node has, where the files describe it otherwise than another node of the model. Nodes that are
 * described alike, and those whose model was named, are taken as the same silicon.
 */
function tellApart(
  nodes: readonly InventoryNode[],
  known: readonly (Known | undefined)[],
  assumptions: Assumption[],
): (string | undefined)[] {
  const parts = new Map<string, Map<string, string[]>>()
  const described = known.map((cpu, index) => {
    if (cpu?.kind !== 'model' || cpu.model.mayHave.length === 0) return undefined
    const { id, cpu: source } = nodes[index]
    const named = cpu.found === undefined || cpu.found.by === 'name'
    const part = named ? '' : source!.texts.join(', ').replace(/\s+/g, ' ').trim().slice(0, MAX_PART)
    const ofModel = parts.get(cpu.model.name) ?? new Map<string, string[]>()
    const alike = ofModel.get(part) ?? []
    alike.push(id)
    parts.set(cpu.model.name, ofModel.set(part, alike))
    return { part, model: cpu.model, origin: source?.origin ?? nodes[index].origin }
  })
  const told = new Set<string>()
  return described.map((each) => {
    if (each === undefined) return undefined
    const { part, origin } = each
    const { name, mayHave } = each.model
    const ofModel = parts.get(name)!
    if (ofModel.size === 1) return undefined
    if (!told.has(name)) {
      const kinds = listNames([...ofModel.values()].map((ids) => `[${listNames(ids)}]`))
      const text = `${kinds}: ${name}, but not the same parts, and only some have ${mayHave.join(' ')}: between them VMs that may see one of these do not move live`
      assumptions.push({ origin, text })
    }
    told.add(name)
    return part === '' ? undefined : part
  })
}

function reportUnknownFlags(
  nodes: readonly InventoryNode[],
  known: readonly (Known | undefined)[],
  assumptions: Assumption[],
): void {
  const groups = new Groups()
  known.forEach((cpu, index) => {
    if (cpu?.kind !== 'listed' || cpu.unknown.length === 0) return
    const { id, origin, cpu: source } = nodes[index]
    groups.add(cpu.unknown.join(' '), id, source?.origin ?? origin)
  })
  groups.report(
    assumptions,
    (flags) =>
      `flags left out that are no feature of any CPU in the table: ${flags}; if VMs see one, add it to cpu.features of the problem, on every node that has it`,
  )
}

/**
 * What goes into the problem. Where one node of a vendor is known by its list and another by its model, controls that microcode brings
 * are left out of both: lists have them on every patched host, and the table only where they were sold with the CPU.
 */
function compareAlike(
  nodes: readonly InventoryNode[],
  known: readonly (Known | undefined)[],
  parts: readonly (string | undefined)[],
  assumptions: Assumption[],
): (ProblemCpu | undefined)[] {
  const mixed = new Set<CpuVendor>()
  for (const vendor of ['Intel', 'AMD', 'Hygon'] as const) {
    const listed = nodes.filter((_, i) => vendorOf(known[i]) === vendor && known[i]?.kind === 'listed')
    const models = nodes.filter((_, i) => vendorOf(known[i]) === vendor && known[i]?.kind === 'model')
    if (listed.length === 0 || models.length === 0) continue
    mixed.add(vendor)
    const text = `${listNames(listed.map(({ id }) => id))}: CPU by its list of features, ${listNames(models.map(({ id }) => id))} by model: what microcode adds against speculation attacks is left out of both; lists for all nodes compare better`
    assumptions.push({ origin: listed[0].cpu?.origin ?? listed[0].origin, text })
  }
  return known.map((cpu, index) => {
    if (cpu === undefined) return undefined
    const vendor = vendorOf(cpu)!
    const sets = cpu.kind === 'listed' ? cpu : cpu.model
    const left = new Set(mixed.has(vendor) ? mitigationsOf(seenFeatures(sets)) : [])
    const part = parts[index] === undefined ? {} : { part: parts[index] }
    if (cpu.kind === 'model' && left.size === 0) return { model: cpu.model.name, ...part }
    const [features, mayHave] = [sets.features, sets.mayHave].map((names) =>
      names.filter((feature) => !left.has(feature)),
    )
    return { vendor, features, ...(mayHave.length === 0 ? {} : { mayHave }), ...part }
  })
}

function vendorOf(cpu: Known | undefined): CpuVendor | undefined {
  return cpu?.kind === 'model' ? cpu.model.vendor : cpu?.vendor
}
