/** What a run has done so far: the journal, held against the plan that it is of. */

import { InvalidProblemError, type Issue } from '../errors.js'
import { append } from '../lists.js'
import { planFingerprint } from '../model/fingerprint.js'
import { Hints, MAX_ISSUES, quote } from '../model/issues.js'
import type { Journal, JournalEntry, JournalMigration, JournalWork, PlacedEntry } from '../model/journal.js'
import type { MaintainedNode, Migration, Plan } from '../model/plan.js'
import type { ResolvedProblem } from '../model/problem.js'
import { isInPlace } from '../model/ways.js'

/** How far one VM has come. */
export interface VmHistory {
  /** Its migrations in the plan, by start. */
  legs: readonly Migration[]
  /** How many of them have ended: those from the first on. */
  ended: number
  /** Under way since: the next leg. Milliseconds since 1970. */
  startedMs: number | undefined
  /** The next leg failed, and was not started again. `arrived`: the VM is on its target all the same. */
  failure: { node: string; detail: string; arrived: boolean } | undefined
  /** Nodes that it did not come to when it was sent there. */
  refused: Set<string>
  /** Where the VM is; of one under way, where it comes from. */
  node: string
}

/** How far a work has come. */
export interface WorkHistory {
  work: MaintainedNode
  state: 'open' | 'running' | 'ended' | 'failed'
  /** Of the last entry, milliseconds since 1970. */
  atMs: number
  detail: string
}

export interface History {
  /** Of every VM that the plan moves, in the order of the problem. */
  vms: ReadonlyMap<string, VmHistory>
  /** By node, of every work of the plan, in its order. */
  works: ReadonlyMap<string, WorkHistory>
  /** Of the last entry, milliseconds since 1970. */
  lastMs: number
}

type MigrationEntry = Extract<JournalEntry, JournalMigration>

/** The names that a journal may use. */
interface Names {
  problem: ResolvedProblem
  /** By lower case; undefined where two nodes differ in nothing else. */
  alike: ReadonlyMap<string, string | undefined>
  hints: Hints
}

/**
 * Follows the journal. A migration may have ended or failed without an entry that it started: a run that was resumed finds out so.
 *
 * @throws InvalidProblemError with every entry that contradicts the plan or an earlier one, its line and the value
 */
export function readHistory(problem: ResolvedProblem, plan: Plan, journal: Journal): History {
  const issues: Issue[] = []
  checkBegin(problem, plan, journal, issues)
  // Of another plan, nothing else fits either.
  if (issues.length > 0) throw new InvalidProblemError(issues, 'journal')
  const vms = legsByVm(problem, plan)
  const works = worksByNode(problem, plan)
  const names = namesOf(problem)
  let lastMs = journal.begin.atMs
  for (const placed of journal.entries) {
    if (issues.length >= MAX_ISSUES) break
    lastMs = Math.max(lastMs, placed.atMs)
    if ('vm' in placed.entry) follow(names, vms, placed as PlacedEntry<MigrationEntry>, issues)
    else if (placed.entry.event.startsWith('work-'))
      followWork(names, works, placed as PlacedEntry<JournalWork>, issues)
    else if (placed.entry.event === 'finished') checkFinished(vms, placed, issues)
  }
  if (issues.length > 0) throw new InvalidProblemError(issues, 'journal')
  return { vms, works, lastMs }
}

function checkBegin(problem: ResolvedProblem, plan: Plan, { begin }: Journal, issues: Issue[]): void {
  const { entry, place } = begin
  const fingerprint = planFingerprint(plan)
  if (entry.plan !== fingerprint) {
    const message = `${quote(entry.plan)} is another plan: the one given has the fingerprint ${quote(fingerprint)}; name the plan that was run`
    issues.push({ path: `${place}: plan`, message })
  }
  if (entry.problem !== problem.name) {
    const message = `${quote(entry.problem)} is another problem: the one given is ${quote(problem.name)}; name the problem that was planned`
    issues.push({ path: `${place}: problem`, message })
  }
}

/** @throws InvalidProblemError where the plan names a VM or node that the problem lacks, or is none of this problem */
export function legsByVm(problem: ResolvedProblem, plan: Plan): Map<string, VmHistory> {
  const issues: Issue[] = []
  const legs = new Map<string, Migration[]>()
  for (const [index, migration] of plan.migrations.entries()) {
    const { vm, from, to } = migration
    const path = `migrations[${index}]`
    if (!problem.vmById.has(vm))
      issues.push({ path: `${path}.vm`, message: `${quote(vm)} is no VM of the problem` })
    for (const [key, node] of [['from', from] as const, ['to', to] as const])
      if (!problem.nodeById.has(node))
        issues.push({ path: `${path}.${key}`, message: `${quote(node)} is no node of the problem` })
    append(legs, vm, migration)
  }
  for (const own of legs.values()) own.sort((a, b) => a.startSeconds - b.startSeconds)
  const vms = new Map<string, VmHistory>()
  for (const { id, node } of problem.vms) {
    const own = legs.get(id)
    if (own === undefined) continue
    let at = node
    for (const { from, to } of own) {
      if (from !== at) {
        const message = `moves it from ${quote(from)}, and it is on ${quote(at)} then`
        issues.push({ path: `migrations of ${quote(id)}`, message })
      }
      at = to
    }
    vms.set(id, { legs: own, ended: 0, startedMs: undefined, failure: undefined, refused: new Set(), node })
  }
  if (issues.length > 0) throw new InvalidProblemError(issues.slice(0, MAX_ISSUES), 'plan')
  return vms
}

/** @throws InvalidProblemError where the plan works on a node that the problem does not have maintained */
function worksByNode({ works = [] }: ResolvedProblem, { maintenance = [] }: Plan): Map<string, WorkHistory> {
  const asked = new Set(works.map(({ node }) => node))
  const issues = maintenance.flatMap(({ node }, index): Issue[] =>
    asked.has(node)
      ? []
      : [{ path: `maintenance[${index}].node`, message: `no work on ${quote(node)} is asked for` }],
  )
  if (issues.length > 0) throw new InvalidProblemError(issues.slice(0, MAX_ISSUES), 'plan')
  return new Map(maintenance.map((work) => [work.node, { work, state: 'open', atMs: 0, detail: '' }]))
}

/** One may have ended without an entry that it began: by hand. One that has failed may begin again. */
function followWork(
  names: Names,
  works: ReadonlyMap<string, WorkHistory>,
  { place, atMs, entry }: PlacedEntry<JournalWork>,
  issues: Issue[],
): void {
  const history = works.get(nodeNamed(names, entry.node) ?? '')
  if (history === undefined) {
    const hint = names.hints.for(entry.node, works.keys())
    issues.push({ path: `${place}: node`, message: `${quote(entry.node)} has no work in the plan${hint}` })
    return
  }
  if (history.state === 'ended' || (entry.event === 'work-started' && history.state === 'running')) {
    const before = history.state === 'ended' ? 'which has ended before' : 'which is under way already'
    const message = `${quote(entry.event)} of the work on ${quote(entry.node)}, ${before}`
    issues.push({ path: `${place}: event`, message })
    return
  }
  history.atMs = atMs
  history.detail = entry.event === 'work-failed' ? entry.detail : ''
  history.state =
    entry.event === 'work-started' ? 'running' : entry.event === 'work-ended' ? 'ended' : 'failed'
}

function checkFinished(vms: ReadonlyMap<string, VmHistory>, { place }: PlacedEntry, issues: Issue[]): void {
  for (const [id, { startedMs }] of vms) {
    if (startedMs === undefined) continue
    const message = `"finished", and the migration of ${quote(id)} that was started has not ended`
    issues.push({ path: `${place}: event`, message })
  }
}

function follow(
  names: Names,
  vms: ReadonlyMap<string, VmHistory>,
  { place, atMs, entry }: PlacedEntry<MigrationEntry>,
  issues: Issue[],
): void {
  const history = vms.get(entry.vm)
  const wrong = contradiction(names, history, entry, atMs)
  if (wrong !== undefined || history === undefined) {
    const [key, message] = wrong ?? ['vm', '']
    issues.push({ path: `${place}: ${key}`, message })
    return
  }
  history.failure = undefined
  if (entry.event === 'started') {
    history.startedMs = atMs
    history.refused.delete(entry.to)
    return
  }
  history.startedMs = undefined
  if (entry.event === 'ended') {
    history.ended++
    history.node = entry.to
    history.refused.delete(entry.to)
    return
  }
  const node = nodeNamed(names, entry.node)!
  const arrived = node === entry.to && !isInPlace(entry.kind)
  history.failure = { node, detail: entry.detail, arrived }
  if (node !== entry.to) history.refused.add(entry.to)
  history.node = node
}

/** What is wrong with an entry: the key, and a message that begins with its value. */
function contradiction(
  names: Names,
  history: VmHistory | undefined,
  entry: MigrationEntry,
  atMs: number,
): [key: string, message: string] | undefined {
  const { vm, leg: index } = entry
  const { vmById, nodeById } = names.problem
  if (history === undefined) {
    const hint = vmById.has(vm) ? '' : names.hints.for(vm, vmById.keys())
    return ['vm', `${quote(vm)} has no migration in the plan${hint}`]
  }
  const { legs, ended, startedMs, node } = history
  const leg = legs[index]
  if (leg === undefined)
    return ['leg', `${index}: ${quote(vm)} has ${legs.length} in the plan, counted from 0`]
  for (const key of ['from', 'to', 'kind'] as const) {
    if (entry[key] === leg[key]) continue
    return [key, `${quote(entry[key])}: the plan has ${quote(leg[key])} for leg ${index} of ${quote(vm)}`]
  }
  if (index < ended)
    return ['event', `${quote(entry.event)} of leg ${index} of ${quote(vm)}, which has ended before`]
  if (index > ended) return ['leg', `${index} of ${quote(vm)}, and leg ${ended} has not ended`]
  if (entry.event === 'started') {
    if (startedMs !== undefined)
      return ['event', `"started", and leg ${index} of ${quote(vm)} is under way already`]
    // What was down, or saved, may have come as far as its target.
    const halfWay = node === leg.to && (leg.kind === 'restart' || leg.kind === 'save')
    if (node !== leg.from && !halfWay)
      return ['from', `${quote(leg.from)}: ${quote(vm)} is on ${quote(node)} since it failed`]
    return undefined
  }
  if (startedMs !== undefined && atMs < startedMs)
    return ['at', `${quote(entry.at)} is before the migration started`]
  if (entry.event === 'failed' && nodeNamed(names, entry.node) === undefined) {
    const hint = names.hints.for(entry.node, nodeById.keys())
    return ['node', `${quote(entry.node)} is no node of the problem${hint}`]
  }
  return undefined
}

function namesOf(problem: ResolvedProblem): Names {
  const alike = new Map<string, string | undefined>()
  for (const { id } of problem.nodes) {
    const folded = id.toLowerCase()
    alike.set(folded, alike.has(folded) ? undefined : id)
  }
  return { problem, alike, hints: new Hints() }
}

/** Clusters write names in a case of their own. */
function nodeNamed({ problem, alike }: Names, name: string): string | undefined {
  return problem.nodeById.has(name) ? name : alike.get(name.toLowerCase())
}
