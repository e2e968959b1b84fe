/**
 * What is left to plan of a run that has begun: an ordinary problem whose second 0 is now, so that planner and checker need to know
 * nothing of journals (docs/replan.md).
 */
import { InvalidOptionError } from '../errors.js'
import { isoInstant } from '../io/instant.js'
import { type ParsedInstant, parseInstant } from '../model/instant.js'
import { didYouMean, quote, show } from '../model/issues.js'
import type { Journal } from '../model/journal.js'
import type { Migration, Plan } from '../model/plan.js'
import type {
  Instant,
  Problem,
  ProblemMove,
  ProblemVm,
  ResolvedProblem,
  ResolvedVm,
} from '../model/problem.js'
import { isInPlace } from '../model/ways.js'
import { type History, readHistory, type VmHistory } from './history.js'
import { expectedLeft } from './left.js'
import { type RunningMigration, windowsOfRunning } from './running-windows.js'
import { micro, remainingWindows } from './windows.js'
import { nodeNow, type RemainingWorks, type WorksNow, worksNow } from './works.js'

export interface RemainingOptions {
  /** Seconds from the second 0 of the run, or an ISO 8601 instant with an offset; not before the journal's last entry. */
  now: Instant
  /** VMs that failed and are not to be tried again: they stay where they are. Default none. */
  skip?: readonly string[]
  /** Nodes to which VMs are not sent, besides those that refused them in the run. Default none. */
  avoid?: readonly { vm: string; node: string }[]
  /** Nodes that are down by now. Default none. */
  down?: readonly string[]
  /** Nodes whose works have failed and are to be done again. Default none: they count as down. */
  retry?: readonly string[]
}

export interface FailedMigration {
  migration: Migration
  /** Where the VM is. */
  node: string
  detail: string
  /** Not to be tried again. */
  skipped: boolean
}

export interface Remaining {
  problem: Problem
  /** Since the second 0 of the run. */
  nowSeconds: number
  /** In the order of the plan. */
  ended: Migration[]
  running: RunningMigration[]
  /** Restarts that were under way: nothing goes on with them, so they are among `left` too. */
  halted: Migration[]
  failed: FailedMigration[]
  /** Neither ended nor running nor failed. */
  left: Migration[]
  /** Where maintenance was asked for. */
  works?: RemainingWorks
  warnings: readonly string[]
}

/**
 * @param document the problem that was planned, valid; it is not changed
 * @param problem the same, resolved
 * @throws InvalidProblemError where journal and plan contradict each other
 * @throws InvalidOptionError where an option fits neither
 */
export function remainingProblem(
  document: Problem,
  problem: ResolvedProblem,
  plan: Plan,
  journal: Journal,
  { now, skip = [], avoid = [], down = [], retry = [] }: RemainingOptions,
): Remaining {
  const history = readHistory(problem, plan, journal)
  const { epochMs: nowMs, offsetMinutes } = readNow(now, journal, history)
  const skipped = readSkipped(skip, problem, history)
  const avoided = readAvoided(avoid, problem, history)
  const fallen = readDown(down, problem)
  // A problem without a start begins when its run does.
  const nowSeconds = micro((nowMs - (problem.start?.epochMs ?? journal.startMs)) / 1000)
  const horizonSeconds = micro(problem.policy.horizonSeconds - nowSeconds)
  if (horizonSeconds <= 0) throw badOption('now', `${show(now)} is behind the horizon: there is no time left`)

  const running = runningMigrations(history, nowMs)
  const failed = [...history.vms].flatMap(([vm, { legs, ended, failure }]): FailedMigration[] =>
    failure === undefined
      ? []
      : [{ migration: legs[ended]!, node: failure.node, detail: failure.detail, skipped: skipped.has(vm) }],
  )
  const standings = new Map<string, Standing>()
  for (const [vm, each] of history.vms) standings.set(vm, standingOf(each, skipped.has(vm)))
  const halted = [...history.vms.values()].filter((each) => each.startedMs !== undefined && isHalted(each))
  const works = worksNow(document, problem, history.works, nowMs, nowSeconds, readRetried(retry, history))
  const windows = [
    ...remainingWindows(document.windows ?? [], problem, nowSeconds),
    ...works.windows,
    ...windowsOfRunning(
      running,
      problem,
      horizonSeconds,
      works.works.running.map(({ work }) => work.node),
    ),
  ]
  const { windows: _, ...rest } = document
  return {
    problem: {
      ...rest,
      // The new plan is for this instant, whenever it is run. Rules of windows keep the offset of the first start.
      start: isoInstant({ epochMs: nowMs, offsetMinutes: problem.start?.offsetMinutes ?? offsetMinutes }, 0),
      nodes: document.nodes.map((node) =>
        fallen.has(node.id) ? { ...node, state: 'down' } : nodeNow(node, works),
      ),
      vms: document.vms.map((vm) => {
        const lacking = lackingFor(problem.vmById.get(vm.id)!, standings.get(vm.id), works, problem)
        const now = withHome(vmNow(vm, problem, standings.get(vm.id)), vm, problem, lacking)
        const avoids = new Set([...(avoided.get(vm.id) ?? []), ...lacking])
        return keptOff(now, keptBack(now, avoids, works, problem), problem)
      }),
      ...(windows.length === 0 ? {} : { windows }),
      request: { ...requestNow(problem, document, standings, nowSeconds, works), ...works.request },
      policy: { ...document.policy, horizonSeconds },
    },
    nowSeconds: micro((nowMs - journal.startMs) / 1000),
    ...sorted(plan, history, running),
    running,
    halted: halted.map(({ legs, ended }) => legs[ended]!),
    failed,
    ...(problem.works === undefined ? {} : { works: works.works }),
    warnings: [
      ...journal.warnings,
      ...works.warnings,
      ...asleep(document, standings, problem),
      ...[...standings].flatMap(([vm, standing]) => doubtOf(vm, standing)),
      ...running.flatMap(({ migration }) => lostOf(migration, fallen)),
    ],
  }
}

function badOption(option: keyof RemainingOptions, message: string): InvalidOptionError {
  return new InvalidOptionError(`${option}: ${message}`)
}

/** A whole millisecond; at the journal's offset where it is a number. */
function readNow(now: Instant, { begin, startMs }: Journal, { lastMs }: History): ParsedInstant {
  const parsed = parseInstant(typeof now === 'number' ? begin.entry.start : now)
  if (typeof parsed === 'string') throw badOption('now', `${show(now)} ${parsed}`)
  const epochMs = Math.round(typeof now === 'number' ? startMs + now * 1000 : parsed.epochMs)
  if (epochMs >= lastMs) return { ...parsed, epochMs }
  const last = new Date(lastMs).toISOString()
  throw badOption('now', `${show(now)} is before the last entry of the journal, ${last}`)
}

function readSkipped(skip: readonly string[], problem: ResolvedProblem, { vms }: History): Set<string> {
  for (const id of skip) {
    if (!problem.vmById.has(id))
      throw badOption('skip', `${quote(id)} is no VM of the problem${didYouMean(id, problem.vmById.keys())}`)
    if (vms.get(id)?.failure === undefined)
      throw badOption('skip', `${quote(id)} has not failed; only a VM that has can be left out`)
  }
  return new Set(skip)
}

/** By VM: nodes that refused it, and those that it is to be kept off. */
function readAvoided(
  avoid: readonly { vm: string; node: string }[],
  problem: ResolvedProblem,
  { vms }: History,
): Map<string, ReadonlySet<string>> {
  const avoided = new Map<string, Set<string>>()
  for (const [vm, { refused }] of vms) if (refused.size > 0) avoided.set(vm, new Set(refused))
  for (const { vm, node } of avoid) {
    if (!problem.vmById.has(vm))
      throw badOption('avoid', `${quote(vm)} is no VM of the problem${didYouMean(vm, problem.vmById.keys())}`)
    if (!problem.nodeById.has(node)) throw badOption('avoid', noNode(node, problem))
    avoided.set(vm, (avoided.get(vm) ?? new Set()).add(node))
  }
  return avoided
}

function readDown(down: readonly string[], problem: ResolvedProblem): Set<string> {
  for (const node of down) if (!problem.nodeById.has(node)) throw badOption('down', noNode(node, problem))
  return new Set(down)
}

function readRetried(retry: readonly string[], { works }: History): Set<string> {
  for (const node of retry) {
    if (works.get(node)?.state !== 'failed')
      throw badOption(
        'retry',
        `no work on ${quote(node)} has failed; only one that has can be asked for again`,
      )
  }
  return new Set(retry)
}

/** With `returnHome` it goes back to where it was before the run, wherever it is now, if it still can run there. */
function withHome(
  now: ProblemVm,
  { home: told, node }: ProblemVm,
  { works, policy }: ResolvedProblem,
  lacking: ReadonlySet<string>,
): ProblemVm {
  const home = told ?? node
  if (works === undefined || !policy.returnHome || now.node === home) return now
  if (!lacking.has(home)) return { ...now, home }
  const { home: _, ...homeless } = now
  return homeless
}

/**
 * Nodes that lack, since their works, features that the VM sees. What is left has them with the CPUs of before: what VMs that were started there see is
 * told by those. What a node has gained, VMs of before do not use.
 */
function lackingFor(
  vm: ResolvedVm,
  standing: Standing | undefined,
  { done }: Pick<WorksNow, 'done'>,
  { works = [], nodeById }: ResolvedProblem,
): Set<string> {
  const after = new Map(
    works.flatMap(({ node, featuresAfter }) =>
      featuresAfter !== undefined && done.has(node) ? [[node, featuresAfter]] : [],
    ),
  )
  const startedOn = standing?.past.findLast(({ kind }) => kind === 'restart')?.to
  const seen =
    startedOn === undefined ? vm.features : (after.get(startedOn) ?? nodeById.get(startedOn)!.features)
  const lacks = (offered: readonly string[]) => seen.some((feature) => !offered.includes(feature))
  return new Set(
    vm.state === 'off' ? [] : [...after].flatMap(([node, offered]) => (lacks(offered) ? node : [])),
  )
}

/** Nodes that it is not sent to: those that refused it and, with `neverBackwards`, from a node that is worked on those that are not. */
function keptBack(
  { node }: ProblemVm,
  avoided: ReadonlySet<string>,
  { done, open }: WorksNow,
  { policy }: ResolvedProblem,
): ReadonlySet<string> {
  if (!policy.neverBackwards || !done.has(node)) return avoided
  return new Set([...avoided, ...open])
}

/** What is saved for a work is resumed by the runbook that has saved it, and by no new plan. */
function asleep(
  { vms }: Problem,
  standings: ReadonlyMap<string, Standing>,
  { works }: ResolvedProblem,
): string[] {
  if (works === undefined) return []
  return vms.flatMap(({ id }) => {
    const last = standings.get(id)?.past.at(-1)
    if (last?.kind !== 'save-in-place' && last?.kind !== 'stop-in-place') return []
    return [`${quote(id)} is down on ${quote(last.from)} for the work there; the new plan does not start it`]
  })
}

function noNode(node: string, { nodeById }: ResolvedProblem): string {
  return `${quote(node)} is no node of the problem${didYouMean(node, nodeById.keys())}`
}

function keptOff(vm: ProblemVm, nodes: ReadonlySet<string>, problem: ResolvedProblem): ProblemVm {
  if (nodes.size === 0) return vm
  const owners = vm.allowedNodes ?? problem.nodes.map(({ id }) => id)
  return { ...vm, allowedNodes: owners.filter((id) => !nodes.has(id)) }
}

/** A migration under way counts as if it went on, which one of a node that is down does not. */
function lostOf({ vm, from, to }: Migration, fallen: ReadonlySet<string>): string[] {
  const node = [from, to].find((id) => fallen.has(id))
  if (node === undefined) return []
  return [
    `${quote(vm)} was under way, and ${quote(node)} is down: it counts as on ${quote(to)}; look where it is`,
  ]
}

function runningMigrations({ vms }: History, nowMs: number): RunningMigration[] {
  const running: RunningMigration[] = []
  for (const history of vms.values()) {
    const { legs, ended, startedMs } = history
    if (startedMs === undefined || isHalted(history)) continue
    const migration = legs[ended]!
    const planned = migration.endSeconds - migration.startSeconds
    running.push({ migration, ...expectedLeft(planned, (nowMs - startedMs) / 1000) })
  }
  return running
}

/** Where a VM counts, and what has taken it there. */
interface Standing {
  node: string
  past: readonly Migration[]
  /** Where its plan ends. */
  target: string
  skipped: boolean
  doubt: 'restarting' | 'arrived' | 'under way' | undefined
}

/**
 * One under way counts as if it had ended, one halted as if it had not begun: the plan then has room for it on both nodes, and the same
 * restart is the one thing that is right wherever it stands.
 */
function standingOf(history: VmHistory, skipped: boolean): Standing {
  const { legs, ended, startedMs, failure, node } = history
  const before = { past: legs.slice(0, ended), target: legs.at(-1)!.to, skipped, doubt: undefined }
  const behind = { ...before, past: legs.slice(0, ended + 1) }
  if (isHalted(history) && !skipped) return { ...before, node: legs[ended]!.from, doubt: 'restarting' }
  if (startedMs !== undefined) return { ...behind, node: legs[ended]!.to, doubt: 'under way' }
  return failure?.arrived === true ? { ...behind, node, doubt: 'arrived' } : { ...before, node }
}

/** Its next leg is a restart that was begun: without its runbook it goes no further, and how far it is only the cluster knows. */
function isHalted({ legs, ended, startedMs, failure }: VmHistory): boolean {
  return legs[ended]?.kind === 'restart' && (startedMs !== undefined || failure?.arrived === true)
}

function doubtOf(vm: string, { node, target, doubt }: Standing): string[] {
  if (doubt === undefined) return []
  const texts = {
    arrived: `failed and is on ${quote(node)}, where it should be: it counts as running there; look whether it does`,
    restarting: `may be off, on ${quote(node)} or on ${quote(target)}: its restart was begun, and is planned again; look where it stands`,
    'under way': `is taken to go on to ${quote(node)}; the new plan does not move it should it fail: look whether it does`,
  }
  return [`${quote(vm)} ${texts[doubt]}`]
}

/** The VM as it is now; one under way as it will be. */
export function vmNow(
  vm: ProblemVm,
  problem: ResolvedProblem,
  standing: Pick<Standing, 'node' | 'past'> | undefined,
): ProblemVm {
  if (standing === undefined) return vm
  const { node, past } = standing
  const last = past.at(-1)
  if (last === undefined) return node === vm.node ? vm : { bootNode: vm.node, ...vm, node }
  const resolved = problem.vmById.get(vm.id)!
  // It was started where it was started, however often it has moved since.
  const changed: ProblemVm = { ...vm, node, bootNode: resolved.bootNode }
  const restart = past.findLast(({ kind }) => kind === 'restart')
  if (restart !== undefined) Object.assign(changed, { bootNode: restart.to, compatibility: 'cluster' })
  if (last.kind === 'save-in-place') changed.state = 'saved'
  if (last.kind === 'stop-in-place') changed.state = 'off'
  // What its last node lacks it has lost, and the plan that took it there has paid for it.
  if (last.parking !== true && !isInPlace(last.kind)) {
    const has = new Set(problem.nodeById.get(last.to)?.offloads)
    if (resolved.offloads.some((offload) => !has.has(offload)))
      changed.offloads = resolved.offloads.filter((offload) => has.has(offload))
  }
  return changed
}

function requestNow(
  problem: ResolvedProblem,
  document: Problem,
  standings: ReadonlyMap<string, Standing>,
  nowSeconds: number,
  works: WorksNow,
): Problem['request'] {
  const { request, held } = works
  const drained = new Set(problem.drains.map(({ node }) => node))
  const moved = new Set(problem.moves.map(({ vm }) => vm))
  const moves: ProblemMove[] = []
  // What is on a node that is to be saved is no VM of the others that leave: it would be saved with them, and stay.
  const saved = new Set(request.maintenance?.flatMap(({ node, mode }) => (mode === 'save' ? [node] : [])))
  const goesHome = ({ id, home }: ResolvedVm, node: string) =>
    problem.works !== undefined &&
    problem.policy.returnHome &&
    (request.maintenance === undefined || saved.has(node)) &&
    !held.has(home) &&
    !moved.has(id) &&
    !drained.has(home)
  for (const move of document.request.moves ?? []) {
    const standing = standings.get(move.vm)
    if (standing?.skipped === true) continue
    const home = problem.vmById.get(move.vm)!.node
    const node = standing?.node ?? home
    // One that has parked goes on, though it may be where it could end, or off its home.
    if (standing !== undefined && isParked(standing))
      moves.push({ ...byNow(move, nowSeconds), to: standing.target })
    // On a drained node it has to be said that the VM is to stay there.
    else if (!isFulfilled(move, node, home) || drained.has(node) || mayGoOn(move, standing))
      moves.push(byNow(move, nowSeconds))
  }
  for (const vm of problem.vms) {
    const standing = standings.get(vm.id)
    if (standing === undefined) continue
    const { node, past, target, skipped, doubt } = standing
    if (skipped) {
      if (isAsked(vm, moved, drained) && drained.has(node)) moves.push({ vm: vm.id, to: node })
      continue
    }
    // One that was shut down has left its node as the drain wanted, and stays.
    if (past.at(-1)?.kind === 'stop-in-place') moves.push({ vm: vm.id, to: node })
    // A VM that has parked is off its node, as the drain wanted, and not where it should be. What makes way for works is nowhere asked for.
    const parked = isParked(standing) && !drained.has(node) && problem.works === undefined
    // No work is left that would bring it home.
    if (goesHome(vm, node) && vm.home !== node && !lackingFor(vm, standing, works, problem).has(vm.home))
      moves.push({ vm: vm.id, to: vm.home })
    // One that is restarting may be on its target already.
    if (!moved.has(vm.id) && (parked || doubt === 'restarting')) moves.push({ vm: vm.id, to: target })
  }
  const { drain, order } = document.request
  return {
    moves,
    ...(drain === undefined
      ? {}
      : { drain: drain.map((each) => (typeof each === 'string' ? each : byNow(each, nowSeconds))) }),
    ...(order === undefined ? {} : { order }),
  }
}

/** A deadline counted from now; one that is over is now, and leaves no time. A date stays. */
function byNow<T extends { by?: Instant }>(asked: T, nowSeconds: number): T {
  const { by } = asked
  return typeof by === 'number' ? { ...asked, by: Math.max(0, micro(by - nowSeconds)) } : asked
}

function isParked({ node, past, target }: Standing): boolean {
  return past.length > 0 && node !== target
}

/** On one of several nodes from the start: it may still go to another. */
function mayGoOn({ to }: ProblemMove, standing: Standing | undefined): boolean {
  return Array.isArray(to) && to.length > 1 && (standing === undefined || standing.past.length === 0)
}

function isFulfilled({ to }: ProblemMove, node: string, home: string): boolean {
  if (to === undefined) return node !== home
  return typeof to === 'string' ? node === to : to.includes(node)
}

function isAsked(vm: ResolvedVm, moved: ReadonlySet<string>, drained: ReadonlySet<string>): boolean {
  return moved.has(vm.id) || drained.has(vm.node)
}

function sorted(
  plan: Plan,
  { vms }: History,
  running: readonly RunningMigration[],
): Pick<Remaining, 'ended' | 'left'> {
  const over = new Set<Migration>()
  const other = new Set<Migration>(running.map(({ migration }) => migration))
  for (const { legs, ended, failure } of vms.values()) {
    for (const leg of legs.slice(0, ended)) over.add(leg)
    if (failure !== undefined) other.add(legs[ended]!)
  }
  return {
    ended: plan.migrations.filter((migration) => over.has(migration)),
    left: plan.migrations.filter((migration) => !over.has(migration) && !other.has(migration)),
  }
}
