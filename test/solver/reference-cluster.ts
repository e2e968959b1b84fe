/** What the format document says about single VMs and nodes, for the exact reference: who may go where, how long, at what price. */
import {
  DEFAULT_POLICY,
  type Policy,
  type Problem,
  type ProblemGroup,
  type ProblemNode,
  type ProblemVm,
} from '../../src/model/problem.js'

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

type Taken = readonly [from: number, to: number]

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

const MBPS_OF_MIBPS = 8.388608
/** Fractions of a KiB count for nothing. */
const wholeKiB = (mib: number) => Math.floor(mib * 1024 + 1e-6)
const entryOf = (group: ProblemGroup) => (typeof group === 'string' ? { group } : group)
/** Names of the hard groups. */
const hard = (groups: readonly ProblemGroup[] = []) =>
  groups.map(entryOf).flatMap(({ group, penaltySeconds }) => (penaltySeconds === undefined ? [group] : []))
const roundUp = (seconds: number) => Math.ceil(seconds * 1000 - 1e-6)

export class Cluster {
  readonly nodes: readonly ProblemNode[]
  readonly vms: readonly ProblemVm[]
  readonly policy: Policy
  readonly horizon: number
  readonly spaces: readonly ReferenceSpace[]
  readonly #problem: Problem
  readonly drains: Map<string, 'live' | 'save'>
  /** Where VMs of a drained node may end. */
  readonly #drainTargets: Map<string, readonly string[]>

  constructor(problem: Problem) {
    this.#problem = problem
    this.nodes = problem.nodes
    this.vms = problem.vms
    this.policy = { ...DEFAULT_POLICY, ...problem.policy }
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
  #may({ ways, restartable = false }: ProblemVm, way: 'live' | 'save' | 'restart' | 'stop'): boolean {
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

  #ticks(seconds: number): number {
    return roundUp(seconds + this.policy.startLagSeconds)
  }

  /** Ticks, and seconds of blackout to the microsecond. */
  live(
    vm: ProblemVm,
    from: number,
    to: number,
    taken: Taken,
    givenSeconds?: number,
  ): { ticks: number; blackout: number } {
    const model = this.#modelled(vm, from, to, taken)
    const seconds = givenSeconds ?? model.seconds
    return {
      ticks: this.#ticks(seconds),
      blackout: Math.round(Math.min(model.blackout, seconds) * 1e6) / 1e6,
    }
  }

  /** Of each end one slot, or all of them. */
  takes(vm: ProblemVm, from: number, to: number, givenSeconds: number | undefined): Taken[] {
    const running = (vm.state ?? 'running') === 'running'
    if (!this.policy.wideMigrations || !running || givenSeconds !== undefined) return [[1, 1]]
    const of = (n: number) => [...new Set([1, this.slots(n)])]
    return of(from).flatMap((a) => of(to).map((b): Taken => [a, b]))
  }

  slots(n: number): number {
    return this.nodes[n].slots ?? 1
  }

  get networks() {
    return (this.#problem.networks ?? []).map((network) => ({
      mibps: (network.mbps * this.policy.linkEfficiency) / MBPS_OF_MIBPS,
      crossedBy: (from: number, to: number) =>
        network.nodes.includes(this.nodes[from].id) !== network.nodes.includes(this.nodes[to].id),
    }))
  }

  rate(vm: ProblemVm, from: number, to: number, taken: Taken): number {
    if ((vm.state ?? 'running') !== 'running') return 0
    const links = [from, to].map((n, end) => {
      const { migrationMbps, linkEfficiency = this.policy.linkEfficiency, streamMbps } = this.nodes[n]
      const most = streamMbps ?? this.policy.streamMbps ?? Number.POSITIVE_INFINITY
      return Math.min((taken[end] / this.slots(n)) * migrationMbps * linkEfficiency, most) / MBPS_OF_MIBPS
    })
    const crossed = this.networks.filter(({ crossedBy }) => crossedBy(from, to))
    return Math.min(...links, ...crossed.map(({ mibps }) => mibps))
  }

  #modelled(vm: ProblemVm, from: number, to: number, taken: Taken): { seconds: number; blackout: number } {
    const { policy } = this
    if ((vm.state ?? 'running') !== 'running') return { seconds: policy.setupSeconds, blackout: 0 }
    const rate = this.rate(vm, from, to, taken)
    let dirty = vm.copyMiB ?? vm.memoryMiB
    const factor = vm.durationFactor ?? 1
    let seconds = policy.setupSeconds
    for (let k = 1; ; k++) {
      const pass = dirty / rate
      seconds += factor * pass
      const next = Math.min(vm.workingSetMiB ?? vm.memoryMiB, (vm.dirtyMiBps ?? 0) * pass)
      if (next <= policy.stopThresholdMiB || next >= dirty || k >= policy.maxPasses) {
        return { seconds: seconds + (factor * next) / rate, blackout: (factor * next) / rate }
      }
      dirty = next
    }
  }

  /** Ticks of cost for where every VM ends. */
  endPenalty(end: readonly number[]): number {
    let penalty = 0
    this.vms.forEach(({ preferredNodes = [] }, v) => {
      if (preferredNodes.length > 0 && !preferredNodes.includes(this.nodes[end[v]].id))
        penalty += this.policy.preferencePenaltySeconds
    })
    for (const key of ['antiAffinity', 'affinity'] as const) {
      const counts = new Map<string, Map<string, number>>()
      const rules = new Map<string, number>()
      this.vms.forEach((vm, v) => {
        for (const entry of (vm[key] ?? []).map(entryOf)) {
          if (entry.penaltySeconds === undefined) continue
          rules.set(entry.group, entry.penaltySeconds)
          const places = counts.get(entry.group) ?? new Map<string, number>()
          counts.set(entry.group, places)
          const place = this.#place(entry, end[v])
          places.set(place, (places.get(place) ?? 0) + 1)
        }
      })
      for (const [group, places] of counts) {
        const all = [...places.values()]
        const sum = all.reduce((a, b) => a + b, 0)
        const broken =
          key === 'affinity' ? sum - Math.max(...all) : all.reduce((beyond, n) => beyond + n - 1, 0)
        penalty += broken * rules.get(group)!
      }
    }
    return penalty * 1000
  }

  /** What a group takes for one place. */
  #place({ domain }: { domain?: string }, node: number): string {
    const within = domain === undefined ? undefined : this.nodes[node].domains?.[domain]
    return within === undefined ? `node ${node}` : `domain ${within}`
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
    for (const w of this.#problem.windows ?? []) {
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
    const { moves = [], drain = [] } = this.#problem.request
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
    return (this.#problem.request.order ?? []).some((list) => {
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
      const live = !running || this.#may(vm, 'live')
      if (live) goLive(from, to)
      if (running && this.#may(vm, 'save')) {
        const duration = this.#ticks(policy.setupSeconds + (2 * vm.memoryMiB) / policy.saveMiBps)
        const penalty = offload + policy.savePenaltySeconds * 1000
        found.push({ legs: [leg(from, to, false, duration)], end: to, penalty, placed: true })
      }
      for (let stop = 0; parking && live && stop < this.nodes.length; stop++) {
        if (stop === from || stop === to) continue
        if (!this.mayReceive(vm, stop) || !this.keepsRunning(vm, stop)) continue
        goLive(from, stop, to)
      }
    }
    if (running && this.#may(vm, 'restart')) {
      const penalty = offload + policy.restartPenaltySeconds * 1000 + this.lostFeaturePenalty(vm, to)
      found.push({
        legs: [leg(from, to, false, this.#ticks(policy.restartSeconds))],
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
      const duration = this.#ticks(seconds)
      const by = this.#deadline(vm, own)
      const still = { live: false, inPlace: true, taken: [1, 1] as const, rate: 0 }
      const leg = { vm: v, from: own, to: own, ...still, saves, duration, closed, by }
      return { legs: [leg], end: own, penalty: penaltySeconds * 1000, placed: true }
    }
    const { saveMiBps, savePenaltySeconds, stopSeconds, stopPenaltySeconds } = this.policy
    const saves = mode === 'save' && (vm.ways?.includes('save') ?? true)
    return [
      ...(saves ? [option(true, vm.memoryMiB / saveMiBps, savePenaltySeconds)] : []),
      ...(this.#may(vm, 'stop') ? [option(false, stopSeconds, stopPenaltySeconds)] : []),
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
    for (const { vm, to, durationSeconds } of this.#problem.request.moves ?? []) {
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

  /** Entries of hard groups that keep the two VMs apart. */
  #apart(a: number, b: number): Exclude<ProblemGroup, string>[] {
    const others = hard(this.vms[b].antiAffinity)
    return (this.vms[a].antiAffinity ?? [])
      .map(entryOf)
      .filter(({ group, penaltySeconds }) => penaltySeconds === undefined && others.includes(group))
  }

  /** VMs tied to each other by groups about one kind of domain (undefined: about nodes), by way of others too. */
  #tied(a: number, kind: string | undefined): Set<number> {
    const found = new Set([a])
    const groups = ({ affinity = [] }: ProblemVm) =>
      affinity
        .map(entryOf)
        .flatMap((e) => (e.penaltySeconds === undefined && e.domain === kind ? [e.group] : []))
    for (const v of found) {
      this.vms.forEach((vm, o) => {
        if (groups(vm).some((g) => groups(this.vms[v]).includes(g))) found.add(o)
      })
    }
    return found
  }

  /** Would the VM, arriving on the node, meet one that a hard group keeps apart from it? `where`: by VM, the nodes where it counts. */
  meets(v: number, node: number, where: readonly (readonly number[])[]): boolean {
    if (!this.policy.antiAffinityInTransit) return false
    return where.some(
      (nodes, o) =>
        o !== v &&
        this.#apart(v, o).some((entry) => {
          const at = (n: number) => this.#place(entry, n) === this.#place(entry, node)
          // Within a domain it was there already; where it arrives may be among its nodes.
          return nodes.some(at) && !where[v].some((n) => n !== node && at(n))
        }),
    )
  }

  /** Over all nodes that may fail: the least memory of their running VMs that cannot be started elsewhere, MiB. */
  uncovered(wishes: readonly Wish[], taken: readonly Option[]): number {
    const { end, running } = this.ends(wishes, taken)
    return this.uncoveredAt(end, running)
  }

  /** The same where each VM ends on the node given and runs or not. */
  uncoveredAt(end: readonly number[], running: readonly boolean[]): number {
    return this.nodes.reduce((sum, _, n) => sum + this.#lostWith(n, end, running), 0)
  }

  #lostWith(failed: number, end: readonly number[], running: readonly boolean[]): number {
    if ((this.nodes[failed].state ?? 'up') === 'down') return 0
    const vms = this.vms.map((_, v) => v).filter((v) => end[v] === failed && running[v])
    const place = [...end]
    const runs = [...running]
    for (const v of vms) {
      place[v] = -1
      runs[v] = false
    }
    const fits = (v: number, n: number) => {
      const node = this.nodes[n]
      if (n === failed || (node.state ?? 'up') !== 'up' || this.drains.has(node.id)) return false
      if (!(this.vms[v].allowedNodes?.includes(node.id) ?? true)) return false
      let memory = this.vms[v].memoryMiB
      for (let o = 0; o < place.length; o++) {
        if (place[o] !== n || o === v) continue
        if (runs[o]) memory += this.vms[o].memoryMiB
        if (this.#apart(v, o).some(({ domain }) => domain === undefined)) return false
      }
      return memory <= node.memoryMiB
    }
    const least = (i: number): number => {
      if (i === vms.length) return 0
      const v = vms[i]
      let best = this.vms[v].memoryMiB + least(i + 1)
      for (let n = 0; n < this.nodes.length; n++) {
        if (!fits(v, n)) continue
        place[v] = n
        runs[v] = true
        best = Math.min(best, least(i + 1))
        place[v] = -1
        runs[v] = false
      }
      return best
    }
    return least(0)
  }

  /**
   * No VM that the plan moves shares its last node with another of an anti-affinity group of its, or ends elsewhere than one that is tied to
   * it.
   */
  groupsHold(wishes: readonly Wish[], taken: readonly Option[]): boolean {
    const { end, moved } = this.ends(wishes, taken)
    // Kinds that no node has count too: each node is then a domain of its own.
    const kinds = new Set(
      this.vms.flatMap(({ affinity = [] }) => [undefined, ...affinity.map((e) => entryOf(e).domain)]),
    )
    for (const kind of kinds) {
      const place = (v: number) => this.#place(kind === undefined ? {} : { domain: kind }, end[v])
      for (const a of moved) for (const b of this.#tied(a, kind)) if (place(b) !== place(a)) return false
    }
    for (const a of moved) {
      for (let b = 0; b < this.vms.length; b++) {
        if (a === b) continue
        if (this.#apart(a, b).some((entry) => this.#place(entry, end[a]) === this.#place(entry, end[b])))
          return false
      }
    }
    return true
  }
}
