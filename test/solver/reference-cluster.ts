/** What the format document says about single VMs and nodes, for the exact reference: who may go where, how long, at what price. */
import type { Problem, ProblemNode, ProblemVm } from '../../src/model/problem.js'
import { uncoveredAt } from './reference-failures.js'
import { Groups } from './reference-groups.js'
import { Links, type Taken } from './reference-links.js'

export interface Job {
  /** Index into `Cluster.vms`. */
  vm: number
  from: number
  to: number
  /** Slots taken at both ends. */
  taken: Taken
  /** MiB per second held of networks. */
  rate: number
  live: boolean
  /** It frees its memory and stays. */
  inPlace: boolean
  /** Saved in place, which a node does one after another. */
  saves: boolean
  duration: number
  /** Forbidden [start, end). */
  closed: readonly (readonly [number, number])[]
  /** It has ended by then, ticks. */
  by: number
  /** Index of the leg that goes before, −1 none. */
  after: number
  /** Indices of the legs of other VMs that the request's order puts first. */
  waits: number[]
}

export interface Option {
  /** One leg, or two with a stop-over. */
  legs: Omit<Job, 'after' | 'waits'>[]
  /** Where the VM ends. */
  end: number
  penalty: number
  placed: boolean
}

/** Something of which a node may have too little for what is on it, arriving and leaving VMs among that, when one begins to arrive. */
export interface ReferenceSpace {
  /** By VM. */
  takes: readonly number[]
  /** By node. */
  room: readonly number[]
  /** A VM saved in place keeps it. */
  kept: boolean
}

export interface Wish {
  vm: number
  options: Option[]
  weight: number
}

/** Fractions of a KiB count for nothing. */
const wholeKiB = (mib: number) => Math.floor(mib * 1024 + 1e-6)
const roundUp = (seconds: number) => Math.ceil(seconds * 1000 - 1e-6)

export class Cluster extends Links {
  readonly horizon: number
  readonly spaces: readonly ReferenceSpace[]
  readonly groups: Groups
  readonly drains: Map<string, 'live' | 'save'>
  /** Where VMs of a drained node may end. */
  readonly #drainTargets: Map<string, readonly string[]>

  constructor(problem: Problem) {
    super(problem)
    this.groups = new Groups(this.nodes, this.vms)
    this.horizon = Math.floor(this.policy.horizonSeconds * 1000)
    this.spaces = this.#spaces()
    this.drains = new Map(
      (problem.request.drain ?? []).map((d) =>
        typeof d === 'string' ? [d, 'live'] : [d.node, d.mode ?? 'live'],
      ),
    )
    this.#drainTargets = new Map(
      (problem.request.drain ?? []).flatMap((d) =>
        typeof d === 'string' || d.to === undefined ? [] : [[d.node, d.to]],
      ),
    )
  }

  /** May the VM, which runs, be handled so? */
  may({ ways, restartable = false }: ProblemVm, way: 'live' | 'save' | 'restart' | 'stop'): boolean {
    if (ways !== undefined) return ways.includes(way)
    const { allowRestart, allowSave } = this.policy
    return { live: true, save: allowSave, restart: restartable && allowRestart, stop: false }[way]
  }

  /** Migrations of one sort that may be under way in the cluster. */
  mostAtOnce(live: boolean): number {
    return live
      ? (this.policy.concurrentMigrations ?? Number.POSITIVE_INFINITY)
      : this.policy.concurrentRestarts
  }

  index(id: string): number {
    return this.nodes.findIndex((n) => n.id === id)
  }

  #cpu(node: number): { vendor: string; features: readonly string[] } {
    const { cpu } = this.nodes[node]
    if (!('features' in cpu)) throw new Error('the reference takes feature lists only')
    return cpu
  }

  /** Features that every node of the vendor has. */
  #baseline(vendor: string): string[] {
    const lists = this.nodes.map((_, n) => this.#cpu(n)).filter((c) => c.vendor === vendor)
    return lists[0].features.filter((f) => lists.every((c) => c.features.includes(f)))
  }

  /** What a VM sees that is started on the node. */
  baselineOf(node: number): { vendor: string; features: readonly string[] } {
    const { vendor } = this.#cpu(node)
    return { vendor, features: this.#baseline(vendor) }
  }

  #boot(vm: ProblemVm) {
    return this.#cpu(this.index(vm.bootNode ?? vm.node))
  }

  keepsRunning(vm: ProblemVm, node: number): boolean {
    if (vm.state === 'off') return true
    const boot = this.#boot(vm)
    const { vendor, features } = this.#cpu(node)
    if (vendor !== boot.vendor) return false
    if (vm.compatibility === 'minimum') throw new Error('the reference knows no minimum sets')
    const seen = vm.compatibility === 'cluster' ? this.#baseline(vendor) : boot.features
    return seen.every((f) => features.includes(f))
  }

  /** Is the node a place that the VM may be sent to, whatever the way? */
  mayReceive(vm: ProblemVm, node: number): boolean {
    const target = this.nodes[node]
    if ((this.nodes[this.index(vm.node)].state ?? 'up') === 'down') return false
    if ((target.state ?? 'up') !== 'up' || this.drains.has(target.id)) return false
    return vm.allowedNodes === undefined || vm.allowedNodes.includes(target.id)
  }

  /** Ticks of cost for where every VM ends. */
  endPenalty(end: readonly number[]): number {
    let penalty = this.groups.penalty(end)
    this.vms.forEach(({ preferredNodes = [] }, v) => {
      if (preferredNodes.length > 0 && !preferredNodes.includes(this.nodes[end[v]].id))
        penalty += this.policy.preferencePenaltySeconds
    })
    return penalty * 1000
  }

  offloadPenalty(vm: ProblemVm, node: number): number {
    const offered = this.nodes[node].offloads ?? []
    return (
      (vm.offloads ?? []).filter((o) => !offered.includes(o)).length *
      this.policy.offloadPenaltySeconds *
      1000
    )
  }

  lostFeaturePenalty(vm: ProblemVm, node: number): number {
    const kept = this.#baseline(this.#cpu(node).vendor)
    const lost = this.#boot(vm).features.filter((f) => !kept.includes(f)).length
    return lost * this.policy.featureLossPenaltySeconds * 1000
  }

  closed(vm: ProblemVm, from: number, to: number): [number, number][] {
    const found: [number, number][] = []
    for (const w of this.problem.windows ?? []) {
      const whole = w.vm === undefined && w.node === undefined
      const node = w.node === undefined ? -1 : this.index(w.node)
      if (!whole && w.vm !== vm.id && !(node >= 0 && (node === from || node === to))) continue
      const start = Number(w.start)
      const end = w.end === undefined ? start + (w.durationSeconds ?? 0) : Number(w.end)
      found.push([Math.floor(start * 1000 + 1e-6), roundUp(end)])
    }
    return found.sort((a, b) => a[0] - b[0])
  }

  /** By when a migration of the VM that leaves the node has ended, or a save there. */
  #deadline(vm: ProblemVm, from: number): number {
    const { moves = [], drain = [] } = this.problem.request
    const limits = [
      ...moves.filter((move) => move.vm === vm.id).map(({ by }) => by),
      ...drain.map((each) =>
        typeof each !== 'string' && each.node === this.nodes[from].id ? each.by : undefined,
      ),
    ]
    return Math.min(
      this.horizon,
      ...limits.flatMap((by) => (by === undefined ? [] : [Math.floor(Number(by) * 1000)])),
    )
  }

  /** Do the two VMs share a serial group? */
  takeTurns(a: number, b: number): boolean {
    const others = this.vms[b].serial ?? []
    return a !== b && (this.vms[a].serial ?? []).some((group) => others.includes(group))
  }

  /** Does the request's order have the one VM go before the other? */
  goesBefore(a: number, b: number): boolean {
    return (this.problem.request.order ?? []).some((list) => {
      const [first, second] = [list.indexOf(this.vms[a].id), list.indexOf(this.vms[b].id)]
      return first >= 0 && first < second
    })
  }

  #stay(vm: number): Option {
    return { legs: [], end: this.index(this.vms[vm].node), penalty: 0, placed: false }
  }

  /** Every way to bring the VM to the node. */
  waysTo(v: number, to: number, givenSeconds: number | undefined, parking: boolean): Option[] {
    const vm = this.vms[v]
    const { policy } = this
    const from = this.index(vm.node)
    if (to === from || !this.mayReceive(vm, to)) return []
    const leg = (
      a: number,
      b: number,
      live: boolean,
      duration: number,
      taken: Taken = [1, 1],
    ): Option['legs'][number] => ({
      vm: v,
      from: a,
      to: b,
      taken,
      rate: live ? this.rate(vm, a, b, taken) : 0,
      live,
      inPlace: false,
      saves: false,
      duration,
      closed: this.closed(vm, a, b),
      by: this.#deadline(vm, a),
    })
    const found: Option[] = []
    const offload = this.offloadPenalty(vm, to)
    const running = (vm.state ?? 'running') === 'running'
    if (this.keepsRunning(vm, to)) {
      const goLive = (...stops: number[]) => {
        const given = (b: number) => (b === to ? givenSeconds : undefined)
        const takes = stops.slice(1).map((b, i) => this.takes(vm, stops[i], b, given(b)))
        for (const first of takes[0]) {
          for (const last of takes[1] ?? [undefined]) goLiveTaking(stops, last ? [first, last] : [first])
        }
      }
      const goLiveTaking = (stops: number[], taken: Taken[]) => {
        const lives = stops
          .slice(1)
          .map((b, i) => this.live(vm, stops[i], b, taken[i], b === to ? givenSeconds : undefined))
        if (lives.some(({ blackout }) => blackout > (vm.maxBlackoutSeconds ?? Number.POSITIVE_INFINITY)))
          return
        const standing = lives.reduce((sum, { blackout }) => sum + Math.max(0, blackout - 1), 0)
        const penalty = offload + standing * policy.blackoutPenaltySeconds * 1000
        const legs = lives.map(({ ticks }, i) => leg(stops[i], stops[i + 1], true, ticks, taken[i]))
        found.push({ legs, end: to, penalty, placed: true })
      }
      const live = !running || this.may(vm, 'live')
      if (live) goLive(from, to)
      if (running && this.may(vm, 'save')) {
        const duration = this.ticks(policy.setupSeconds + (2 * vm.memoryMiB) / policy.saveMiBps)
        const penalty = offload + policy.savePenaltySeconds * 1000
        found.push({ legs: [leg(from, to, false, duration)], end: to, penalty, placed: true })
      }
      for (let stop = 0; parking && live && stop < this.nodes.length; stop++) {
        if (stop === from || stop === to) continue
        if (!this.mayReceive(vm, stop) || !this.keepsRunning(vm, stop)) continue
        goLive(from, stop, to)
      }
    }
    if (running && this.may(vm, 'restart')) {
      const penalty = offload + policy.restartPenaltySeconds * 1000 + this.lostFeaturePenalty(vm, to)
      found.push({
        legs: [leg(from, to, false, this.ticks(policy.restartSeconds))],
        end: to,
        penalty,
        placed: true,
      })
    }
    return found
  }

  /** Saved where it is (on a node that is drained so), or shut down there. */
  #inPlace(v: number, mode: 'live' | 'save'): Option[] {
    const vm = this.vms[v]
    const own = this.index(vm.node)
    const running = (vm.state ?? 'running') === 'running'
    if ((this.nodes[own].state ?? 'up') === 'down' || !running) return []
    const option = (saves: boolean, seconds: number, penaltySeconds: number): Option => {
      const closed = this.closed(vm, own, own)
      const duration = this.ticks(seconds)
      const by = this.#deadline(vm, own)
      const still = { live: false, inPlace: true, taken: [1, 1] as const, rate: 0 }
      const leg = { vm: v, from: own, to: own, ...still, saves, duration, closed, by }
      return { legs: [leg], end: own, penalty: penaltySeconds * 1000, placed: true }
    }
    const { saveMiBps, savePenaltySeconds, stopSeconds, stopPenaltySeconds } = this.policy
    const saves = mode === 'save' && (vm.ways?.includes('save') ?? true)
    return [
      ...(saves ? [option(true, vm.memoryMiB / saveMiBps, savePenaltySeconds)] : []),
      ...(this.may(vm, 'stop') ? [option(false, stopSeconds, stopPenaltySeconds)] : []),
    ]
  }

  wishes(parking: boolean): Wish[] {
    const found: Wish[] = []
    const asked = new Set<string>()
    const add = (v: number, options: Option[], weight = (this.vms[v].priority ?? 2000) + 1) =>
      found.push({ vm: v, options: [...options, this.#stay(v)], weight })
    const isLive = ({ legs }: Option) => legs.every(({ live }) => live)
    const anywhere = (v: number, to?: readonly string[], givenSeconds?: number) =>
      this.nodes.flatMap(({ id }, n) =>
        to === undefined || to.includes(id) ? this.waysTo(v, n, givenSeconds, parking) : [],
      )
    for (const { vm, to, durationSeconds } of this.problem.request.moves ?? []) {
      const v = this.vms.findIndex((x) => x.id === vm)
      const targets = typeof to === 'string' ? [to] : to
      asked.add(vm)
      const isThere = targets?.includes(this.vms[v].node) === true
      if (!isThere) add(v, anywhere(v, targets, durationSeconds))
      else if (targets.length > 1)
        add(v, [{ ...this.#stay(v), placed: true }, ...anywhere(v, targets, durationSeconds)])
    }
    this.vms.forEach((vm, v) => {
      const mode = this.drains.get(vm.node)
      if (asked.has(vm.id)) return
      if (mode === undefined) {
        if (this.policy.allowMakeRoom) add(v, anywhere(v).filter(isLive), 0)
      } else if (mode === 'live')
        add(v, [...anywhere(v, this.#drainTargets.get(vm.node)), ...this.#inPlace(v, mode)])
      else if ((vm.state ?? 'running') === 'running') add(v, this.#inPlace(v, mode))
    })
    return found
  }

  memoryOf(vm: ProblemVm): number {
    return (vm.state ?? 'running') === 'running' ? wholeKiB(vm.memoryMiB) : 0
  }

  /** What nodes may run short of. */
  #spaces(): ReferenceSpace[] {
    const { maxVcpusPerCore: ratio, reserveMiB: reserve } = this.policy
    const runs = (vm: ProblemVm) => (vm.state ?? 'running') === 'running'
    const kinds = new Set(this.vms.flatMap(({ devices = {} }) => Object.keys(devices)))
    const space = (
      kept: boolean,
      takes: (vm: ProblemVm) => number,
      room: (node: ProblemNode) => number,
    ): ReferenceSpace => ({ kept, takes: this.vms.map(takes), room: this.nodes.map(room) })
    const vcpus = ({ cores }: ProblemNode) =>
      cores === undefined || ratio === undefined ? Number.POSITIVE_INFINITY : cores * ratio + 1e-9
    return [
      space(
        false,
        (vm) => this.memoryOf(vm),
        ({ memoryMiB, reserveMiB = reserve }) => wholeKiB(memoryMiB) - wholeKiB(reserveMiB),
      ),
      space(false, (vm) => (runs(vm) ? (vm.vcpus ?? 1) : 0), vcpus),
      ...[...kinds].map((kind) =>
        space(
          true,
          ({ devices = {} }) => devices[kind] ?? 0,
          ({ devices = {} }) => devices[kind] ?? 0,
        ),
      ),
    ]
  }

  /** May the VM begin to arrive on the node, on which these are, arriving and still leaving ones among them? The saved ones run no more. */
  fits(v: number, node: number, there: readonly number[], saved: readonly number[]): boolean {
    return this.spaces.every(({ kept, takes, room }) => {
      const others = there.filter((o) => kept || !saved.includes(o))
      return takes[v] === 0 || others.reduce((sum, o) => sum + takes[o], takes[v]) <= room[node]
    })
  }

  ends(wishes: readonly Wish[], taken: readonly Option[]) {
    const end = this.vms.map((vm) => this.index(vm.node))
    const running = this.vms.map((vm) => (vm.state ?? 'running') === 'running')
    const moved = new Set<number>()
    taken.forEach((option, w) => {
      end[wishes[w].vm] = option.end
      if (option.legs.some((l) => l.inPlace)) running[wishes[w].vm] = false
      if (option.legs.some((l) => !l.inPlace)) moved.add(wishes[w].vm)
    })
    return { end, running, moved }
  }

  /** Over all nodes that may fail: the least memory of their running VMs that cannot be started elsewhere, MiB. */
  uncovered(wishes: readonly Wish[], taken: readonly Option[]): number {
    const { end, running } = this.ends(wishes, taken)
    return uncoveredAt(this, end, running)
  }

  /** Hard groups at the end of the plan. */
  groupsHold(wishes: readonly Wish[], taken: readonly Option[]): boolean {
    const { end, moved } = this.ends(wishes, taken)
    return this.groups.hold(end, moved)
  }

  /** Would the VM, arriving on the node, meet one that a hard group keeps apart from it? `where`: by VM, the nodes where it counts. */
  meets(v: number, node: number, where: readonly (readonly number[])[]): boolean {
    return this.policy.antiAffinityInTransit && this.groups.meets(v, node, where)
  }
}
