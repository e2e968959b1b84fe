/** For each VM: where it can go and how, what keeps it from every other node, and what compatibility mode would change. */
import { append } from '../lists.js'
import { visibleFeatures } from '../model/cpu/visible.js'
import type {
  Blocked,
  CompatibilityView,
  NodeForVm,
  Obstacle,
  VmExplanation,
  WayToNode,
} from '../model/explanation.js'
import type { Intervals } from '../model/instance.js'
import type { Migration } from '../model/plan.js'
import type { Compatibility, ResolvedVm } from '../model/problem.js'
import { ticksToSeconds, toMicroseconds } from '../model/ticks.js'
import { isInPlace } from '../model/ways.js'
import { featuresLostByRestart, offloadsLost, vendorBaselines } from '../solver/report/report.js'
import type { Choice, Refusal, Wish } from '../solver/wishes/wish.js'
import type { Facts } from './facts.js'

const MIB = 1024

/** Explains VMs one by one; what they share is worked out once. */
export class VmExplainer {
  readonly #facts: Facts
  readonly #baselines: ReadonlyMap<string, ReadonlySet<string>>
  readonly #visible: ReturnType<typeof visibleFeatures>
  readonly #nodeFeatures: readonly ReadonlySet<string>[]
  /** By feature set: indices of the nodes that have it whole, whatever their vendor. */
  readonly #fitting = new Map<readonly string[], readonly number[]>()
  /** By node, by VM and over the whole cluster: indices into the problem's `windows`, ascending. */
  readonly #windows: { node: Map<string, number[]>; vm: Map<string, number[]>; cluster: number[] }

  constructor(facts: Facts) {
    this.#facts = facts
    this.#baselines = vendorBaselines(facts.instance)
    this.#visible = visibleFeatures(facts.problem.nodes)
    this.#nodeFeatures = facts.problem.nodes.map((node) => new Set(node.features))
    this.#windows = windowsByScope(facts)
  }

  /** Indices of the request's VMs, and of those that make room for them, in the problem's order. */
  asked(): number[] {
    const { request, problem, migrationsOf } = this.#facts
    const there = new Set(request.alreadyThere)
    return problem.vms
      .map((_, v) => v)
      .filter((v) => request.wishOf[v] >= 0 || there.has(v) || migrationsOf.has(problem.vms[v].id))
  }

  explain(v: number): VmExplanation {
    const { problem, request, migrationsOf, unplacedOf } = this.#facts
    const vm = problem.vms[v]
    const wish = request.wishOf[v] >= 0 ? request.wishes[request.wishOf[v]] : undefined
    const there = request.alreadyThere.includes(v)
    const unplaced = unplacedOf.get(vm.id)
    const migrations = migrationsOf.get(vm.id) ?? []
    const explained: VmExplanation = {
      vm: vm.id,
      node: vm.node,
      state: vm.state,
      memoryMiB: vm.memoryMiB,
      request: requestOf(this.#facts, v, wish, there),
      outcome:
        unplaced !== undefined
          ? 'unplaced'
          : migrations.length > 0
            ? outcomeOf(migrations)
            : there
              ? 'already-there'
              : 'stays',
      migrations: migrations.map(({ from, to, kind, startSeconds, endSeconds }) => ({
        from,
        to,
        kind,
        startSeconds,
        endSeconds,
      })),
      nodes: this.#nodes(v, wish),
      compatibility:
        vm.state === 'off' ? [] : [this.#view(v, wish, 'minimum'), this.#view(v, wish, 'cluster')],
    }
    if (unplaced !== undefined) {
      explained.reason = unplaced.reason
      explained.detail = unplaced.detail
      explained.remedies = unplaced.remedies
    }
    return explained
  }

  #nodes(v: number, wish: Wish | undefined): NodeForVm[] {
    const { problem, instance, maker, residents, migrationsOf, unplacedOf, endNode } = this.#facts
    const vm = problem.vms[v]
    const own = instance.vmNode[v]
    const mayEndHere = wish?.choices.some((c) => c.node === own) === true || wish?.refusals.has(own) === true
    const anywhere = maker.wish(v, undefined, undefined)
    const unplaced = unplacedOf.has(vm.id)
    const end = migrationsOf.has(vm.id) ? endNode[v] : -1
    const nodes: NodeForVm[] = []
    problem.nodes.forEach((node, n) => {
      if (n === own && !mayEndHere) return
      const asked = wish !== undefined && (n === own || isAsked(wish, n))
      const choices = asked ? wish.choices : anywhere.choices
      const stays = n !== own && !asked ? residents.refusal(v, n) : undefined
      const ways = stays === undefined ? choices.filter((choice) => choice.node === n) : []
      const possible = ways.length > 0
      const entry: NodeForVm = {
        node: node.id,
        asked,
        possible,
        chosen: end === n,
        ways: ways.map((choice) => this.#way(vm, choice)),
        obstacles: possible ? [] : this.#obstacles(v, n, asked ? wish : undefined),
      }
      if (unplaced && asked && possible) entry.blocked = this.#blocked(v, n)
      nodes.push(entry)
    })
    return nodes
  }

  #way(vm: ResolvedVm, { node, kind, duration, blackoutSeconds, penalty }: Choice): WayToNode {
    const { problem } = this.#facts
    const target = problem.nodes[node]
    const stays = isInPlace(kind)
    return {
      kind,
      durationSeconds: ticksToSeconds(duration),
      blackoutSeconds: Math.min(Math.round(blackoutSeconds * 1e6) / 1e6, ticksToSeconds(duration)),
      penaltySeconds: toMicroseconds(penalty),
      lostOffloads: stays ? [] : offloadsLost(vm, target),
      lostFeatures: kind === 'restart' ? featuresLostByRestart(problem, this.#baselines, vm, target) : [],
    }
  }

  /** What the wish itself tells comes first: residents keep a VM off only where nothing else does. */
  #obstacles(v: number, n: number, wish: Wish | undefined): Obstacle[] {
    const { instance, maker, residents } = this.#facts
    const own = n === instance.vmNode[v]
    const refusals = own
      ? [...(wish?.refusals.values() ?? [])]
      : maker.consider(v, n, given(wish, n)).refusals
    const stays = own ? undefined : residents.refusal(v, n)
    if (stays !== undefined) refusals.push(stays)
    // What only all of a set together rule out, the wish alone knows.
    const together = wish?.refusals.get(n)
    if (refusals.length === 0 && together !== undefined) refusals.push(together)
    return refusals.map((refusal) => this.#obstacle(v, n, refusal))
  }

  #obstacle(v: number, n: number, refusal: Refusal): Obstacle {
    if (refusal.reason !== 'window') return { ...refusal }
    const { problem, instance, forbidden } = this.#facts
    const own = instance.vmNode[v]
    const { node, vm, cluster } = this.#windows
    const windows = [
      ...(node.get(problem.nodes[own].id) ?? []),
      ...(own === n ? [] : (node.get(problem.nodes[n].id) ?? [])),
      ...(vm.get(problem.vms[v].id) ?? []),
      ...cluster,
    ]
    const gap = longestGap(forbidden.of(v, own, n), instance.horizon)
    return { ...refusal, windows: windows.sort((a, b) => a - b), longestGapSeconds: ticksToSeconds(gap) }
  }

  #blocked(v: number, n: number): Blocked {
    const { problem, instance, unplacedOf, endNode, endUsed, endVms } = this.#facts
    const { vmGroups, groupPlaces } = instance
    const vm = problem.vms[v]
    const [memory] = instance.spaces
    const free = memory.capacity[n] - endUsed[0][n]
    const reason = unplacedOf.get(vm.id)?.nodes[problem.nodes[n].id] ?? 'memory'
    const lack = instance.spaces.findIndex((space, s) => {
      return space.reason === reason && space.size[v] > space.capacity[n] - endUsed[s][n]
    })
    const own = vmGroups[v]
    // A group may be about more nodes than this one.
    const near = own.some((g) => groupPlaces[g].some((place, m) => place !== m))
      ? [...endNode.keys()]
      : endVms[n]
    const meets = (other: number) =>
      own.some((g) => vmGroups[other].includes(g) && groupPlaces[g][endNode[other]] === groupPlaces[g][n])
    return {
      reason,
      freeMiB: Math.floor(free / MIB),
      missingMiB: Math.max(0, Math.ceil((memory.size[v] - free) / MIB)),
      ...(lack > 0 ? this.#missingOf(lack, v, n) : {}),
      rivals: near.filter((other) => other !== v && meets(other)).map((other) => problem.vms[other].id),
    }
  }

  /** Of a space other than memory. */
  #missingOf(s: number, v: number, n: number): Pick<Blocked, 'missing' | 'device'> {
    const { instance, endUsed } = this.#facts
    const { capacity, size, device } = instance.spaces[s]
    const missing = size[v] - (capacity[n] - endUsed[s][n])
    return { missing, ...(device === undefined ? {} : { device }) }
  }

  #view(v: number, wish: Wish | undefined, mode: Exclude<Compatibility, 'off'>): CompatibilityView {
    const { problem, instance, maker, residents } = this.#facts
    const vm = problem.vms[v]
    const boot = problem.nodeById.get(vm.bootNode)
    if (boot === undefined) throw new Error(`${vm.id} has no boot node`)
    const seen = this.#visible(boot, mode)
    const kept = new Set(seen)
    const fits = this.#fit(seen).filter(
      (n) => n !== instance.vmNode[v] && problem.nodes[n].vendor === vm.vendor,
    )
    const reaches = fits.filter((n) => {
      const { choices, refusals } = maker.consider(v, n, given(wish, n), true)
      // A restart needs no mode.
      const goes = refusals.length === 0 && choices.some(({ kind }) => kind !== 'restart')
      return goes && residents.refusal(v, n) === undefined
    })
    const name = (n: number) => problem.nodes[n].id
    return {
      mode,
      lostFeatures: vm.features.filter((feature) => !kept.has(feature)),
      cpuFits: fits.map(name),
      reaches: reaches.map(name),
    }
  }

  #fit(features: readonly string[]): readonly number[] {
    const known = this.#fitting.get(features)
    if (known !== undefined) return known
    const fitting: number[] = []
    this.#nodeFeatures.forEach((has, n) => {
      if (features.every((feature) => has.has(feature))) fitting.push(n)
    })
    this.#fitting.set(features, fitting)
    return fitting
  }
}

/** The duration that the request gives for this node, if it does. */
function given(wish: Wish | undefined, node: number): Wish['given'] {
  return wish !== undefined && isAsked(wish, node) ? wish.given : undefined
}

/** Does the request allow the VM to end on this node, which is not its own? */
function isAsked({ targets }: Wish, node: number): boolean {
  return targets === undefined || targets.includes(node)
}

function outcomeOf(migrations: readonly Migration[]): VmExplanation['outcome'] {
  const { kind } = migrations[migrations.length - 1]
  if (kind === 'stop-in-place') return 'stopped'
  return kind === 'save-in-place' ? 'saved' : 'moves'
}

function requestOf(
  { instance, problem }: Facts,
  v: number,
  wish: Wish | undefined,
  there: boolean,
): VmExplanation['request'] {
  if (there) return 'move'
  if (wish === undefined || wish.makesRoom) {
    const { node, state } = problem.vms[v]
    return state === 'running' && problem.works?.some((work) => work.node === node) ? 'maintenance' : 'none'
  }
  if (problem.moves.some((move) => move.vm === problem.vms[v].id)) return 'move'
  return instance.drained[instance.vmNode[v]] === 2 ? 'save-in-place' : 'drain'
}

function windowsByScope({ problem }: Facts) {
  const node = new Map<string, number[]>()
  const vm = new Map<string, number[]>()
  const cluster: number[] = []
  const seen = new Set<number>()
  // One occurrence stands for all of its window.
  for (const window of problem.windows) {
    if (seen.has(window.source)) continue
    seen.add(window.source)
    const scope = window.vm !== undefined ? vm : node
    const id = window.vm ?? window.node
    if (id === undefined) {
      cluster.push(window.source)
      continue
    }
    append(scope, id, window.source)
  }
  return { node, vm, cluster }
}

/** Ticks of the longest stretch of [0, horizon) that no interval covers. */
function longestGap(intervals: Intervals, horizon: number): number {
  let longest = 0
  let t = 0
  for (let i = 0; i < intervals.length && intervals[i] < horizon; i += 2) {
    longest = Math.max(longest, intervals[i] - t)
    t = intervals[i + 1]
  }
  return Math.max(longest, horizon - t)
}
