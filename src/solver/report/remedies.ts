/**
 * What may help a VM that stays: changes of the problem, chosen by what keeps it off its nodes. Each says what it is in words, and is told as
 * a remedy only once a plan with it places the VM (`planner/remedy-trials.ts`).
 */
import { addAll } from '../../lists.js'
import type { Instance } from '../../model/instance.js'
import type { UnplacedReason } from '../../model/plan.js'
import type { Policy, ResolvedNode, ResolvedProblem, ResolvedVm, Way } from '../../model/problem.js'
import { MAX_TICK, TICKS_PER_SECOND } from '../../model/ticks.js'
import { ratioFor } from '../../model/vcpus.js'
import type { Refusal, Wish } from '../wishes/wishes.js'
import { laterDeadlines } from './later-deadlines.js'

export interface Remedy {
  /** Alike for VMs that the same change helps. */
  key: string
  /** @param target where a plan with the change puts the VM; undefined: none was made */
  text: (target: string | undefined) => string
  /** Undefined: what would change is not known well enough to plan with it. */
  apply: ((problem: ResolvedProblem) => ResolvedProblem) | undefined
}

/** Ids that a text names before it counts. */
const MAX_NAMED = 6
/** What a node may have too little of. */
const SPACES = ['memory', 'vcpus', 'devices'] as const
const MIB = 1024

/** One after another, of which the first that helps is told; where none was tried, the first. */
export type Alternatives = readonly Remedy[]

type Reasons = ReadonlyMap<number, Refusal>

/** @param reasons by node: what keeps the VM off it. */
export function remediesFor(instance: Instance, wish: Wish, reasons: Reasons): Alternatives[] {
  const { policy, vms } = instance.problem
  const vm = vms[wish.vm]
  const has = (...of: UnplacedReason[]) => [...reasons.values()].some((r) => of.includes(r.reason))
  const found: Alternatives[] = []
  if (has('cpu-features', 'cpu-vendor') && vm.ways === undefined) found.push(restart(instance, wish, reasons))
  if (has('memory')) found.push(moreMemory(instance, wish, reasons))
  if (has('vcpus')) found.push(higherRatio(instance, wish, reasons), moreCores(instance, wish, reasons))
  if (has('devices')) found.push(moreDevices(instance, wish, reasons))
  if (has(...SPACES, 'anti-affinity', 'affinity') && !policy.allowMakeRoom)
    found.push([
      allow('allowMakeRoom', 'allowMakeRoom lets the plan move VMs that were not asked for out of the way'),
    ])
  const inTransit = has('anti-affinity') && policy.antiAffinityInTransit
  if ((has(...SPACES) || inTransit) && !policy.allowParking)
    found.push([allow('allowParking', 'allowParking lets VMs go by way of a third node')])
  if (has('memory', 'affinity')) found.push(lessReserve(instance, reasons))
  if (has('anti-affinity')) found.push(softGroups(instance, wish, reasons))
  if (inTransit)
    found.push([
      plainly(
        'an antiAffinityInTransit of false: groups hold at the end',
        withPolicy({ antiAffinityInTransit: false }),
      ),
    ])
  if (has('affinity')) found.push(fewerTies(instance, wish))
  if (has('window')) found.push(fewerWindows(instance, wish, reasons))
  if (has('window', 'horizon')) found.push(laterHorizon(instance))
  if (has('deadline')) found.push(laterDeadline(instance, wish))
  if (has('blackout')) found.push(longerBlackout(instance, wish))
  if (has('blackout', 'window', 'horizon', 'deadline') && vm.ways === undefined && !policy.allowSave)
    found.push([allow('allowSave', 'allowSave lets VMs be saved, moved and resumed')])
  if (vm.ways !== undefined) found.push(moreWays(vm, vm.ways))
  if (has('allowed-nodes')) found.push(moreOwners(instance, wish, reasons))
  if (has('node-state')) addAll(found, nodesUp(instance, wish, reasons))
  return found.filter((alternatives) => alternatives.length > 0)
}

function nodesWith(instance: Instance, reasons: Reasons, ...of: UnplacedReason[]): string[] {
  return [...reasons]
    .filter(([, { reason }]) => of.includes(reason))
    .map(([n]) => instance.problem.nodes[n].id)
}

function named(ids: readonly string[]): string {
  if (ids.length <= MAX_NAMED) return ids.join(', ')
  return `${ids.slice(0, MAX_NAMED).join(', ')} and ${ids.length - MAX_NAMED} more`
}

function oneOf(ids: readonly string[]): string {
  return ids.length === 1 ? ids[0] : `one of ${named(ids)}`
}

/** The same text whatever comes of it. */
function plainly(text: string, apply: Remedy['apply'], of = ''): Remedy {
  return { key: `${of}\n${text}`, text: () => text, apply }
}

function withPolicy(change: Partial<Policy>): NonNullable<Remedy['apply']> {
  return (problem) => ({ ...problem, policy: { ...problem.policy, ...change } })
}

function withVm(problem: ResolvedProblem, id: string, change: Partial<ResolvedVm>): ResolvedProblem {
  const vms = problem.vms.map((vm) => (vm.id === id ? { ...vm, ...change } : vm))
  return { ...problem, vms, vmById: new Map(vms.map((vm) => [vm.id, vm])) }
}

function withNodes(
  problem: ResolvedProblem,
  ids: readonly string[],
  change: (node: ResolvedNode) => Partial<ResolvedNode>,
): ResolvedProblem {
  const changed = new Set(ids)
  const nodes = problem.nodes.map((node) => (changed.has(node.id) ? { ...node, ...change(node) } : node))
  return { ...problem, nodes, nodeById: new Map(nodes.map((node) => [node.id, node])) }
}

function allow(what: 'allowMakeRoom' | 'allowParking' | 'allowSave', text: string): Remedy {
  return plainly(text, withPolicy({ [what]: true }))
}

function restart(instance: Instance, { vm: v }: Wish, reasons: Reasons): Alternatives {
  const { policy, vms } = instance.problem
  const vm = vms[v]
  if (vm.state !== 'running' || (policy.allowRestart && vm.restartable)) return []
  const how = [
    ...(policy.allowRestart ? [] : ['allowRestart']),
    ...(vm.restartable ? [] : [`restartable on ${vm.id}`]),
  ]
  const ids = nodesWith(instance, reasons, 'cpu-features', 'cpu-vendor')
  return [
    {
      key: `${vm.id}\nrestart`,
      text: (target = oneOf(ids)) =>
        `restart in compatibility mode moves it to ${target} (set ${how.join(' and ')})`,
      apply: (problem) => withPolicy({ allowRestart: true })(withVm(problem, vm.id, { restartable: true })),
    },
  ]
}

/** Ways that the VM's list lacks, the one that disturbs it least first. */
function moreWays({ id, state }: ResolvedVm, ways: ReadonlySet<Way>): Alternatives {
  if (state !== 'running') return []
  return (['live', 'save', 'restart', 'stop'] as const)
    .filter((way) => !ways.has(way))
    .map((way) =>
      plainly(`${way} among its ways`, (each) => withVm(each, id, { ways: new Set([...ways, way]) }), id),
    )
}

/**
 * The node that lacks least of a space, and how much: what is missing in the plan, and, where only the order is in the way, what the VM
 * takes itself.
 *
 * @param own what the VM takes
 */
function leastLacking(
  { problem }: Instance,
  reasons: Reasons,
  space: (typeof SPACES)[number],
  own: (refusal: Refusal) => number,
): { node: ResolvedNode; amounts: number[]; refusal: Refusal } {
  const lacking = [...reasons].filter(([, { reason }]) => reason === space)
  const missing = (refusal: Refusal) => refusal.missingMiB ?? refusal.missing ?? own(refusal)
  const [node, refusal] = lacking.reduce((least, each) =>
    missing(each[1]) < missing(least[1]) ? each : least,
  )
  const amounts = [...new Set([missing(refusal), own(refusal)])]
  return { node: problem.nodes[node], amounts, refusal }
}

function moreMemory(instance: Instance, { vm }: Wish, reasons: Reasons): Alternatives {
  const size = Math.ceil(instance.vmMemory[vm] / MIB)
  const { node, amounts } = leastLacking(instance, reasons, 'memory', () => size)
  return amounts.map((mib) =>
    plainly(`${mib} MiB more memory on ${node.id}`, (problem) =>
      withNodes(problem, [node.id], ({ memoryMiB }) => ({ memoryMiB: memoryMiB + mib })),
    ),
  )
}

function higherRatio(instance: Instance, { vm }: Wish, reasons: Reasons): Alternatives {
  const { policy, vms } = instance.problem
  const { node, amounts } = leastLacking(instance, reasons, 'vcpus', () => vms[vm].vcpus)
  const ratios = amounts.map((more) => ratioFor(node, policy, more))
  return [...new Set(ratios)].map((maxVcpusPerCore) =>
    plainly(
      `a maxVcpusPerCore of ${maxVcpusPerCore} instead of ${policy.maxVcpusPerCore}`,
      withPolicy({ maxVcpusPerCore }),
    ),
  )
}

function moreCores(instance: Instance, { vm }: Wish, reasons: Reasons): Alternatives {
  const { policy, vms } = instance.problem
  const { node, amounts } = leastLacking(instance, reasons, 'vcpus', () => vms[vm].vcpus)
  const cores = amounts.map((vcpus) => Math.ceil(vcpus / (policy.maxVcpusPerCore ?? 1)))
  return [...new Set(cores)].map((more) =>
    plainly(`${more} more ${more === 1 ? 'core' : 'cores'} on ${node.id}`, (problem) =>
      withNodes(problem, [node.id], (each) => ({ cores: (each.cores ?? 0) + more })),
    ),
  )
}

function moreDevices(instance: Instance, { vm }: Wish, reasons: Reasons): Alternatives {
  const own = ({ device = '' }: Refusal) => instance.problem.vms[vm].devices.get(device) ?? 0
  const { node, amounts, refusal } = leastLacking(instance, reasons, 'devices', own)
  const { device = '' } = refusal
  return amounts.map((more) =>
    plainly(`${more} more ${device} on ${node.id}`, (problem) =>
      withNodes(problem, [node.id], ({ devices }) => ({
        devices: new Map([...devices, [device, (devices.get(device) ?? 0) + more]]),
      })),
    ),
  )
}

/** On all nodes where it is one for all, else on the node that lacks least. */
function lessReserve({ problem }: Instance, reasons: Reasons): Alternatives {
  const { nodes, policy } = problem
  const lacking = [...reasons].flatMap(([n, { missingMiB }]) =>
    missingMiB === undefined || nodes[n].reserveMiB === 0 ? [] : [{ node: nodes[n], missingMiB }],
  )
  if (nodes.every(({ reserveMiB }) => reserveMiB === policy.reserveMiB)) {
    const { reserveMiB } = policy
    if (reserveMiB === 0) return []
    const missing = lacking.reduce((least, each) => Math.min(least, each.missingMiB), reserveMiB)
    return [...new Set([reserveMiB - missing, 0])].map((least) =>
      plainly(`a reserveMiB of at most ${least}`, withReserve(nodes, least)),
    )
  }
  if (lacking.length === 0) return []
  const { node, missingMiB } = lacking.reduce((least, each) =>
    each.missingMiB < least.missingMiB ? each : least,
  )
  return [...new Set([Math.max(0, node.reserveMiB - missingMiB), 0])].map((least) =>
    plainly(`a reserveMiB of at most ${least} on ${node.id}`, withReserve([node], least)),
  )
}

function withReserve(nodes: readonly ResolvedNode[], reserveMiB: number): NonNullable<Remedy['apply']> {
  return (problem) =>
    withNodes(
      problem,
      nodes.map(({ id }) => id),
      () => ({ reserveMiB }),
    )
}

/** Groups that keep the VM apart, as soft ones; one that another VM of the plan brings is not known by name. */
function softGroups(instance: Instance, { vm: v }: Wish, reasons: Reasons): Alternatives {
  const { id, antiAffinity } = instance.problem.vms[v]
  const told = new Set([...reasons.values()].flatMap(({ group }) => (group === undefined ? [] : [group])))
  const groups = told.size > 0 ? [...told] : antiAffinity
  return groups
    .slice(0, MAX_NAMED)
    .map((group) =>
      plainly(
        `a penaltySeconds for its group ${group}, which is hard without`,
        (problem) => withVm(problem, id, { antiAffinity: antiAffinity.filter((each) => each !== group) }),
        id,
      ),
    )
}

function fewerTies(instance: Instance, { vm: v, targets }: Wish): Alternatives {
  const { problem, affinitySets, affinityOf } = instance
  const { id } = problem.vms[v]
  const alone = plainly(`taking ${id} out of its affinity group`, (each) =>
    withVm(each, id, { affinity: [] }),
  )
  if (targets?.length !== 1 || affinityOf[v] < 0) return [alone]
  const to = problem.nodes[targets[0]].id
  const asked = new Set(problem.moves.map(({ vm }) => vm))
  const others = [...affinitySets[affinityOf[v]]]
    .map((vm) => problem.vms[vm])
    .filter((vm) => vm.node !== to && !asked.has(vm.id))
    .map((vm) => vm.id)
  if (others.length === 0) return [alone]
  const together = plainly(`asking for ${named(others)} to move to ${to} as well`, (each) => ({
    ...each,
    moves: [...each.moves, ...others.map((vm) => ({ vm, to: [to] }))],
  }))
  return [together, alone]
}

function fewerWindows(instance: Instance, { vm: v }: Wish, reasons: Reasons): Alternatives {
  const { problem, vmNode } = instance
  const { id } = problem.vms[v]
  const own = problem.nodes[vmNode[v]].id
  const targets = nodesWith(instance, reasons, 'window')
  const nodes = new Set([own, ...targets])
  const without =
    (everywhere: boolean): NonNullable<Remedy['apply']> =>
    (each) => ({
      ...each,
      windows: each.windows.filter(({ vm, node }) => {
        if (vm === undefined && node === undefined) return !everywhere
        return vm !== id && (node === undefined || !nodes.has(node))
      }),
    })
  const text = `shorter or fewer windows of ${id}, ${own} and ${oneOf(targets)}`
  const cluster = `${text}, and of the whole cluster`
  return [plainly(text, without(false)), plainly(cluster, without(true))]
}

function laterHorizon({ problem: { policy, windowsBeyond } }: Instance): Alternatives {
  const { horizonSeconds } = policy
  const most = Math.floor(MAX_TICK / TICKS_PER_SECOND)
  const later = [...new Set([2 * horizonSeconds, most])].filter((s) => s > horizonSeconds && s <= most)
  // Which windows are there then, nobody has looked.
  return later.map((seconds) =>
    plainly(
      `a horizonSeconds of ${seconds}`,
      windowsBeyond ? undefined : withPolicy({ horizonSeconds: seconds }),
    ),
  )
}

/** Of the VM's move, or of the drain of its node; where neither helps, all of the request go: another's may be in the way. */
function laterDeadline(instance: Instance, wish: Wish): Alternatives {
  const { id, node } = instance.problem.vms[wish.vm]
  const isOwn = (each: ResolvedProblem) =>
    each.moves.some(({ vm, bySeconds }) => vm === id && bySeconds !== undefined)
  const whose = isOwn(instance.problem) ? `the move of ${id}` : `the drain of ${node}`
  const by = (least: number, asked: { bySeconds?: number }) =>
    asked.bySeconds === undefined ? {} : { bySeconds: Math.max(asked.bySeconds, least) }
  const without = <T extends { bySeconds?: number }>({ bySeconds: _, ...asked }: T) => asked
  return [
    ...laterDeadlines(instance, wish).map((seconds) =>
      plainly(`a deadline of ${seconds} s, or later, for ${whose}`, (problem) => ({
        ...problem,
        moves: problem.moves.map((move) => (move.vm === id ? { ...move, ...by(seconds, move) } : move)),
        drains: problem.drains.map((drain) =>
          drain.node === node ? { ...drain, ...by(seconds, drain) } : drain,
        ),
      })),
    ),
    plainly('a request without deadlines', (problem) => ({
      ...problem,
      moves: problem.moves.map(without),
      drains: problem.drains.map(without),
    })),
  ]
}

function longerBlackout(instance: Instance, { vm: v, choices, given, targets }: Wish): Alternatives {
  const { durations, vmNode, nodeCount, problem } = instance
  const { id } = problem.vms[v]
  let least = Number.POSITIVE_INFINITY
  for (let n = 0; n < nodeCount; n++) {
    if (n === vmNode[v] || targets?.includes(n) === false || choices.some(({ node }) => node === n)) continue
    for (const way of durations.liveWays(v, vmNode[v], n, given)) least = Math.min(least, way.blackoutSeconds)
  }
  const longer = plainly(
    `a maxBlackoutSeconds of at least ${least}`,
    (each) => withVm(each, id, { maxBlackoutSeconds: least }),
    id,
  )
  return Number.isFinite(least) ? [longer] : []
}

function moreOwners(instance: Instance, { vm: v }: Wish, reasons: Reasons): Alternatives {
  const { id, allowedNodes } = instance.problem.vms[v]
  const ids = nodesWith(instance, reasons, 'allowed-nodes')
  const allowed = new Set([...(allowedNodes ?? []), ...ids])
  return [
    {
      key: `${id}\nallowedNodes`,
      text: (node = oneOf(ids)) => `adding ${node} to its allowedNodes`,
      apply: (problem) => withVm(problem, id, { allowedNodes: allowed }),
    },
  ]
}

function nodesUp(instance: Instance, { vm }: Wish, reasons: Reasons): Alternatives[] {
  const { problem, vmNode, drained, nodeIndex } = instance
  const own = problem.nodes[vmNode[vm]]
  const up = (ids: readonly string[]) => (each: ResolvedProblem) =>
    withNodes(each, ids, () => ({ state: 'up' }))
  if (own.state === 'down') return [[plainly(`bringing ${own.id} up`, up([own.id]))]]
  const ids = nodesWith(instance, reasons, 'node-state')
  const asleep = ids.filter((id) => problem.nodeById.get(id)?.state !== 'up')
  const busy = ids.filter((id) => drained[nodeIndex.get(id) ?? -1] !== 0)
  const found: Alternatives[] = []
  if (asleep.length > 0)
    found.push([
      {
        key: `up\n${asleep.join('\n')}`,
        text: (node = oneOf(asleep)) => `resuming ${node}`,
        apply: up(asleep),
      },
    ])
  if (busy.length > 0)
    found.push([
      {
        key: `later\n${busy.join('\n')}`,
        text: (node = oneOf(busy)) => `draining ${node} later`,
        apply: (each) => ({ ...each, drains: each.drains.filter(({ node }) => !busy.includes(node)) }),
      },
    ])
  return found
}
