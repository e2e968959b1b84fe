/** The way back: an ordinary problem that brings home what a plan has moved (docs/replan.md). */

import { parsePlan } from '../check/plan-schema.js'
import { InvalidOptionError, InvalidProblemError } from '../errors.js'
import { isoInstant } from '../io/instant.js'
import { parseInstant } from '../model/instant.js'
import { didYouMean, quote, show } from '../model/issues.js'
import type { Journal } from '../model/journal.js'
import type { Plan } from '../model/plan.js'
import type {
  Instant,
  Problem,
  ProblemGroup,
  ProblemMove,
  ProblemVm,
  ResolvedProblem,
  ResolvedVm,
} from '../model/problem.js'
import { resolveProblem } from '../model/validate.js'
import { legsByVm, readHistory, type VmHistory } from './history.js'
import { vmNow } from './remaining.js'
import { micro, windowsFrom } from './windows.js'

export interface BackOptions {
  /** Second 0 of the way back: seconds from that of the plan, or an instant. Not before the plan has ended, which is the default. */
  start?: Instant
  /** Of the run, where not all of the plan has happened: what has not moved stays. Default: all has. */
  journal?: Journal
}

export interface WayBack {
  /** A move home for every VM that the plan has moved. */
  problem: Problem
  /** VMs that were saved in place: they are home, and stay saved until somebody starts them. */
  saved: string[]
  /** The same of VMs that were shut down. */
  stopped: string[]
  /** Nodes that were paused and take VMs again. */
  resumed: string[]
}

/**
 * What brings every VM home that a plan has moved: the problem after the plan, with a move for each. Nodes to which VMs go home are `up`,
 * whatever they were; `bootNode`, `compatibility` and `offloads` are what the plan has made of them. A home that broke a rule before may do so again.
 *
 * @throws InvalidProblemError where one of them has a fault, the plan is not of the problem, or something is still under way
 * @throws InvalidOptionError where `start` is none, or before the plan's end
 */
export function back(problem: Problem, plan: Plan, options: BackOptions = {}): WayBack {
  for (const name of Object.keys(options)) {
    if (!NAMES.includes(name))
      throw new InvalidOptionError(`${show(name)} is not an option${didYouMean(name, NAMES)}`)
  }
  return backResolved(problem, resolveProblem(problem), plan, options)
}

const NAMES = ['start', 'journal']

/** The same for a problem that is validated, beside which its document is. */
export function backResolved(
  document: Problem,
  problem: ResolvedProblem,
  plan: unknown,
  options: BackOptions,
): WayBack {
  const parsed = parsePlan(plan)
  const histories = readHistories(problem, parsed, options.journal)
  const nowSeconds = readStart(options, problem, parsed)
  const own = new Map(problem.moves.map(({ vm, durationSeconds }) => [vm, durationSeconds]))
  const moves: ProblemMove[] = []
  const saved: string[] = []
  const stopped: string[] = []
  const vms = document.vms.map((vm) => {
    const history = histories.get(vm.id)
    if (history === undefined) return vm
    const now = vmNow(vm, problem, { node: history.node, past: history.legs.slice(0, history.ended) })
    const durationSeconds = own.get(vm.id)
    const home = vm.home ?? vm.node
    if (now.node === home) {
      if (now.state === 'saved' && vm.state !== 'saved') saved.push(vm.id)
      if (now.state === 'off' && vm.state !== 'off') stopped.push(vm.id)
      return now
    }
    moves.push({ vm: vm.id, to: home, ...(durationSeconds === undefined ? {} : { durationSeconds }) })
    return asBefore(now, home, problem)
  })
  const homes = new Set(moves.map(({ to }) => to))
  const resumed: string[] = []
  const nodes = document.nodes.map((node) => {
    if (!homes.has(node.id) || node.state === undefined || node.state === 'up') return node
    resumed.push(node.id)
    return { ...node, state: 'up' as const }
  })
  const { windows, name, start: _, request: __, ...rest } = document
  const { start } = problem
  const left = windowsFrom(windows ?? [], start, nowSeconds)
  return {
    problem: {
      ...rest,
      ...(name === undefined || name === '' ? {} : { name: `${name}, back` }),
      ...(start === undefined ? {} : { start: isoInstant(start, nowSeconds) }),
      nodes,
      vms,
      ...(left.length === 0 ? {} : { windows: left }),
      request: { moves },
    },
    saved,
    stopped,
    resumed,
  }
}

/** Without the hard rules that the cluster broke before the plan: they would forbid what was so. The VM goes nowhere but home. */
function asBefore(vm: ProblemVm, home: string, problem: ResolvedProblem): ProblemVm {
  const { vms, nodeById, groupDomains, affinityDomains } = problem
  const others = vms.filter(({ id }) => id !== vm.id)
  const domainOf = (node: string, kind: string) => nodeById.get(node)?.domains.get(kind)
  const isAtHome = (node: string, kind: string | undefined) => {
    const domain = kind === undefined ? undefined : domainOf(home, kind)
    return node === home || (domain !== undefined && domainOf(node, kind!) === domain)
  }
  const kept = (
    groups: readonly ProblemGroup[] | undefined,
    isBroken: (other: ResolvedVm, group: string) => boolean,
  ) =>
    groups?.filter((entry) => {
      const { group, penaltySeconds } =
        typeof entry === 'string' ? { group: entry, penaltySeconds: undefined } : entry
      return penaltySeconds !== undefined || !others.some((other) => isBroken(other, group))
    })
  const changed: ProblemVm = { ...vm }
  if (vm.allowedNodes !== undefined) changed.allowedNodes = [...new Set([...vm.allowedNodes, home])]
  const apart = kept(
    vm.antiAffinity,
    (o, group) => o.antiAffinity.includes(group) && isAtHome(o.node, groupDomains.get(group)),
  )
  if (apart !== undefined) changed.antiAffinity = apart
  const together = kept(
    vm.affinity,
    (o, group) => o.affinity.includes(group) && !isAtHome(o.node, affinityDomains.get(group)),
  )
  if (together !== undefined) changed.affinity = together
  return changed
}

function readHistories(
  problem: ResolvedProblem,
  plan: Plan,
  journal: Journal | undefined,
): ReadonlyMap<string, VmHistory> {
  if (journal === undefined) {
    const vms = legsByVm(problem, plan)
    for (const history of vms.values()) {
      history.ended = history.legs.length
      history.node = history.legs.at(-1)!.to
    }
    return vms
  }
  const { vms, works } = readHistory(problem, plan, journal)
  const running = [...vms].filter(([, { startedMs }]) => startedMs !== undefined)
  const issues = running.map(([vm, { legs, ended }]) => ({
    path: `migration of ${quote(vm)}`,
    message: `to ${quote(legs[ended]!.to)} was started and has not ended: wait for it, or start the runbook again`,
  }))
  for (const [node, { state }] of works)
    if (state === 'running')
      issues.push({
        path: `work on ${quote(node)}`,
        message: 'was begun and has not ended: wait for it, or start the runbook again',
      })
  if (issues.length > 0) throw new InvalidProblemError(issues, 'journal')
  return vms
}

/** In seconds from the start of the problem; a whole one where nobody has said which. */
function readStart({ start: asked, journal }: BackOptions, problem: ResolvedProblem, plan: Plan): number {
  const zero = problem.start?.epochMs ?? journal?.startMs
  const last = [...plan.migrations, ...(plan.maintenance ?? [])].reduce(
    (end, { endSeconds }) => Math.max(end, endSeconds),
    0,
  )
  const lastMs = journal?.entries.reduce((latest, { atMs }) => Math.max(latest, atMs), journal.begin.atMs)
  const ended = lastMs === undefined ? last : (lastMs - zero!) / 1000
  if (asked === undefined) return Math.ceil(micro(ended))
  const wrong = (why: string) => new InvalidOptionError(`start: ${show(asked)} ${why}`)
  let seconds = asked
  if (typeof seconds === 'string') {
    const parsed = parseInstant(seconds)
    if (typeof parsed === 'string') throw wrong(parsed)
    if (zero === undefined)
      throw wrong('is an instant, and the problem has no start; write the seconds from it')
    seconds = (parsed.epochMs - zero) / 1000
  }
  if (!(seconds >= micro(ended)))
    throw wrong(`is before the plan has ended, ${micro(ended)} s after its start`)
  return micro(seconds)
}
