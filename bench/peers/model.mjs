/**
 * A problem as a general solver needs it: jobs with their options, in ticks of a millisecond and KiB. It reads the problem with the
 * project's own model (defaults, windows, duration formula), so that all solvers are given the same numbers; which options a
 * job has is worked out here anew, and none of the planner's search is used.
 */
import { bandwidthMiBps, liveDuration } from '../../dist/model/duration.js'
import { mergeIntervals, unionIntervals } from '../../dist/model/intervals.js'
import { durationToTicks, MAX_TICK, windowStartToTicks } from '../../dist/model/ticks.js'
import { resolveProblem } from '../../dist/model/validate.js'

/** The problem asks for something that these models leave out. */
export class NotModelled extends Error {}

const toKiB = (mib) => Math.ceil(mib * 1024 - 1e-6)

/**
 * @returns
 * - `problem`: resolved
 * - `unit`: ticks in one unit of time; all times below are whole units
 * - `horizon`
 * - `nodes`: `{ id, slots, windows, free }`; windows as flat pairs, free KiB before anything moves
 * - `jobs`: `{ vm, from, memory, weight, options: [{ to, duration, penalty, forbidden }] }`; every job has an option
 * - `stuck`: VMs that have none, with a reason for each node
 * - `groups`: `[{ node, arrivals: [[job, option]…], stays: [job…] }]`: at most one arrival, and none beside one that stays
 * - `scarce`: nodes whose memory can bind, `{ node, departs }`; `departs`: jobs may leave it as well
 * @throws NotModelled
 */
export function modelOf(input) {
  const problem = resolveProblem(input)
  refuseWhatIsLeftOut(problem)
  const horizon = Math.min(windowStartToTicks(problem.policy.horizonSeconds), MAX_TICK)
  const windows = windowLists(problem, horizon)
  const indexOf = new Map(problem.nodes.map((node, i) => [node.id, i]))
  const memoryOf = (vm) => (vm.state === 'running' ? toKiB(vm.memoryMiB) : 0)
  const nodes = problem.nodes.map((node) => ({
    id: node.id,
    slots: node.slots,
    windows: unionIntervals(windows.cluster, windows.ofNode(node.id)),
    capacity: Math.floor(node.memoryMiB * 1024 + 1e-6),
    free: Math.floor(node.memoryMiB * 1024 + 1e-6),
  }))
  for (const vm of problem.vms) nodes[indexOf.get(vm.node)].free -= memoryOf(vm)

  const drained = new Set(problem.drains.map(({ node }) => node))
  const moveOf = new Map(problem.moves.map((move) => [move.vm, move]))
  const wishes = problem.vms.flatMap((vm) => {
    const move = moveOf.get(vm.id)
    if (move === undefined ? !drained.has(vm.node) : move.to?.includes(vm.node)) return []
    const refusals = {}
    const options = []
    for (const node of problem.nodes) {
      if (node.id === vm.node || move?.to?.includes(node.id) === false) continue
      const reason = refusal(problem, vm, node, drained)
      if (reason !== undefined) refusals[node.id] = reason
      else {
        const option = optionOf(problem, vm, node, move, indexOf, windows, nodes)
        if (fits(option, horizon)) options.push(option)
        else refusals[node.id] = 'window'
      }
    }
    const job = { vm: vm.id, from: indexOf.get(vm.node), memory: memoryOf(vm), weight: vm.priority + 1 }
    return [{ ...job, groups: vm.antiAffinity, options, refusals }]
  })
  refuseByThoseWhoStay(problem, nodes, wishes, indexOf, memoryOf)
  const jobs = wishes.filter(({ options }) => options.length > 0)
  const stuck = wishes.filter(({ options }) => options.length === 0)
  const unit = rescale(nodes, jobs)
  return {
    problem,
    unit,
    horizon: Math.floor(horizon / unit),
    nodes,
    jobs,
    stuck,
    groups: groupsOf(jobs),
    scarce: scarceNodes(nodes, jobs),
  }
}

/**
 * Divides all times by what they have in common: schedules shifted to the left then start at whole units, and domains and bounds get
 * so much smaller. Returns the unit, in ticks.
 */
function rescale(nodes, jobs) {
  const options = new Set(jobs.flatMap((job) => job.options))
  const lists = new Set([
    ...nodes.map(({ windows }) => windows),
    ...[...options].map(({ forbidden }) => forbidden),
  ])
  let unit = 0
  for (const { duration, penalty } of options) unit = gcd(gcd(duration, unit), penalty)
  for (const list of lists) for (const tick of list) unit = gcd(tick, unit)
  if (unit <= 1) return 1
  const scaled = new Map([...lists].map((list) => [list, list.map((tick) => tick / unit)]))
  for (const node of nodes) node.windows = scaled.get(node.windows)
  for (const option of options) {
    option.duration /= unit
    option.penalty /= unit
    option.forbidden = scaled.get(option.forbidden)
  }
  return unit
}

export function gcd(a, b) {
  return b === 0 ? a : gcd(b, a % b)
}

function refuseWhatIsLeftOut({ policy, drains, vms }) {
  if (drains.some(({ mode }) => mode === 'save')) throw new NotModelled('drains with mode save')
  if (policy.allowSave) throw new NotModelled('saved migrations (allowSave)')
  if (policy.allowMakeRoom) throw new NotModelled('making room (allowMakeRoom)')
  if (policy.allowRestart && vms.some(({ restartable }) => restartable)) throw new NotModelled('restarts')
  if (vms.some(({ affinity }) => affinity.length > 0)) throw new NotModelled('affinity groups')
  if (policy.reserveMiB > 0) throw new NotModelled('memory in reserve (reserveMiB)')
  if (policy.tolerateNodeFailure) throw new NotModelled('node failures (tolerateNodeFailure)')
}

function windowLists(problem, horizon) {
  const cluster = []
  const nodes = new Map()
  const vms = new Map()
  for (const window of problem.windows) {
    const pair = [windowStartToTicks(window.startSeconds), durationToTicks(window.endSeconds)]
    const key = window.vm ?? window.node
    const map = window.vm === undefined ? nodes : vms
    if (key === undefined) cluster.push(...pair)
    else map.set(key, [...(map.get(key) ?? []), ...pair])
  }
  const list = (pairs = []) => mergeIntervals(pairs, horizon)
  return {
    cluster: list(cluster),
    ofNode: (id) => list(nodes.get(id)),
    ofVm: (id) => list(vms.get(id)),
  }
}

/** Why the VM cannot end on the node; undefined where it can. */
function refusal(problem, vm, node, drained) {
  if (problem.nodeById.get(vm.node).state === 'down' || node.state !== 'up' || drained.has(node.id))
    return 'node-state'
  if (vm.allowedNodes !== undefined && !vm.allowedNodes.has(node.id)) return 'allowed-nodes'
  if (vm.state === 'off') return undefined
  if (vm.vendor !== node.vendor) return 'cpu-vendor'
  return vm.features.every((feature) => node.features.includes(feature)) ? undefined : 'cpu-features'
}

function optionOf(problem, vm, node, move, indexOf, windows, nodes) {
  const { policy } = problem
  const source = problem.nodeById.get(vm.node)
  const seconds =
    move?.durationSeconds ??
    (vm.state === 'running'
      ? liveDuration(vm, bandwidthMiBps(source, node, { from: 1, to: 1 }), policy).seconds
      : policy.setupSeconds)
  const lost = vm.offloads.filter((offload) => !node.offloads.includes(offload)).length
  const penalty = lost * policy.offloadPenaltySeconds * 1000
  if (!Number.isInteger(penalty)) throw new NotModelled('penalties that are no whole milliseconds')
  const to = indexOf.get(node.id)
  const ends = unionIntervals(nodes[indexOf.get(vm.node)].windows, nodes[to].windows)
  return {
    to,
    duration: durationToTicks(seconds + policy.startLagSeconds),
    penalty,
    forbidden: unionIntervals(ends, windows.ofVm(vm.id)),
  }
}

/** Allowed starts as pairs of first and last tick, for an end by `end`. */
export function allowedStarts({ forbidden, duration }, end) {
  const ranges = []
  let from = 0
  for (let i = 0; i < forbidden.length; i += 2) {
    const last = Math.min(forbidden[i], end) - duration
    if (last >= from) ranges.push([from, last])
    from = forbidden[i + 1]
  }
  if (end - duration >= from) ranges.push([from, end - duration])
  return ranges
}

function fits(option, horizon) {
  return allowedStarts(option, horizon).length > 0
}

/** Memory and groups of VMs that stay whatever is planned rule options out; who loses the last one stays too. */
function refuseByThoseWhoStay(problem, nodes, wishes, indexOf, memoryOf) {
  const byVm = new Map(wishes.map((wish) => [wish.vm, wish]))
  for (let changed = true; changed; ) {
    changed = false
    const room = nodes.map(({ capacity }) => capacity)
    const taken = nodes.map(() => new Set())
    for (const vm of problem.vms) {
      if ((byVm.get(vm.id)?.options.length ?? 0) > 0) continue
      const at = indexOf.get(vm.node)
      room[at] -= memoryOf(vm)
      for (const group of vm.antiAffinity) taken[at].add(group)
    }
    for (const wish of wishes) {
      wish.options = wish.options.filter(({ to }) => {
        const rival = wish.groups.some((group) => taken[to].has(group))
        if (!rival && wish.memory <= room[to]) return true
        wish.refusals[nodes[to].id] = rival ? 'anti-affinity' : 'memory'
        changed = true
        return false
      })
    }
  }
}

function groupsOf(jobs) {
  const groups = new Map()
  const at = (group, node) => {
    const key = `${node} ${group}`
    if (!groups.has(key)) groups.set(key, { node, arrivals: [], stays: [] })
    return groups.get(key)
  }
  jobs.forEach((job, j) => {
    for (const group of job.groups) {
      job.options.forEach(({ to }, o) => {
        at(group, to).arrivals.push([j, o])
      })
      at(group, job.from).stays.push(j)
    }
  })
  return [...groups.values()].filter(
    ({ arrivals, stays }) => arrivals.length > 0 && arrivals.length + stays.length > 1,
  )
}

function scarceNodes(nodes, jobs) {
  return nodes.flatMap(({ free }, node) => {
    const arriving = jobs.filter(({ options }) => options.some(({ to }) => to === node))
    if (arriving.reduce((sum, { memory }) => sum + memory, 0) <= free) return []
    return [{ node, departs: jobs.some(({ from, memory }) => from === node && memory > 0) }]
  })
}
