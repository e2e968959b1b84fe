/**
 * What is left to plan of a run that has begun: an ordinary problem whose second 0 is now, so that planner and checker need to know
 * nothing of journals (docs/replan.md).
 */
import { InvalidOptionError } from '../errors.js'
import { isoInstant } from '../io/instant.js'
import { parseInstant } from '../model/instant.js'
import { didYouMean, quote, show } from '../model/issues.js'
import type { Journal } from '../model/journal.js'
import type { Migration, Plan } from '../model/plan.js'
import type {
  Instant,
  Problem,
  ProblemMove,
  ProblemVm,
  ProblemWindow,
  ResolvedProblem,
  ResolvedVm,
} from '../model/problem.js'
import { type History, readHistory, type VmHistory } from './history.js'
import { micro, remainingWindows } from './windows.js'

export interface RemainingOptions {
  /** Seconds from the second 0 of the run, or an ISO 8601 instant with an offset; not before the journal's last entry. */
  now: Instant
  /** VMs that failed and are not to be tried again: they stay where they are. Default none. */
  skip?: readonly string[]
}

export interface RunningMigration {
  migration: Migration
  /** How long it is expected to take yet, > 0. */
  leftSeconds: number
  /** It has taken longer than the plan said. */
  late: boolean
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
  failed: FailedMigration[]
  /** Neither ended nor under way nor failed. */
  left: Migration[]
  warnings: readonly string[]
}

/** Of a migration that is late: it is taken to need this share more of the time that it has taken, … */
const LATE_SHARE = 0.25
/** … and at least this long. */
const LATE_SECONDS = 10

/**
 * @param document the problem that was planned, valid; it is not changed
 * @param problem the same, resolved
 * @throws InvalidProblemError where journal and plan contradict each other
 * @throws InvalidOptionError where `now` or `skip` fit neither
 */
export function remainingProblem(
  document: Problem,
  problem: ResolvedProblem,
  plan: Plan,
  journal: Journal,
  { now, skip = [] }: RemainingOptions,
): Remaining {
  const history = readHistory(problem, plan, journal)
  const nowMs = readNow(now, journal, history)
  const skipped = readSkipped(skip, problem, history)
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
  const under = new Map(running.map((item) => [item.migration.vm, item]))
  const windows = [
    ...remainingWindows(document.windows ?? [], problem, nowSeconds),
    ...runningWindows(running, problem, horizonSeconds),
  ]
  const { windows: _, start: __, ...rest } = document
  return {
    problem: {
      ...rest,
      ...(problem.start === undefined ? {} : { start: isoInstant(problem.start, nowSeconds) }),
      vms: document.vms.map((vm) => vmNow(vm, problem, history.vms.get(vm.id), under.has(vm.id))),
      ...(windows.length === 0 ? {} : { windows }),
      request: requestNow(problem, document, history, skipped, under),
      policy: { ...document.policy, horizonSeconds },
    },
    nowSeconds: micro((nowMs - journal.startMs) / 1000),
    ...sorted(plan, history, under),
    running,
    failed,
    warnings: journal.warnings,
  }
}

function badOption(option: keyof RemainingOptions, message: string): InvalidOptionError {
  return new InvalidOptionError(`${option}: ${message}`)
}

function readNow(now: Instant, { startMs }: Journal, { lastMs }: History): number {
  let nowMs: number
  if (typeof now === 'number') nowMs = Math.round(startMs + now * 1000)
  else {
    const parsed = parseInstant(now)
    if (typeof parsed === 'string') throw badOption('now', `${quote(now)} ${parsed}`)
    nowMs = Math.round(parsed.epochMs)
  }
  if (nowMs >= lastMs) return nowMs
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

function runningMigrations({ vms }: History, nowMs: number): RunningMigration[] {
  const running: RunningMigration[] = []
  for (const { legs, ended, startedMs } of vms.values()) {
    if (startedMs === undefined) continue
    const migration = legs[ended]!
    const taken = Math.max(0, (nowMs - startedMs) / 1000)
    const left = migration.endSeconds - migration.startSeconds - taken
    const late = left <= 0
    const leftSeconds = micro(late ? Math.max(LATE_SECONDS, LATE_SHARE * taken) : left)
    running.push({ migration, leftSeconds, late })
  }
  return running
}

/**
 * A VM under way counts at its target, where its memory is taken already. Its windows keep all else off until it has arrived:
 * - itself;
 * - of a live migration both nodes, each of which has a slot taken (a node with more slots is blocked whole: no window takes just one);
 * - of every other kind the source, if it may receive at all: the memory there is free only afterwards. Of a save in place the
 *   node, which saves its VMs one after another.
 */
function runningWindows(
  running: readonly RunningMigration[],
  problem: ResolvedProblem,
  horizonSeconds: number,
): ProblemWindow[] {
  const drained = new Set(problem.drains.map(({ node }) => node))
  const busy = new Map<string, number>()
  const windows: ProblemWindow[] = []
  for (const { migration, leftSeconds } of running) {
    const { vm, from, to, kind } = migration
    const end = Math.min(leftSeconds, horizonSeconds)
    windows.push({ vm, start: 0, end, kind: 'blackout' })
    const receives = problem.nodeById.get(from)?.state === 'up' && !drained.has(from)
    const nodes = kind === 'live' ? [from, to] : kind === 'save-in-place' || receives ? [from] : []
    for (const node of nodes) busy.set(node, Math.max(busy.get(node) ?? 0, end))
  }
  for (const [node, end] of busy) windows.push({ node, start: 0, end, kind: 'blackout' })
  return windows
}

/** How many of its migrations have taken the VM to where it counts now. */
function behind({ ended, failure }: VmHistory, isRunning: boolean): number {
  return ended + (isRunning || failure?.arrived === true ? 1 : 0)
}

/** The VM as it is now; one under way as it will be. */
function vmNow(
  vm: ProblemVm,
  problem: ResolvedProblem,
  history: VmHistory | undefined,
  isRunning: boolean,
): ProblemVm {
  if (history === undefined) return vm
  const past = history.legs.slice(0, behind(history, isRunning))
  const last = past.at(-1)
  if (last === undefined)
    return history.node === vm.node ? vm : { bootNode: vm.node, ...vm, node: history.node }
  const resolved = problem.vmById.get(vm.id)!
  const node = history.failure?.node ?? last.to
  // It was started where it was started, however often it has moved since.
  const changed: ProblemVm = { ...vm, node, bootNode: resolved.bootNode }
  const restart = past.findLast(({ kind }) => kind === 'restart')
  if (restart !== undefined) Object.assign(changed, { bootNode: restart.to, compatibility: 'cluster' })
  if (last.kind === 'save-in-place') changed.state = 'saved'
  // What its last node lacks it has lost, and the plan that took it there has paid for it.
  if (last.parking !== true && last.kind !== 'save-in-place') {
    const has = new Set(problem.nodeById.get(last.to)?.offloads)
    if (resolved.offloads.some((offload) => !has.has(offload)))
      changed.offloads = resolved.offloads.filter((offload) => has.has(offload))
  }
  return changed
}

function requestNow(
  problem: ResolvedProblem,
  document: Problem,
  { vms }: History,
  skipped: ReadonlySet<string>,
  running: ReadonlyMap<string, RunningMigration>,
): Problem['request'] {
  const drained = new Set(problem.drains.map(({ node }) => node))
  const moved = new Set(problem.moves.map(({ vm }) => vm))
  const nodeNow = (vm: string): string =>
    running.get(vm)?.migration.to ?? vms.get(vm)?.node ?? problem.vmById.get(vm)!.node
  const moves: ProblemMove[] = []
  for (const move of document.request.moves ?? []) {
    if (skipped.has(move.vm)) continue
    // On a drained node it has to be said that the VM is to stay there.
    if (nodeNow(move.vm) === move.to && !drained.has(move.to)) continue
    moves.push(move)
  }
  for (const vm of problem.vms) {
    const history = vms.get(vm.id)
    if (history === undefined) continue
    if (skipped.has(vm.id)) {
      if (isAsked(vm, moved, drained) && drained.has(history.node))
        moves.push({ vm: vm.id, to: history.node })
      continue
    }
    // A VM that has parked is off its node, as the drain wanted, and not where it should be.
    const { legs } = history
    const onItsWay = behind(history, running.has(vm.id))
    const target = legs.at(-1)!.to
    if (moved.has(vm.id) || onItsWay === 0 || onItsWay === legs.length) continue
    if (!drained.has(nodeNow(vm.id)) && nodeNow(vm.id) !== target) moves.push({ vm: vm.id, to: target })
  }
  const { drain } = document.request
  return { moves, ...(drain === undefined ? {} : { drain }) }
}

function isAsked(vm: ResolvedVm, moved: ReadonlySet<string>, drained: ReadonlySet<string>): boolean {
  return moved.has(vm.id) || drained.has(vm.node)
}

function sorted(
  plan: Plan,
  { vms }: History,
  running: ReadonlyMap<string, RunningMigration>,
): Pick<Remaining, 'ended' | 'left'> {
  const over = new Set<Migration>()
  const other = new Set<Migration>([...running.values()].map(({ migration }) => migration))
  for (const { legs, ended, failure } of vms.values()) {
    for (const leg of legs.slice(0, ended)) over.add(leg)
    if (failure !== undefined) other.add(legs[ended]!)
  }
  return {
    ended: plan.migrations.filter((migration) => over.has(migration)),
    left: plan.migrations.filter((migration) => !over.has(migration) && !other.has(migration)),
  }
}
