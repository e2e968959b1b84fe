/** What the format document says about a night of maintenance, for its exact reference: what may happen at an instant, and what it is worth. */
import type { Problem, ProblemMaintenance } from '../../../src/model/problem.js'
import { Cluster } from '../reference-cluster.js'
import { uncoveredAt } from '../reference-failures.js'

const PENDING = 0
const UNDER_WAY = 1
const DONE = 2

interface Leg {
  doing: Doing
  ticks: number
  /** Seconds. */
  penalty: number
  restarts?: true
}

export type Doing = 'live' | 'moves' | 'saves' | 'stops'

/** Where everything is at an instant. */
export interface Night {
  now: number
  /** [V] node where it is, or is going. */
  at: number[]
  /** [V] node that it is leaving, −1 none; of a save or resume its own. */
  from: number[]
  /** [V] runs; false: saved, or shut down. */
  runs: boolean[]
  /** [V] shut down. */
  off: boolean[]
  /** [V] what it does, while it does something. */
  doing: Doing[]
  /** [V] has migrated, or begun to. */
  begun: boolean[]
  /** [V] node on which it was last started by the night, −1 none. */
  started: number[]
  /** [V] when what it does ends; 0: nothing. */
  end: number[]
  /** [N] */
  work: number[]
  workEnd: number[]
  last: number
  penalty: number
}
export class NightRules {
  readonly cluster: Cluster
  readonly #problem: Problem
  readonly works: (ProblemMaintenance | undefined)[]
  readonly #windows: {
    node: number
    start: number
    end: number
    works: boolean
    migrations: boolean
    vm: string | undefined
  }[]
  readonly #instants: number[]
  readonly #home: number[]
  readonly wished: boolean[]
  /** By VM: where its move asks it to be; undefined: anywhere else. */
  readonly #moves: ReadonlyMap<string, readonly string[] | undefined>

  constructor(problem: Problem) {
    this.#problem = problem
    this.cluster = new Cluster(problem)
    const { nodes, vms } = this.cluster
    this.works = nodes.map(({ id }) => problem.request.maintenance?.find((w) => w.node === id))
    this.#home = vms.map((vm) => this.cluster.index(vm.node))
    this.#moves = new Map(
      (problem.request.moves ?? []).map(({ vm, to }) => [vm, typeof to === 'string' ? [to] : to]),
    )
    this.wished = vms.map((vm) => {
      const mode = this.cluster.drains.get(vm.node)
      if (this.#moves.has(vm.id)) return true
      return mode === 'live' || (mode === 'save' && (vm.state ?? 'running') === 'running')
    })
    this.#windows = (problem.windows ?? []).map((w) => ({
      node: w.node === undefined ? -1 : this.cluster.index(w.node),
      vm: w.vm,
      start: Math.floor(Number(w.start) * 1000),
      end: Math.ceil((w.end === undefined ? Number(w.start) + w.durationSeconds! : Number(w.end)) * 1000),
      works: w.vm === undefined,
      migrations: w.kind !== 'no-work',
    }))
    this.#instants = [
      ...this.#windows.map(({ end }) => end),
      ...this.works.flatMap((w) => (w?.earliestStart === undefined ? [] : [Number(w.earliestStart) * 1000])),
    ]
  }
  first(): Night {
    const { nodes, vms } = this.cluster
    return {
      now: 0,
      at: [...this.#home],
      from: vms.map(() => -1),
      runs: vms.map((vm) => (vm.state ?? 'running') === 'running'),
      off: vms.map(() => false),
      doing: vms.map(() => 'live' as const),
      started: vms.map(() => -1),
      begun: vms.map(() => false),
      end: vms.map(() => 0),
      work: nodes.map(() => PENDING),
      workEnd: nodes.map(() => 0),
      last: 0,
      penalty: 0,
    }
  }
  /** A lower bound on the cost: works still to come share the crews. */
  atLeast({ now, work, workEnd, last, penalty }: Night, goals: readonly number[]): number {
    const { policy, horizon } = this.cluster
    let sum = 0
    for (const n of goals) {
      if (n < 0 || work[n] === DONE) continue
      sum += work[n] === UNDER_WAY ? workEnd[n] - now : this.#workTicks(n)
    }
    const makespan = Math.max(last, now + sum / policy.maintenanceAtOnce)
    return makespan > horizon ? Number.POSITIVE_INFINITY : makespan + penalty
  }

  #workTicks(n: number): number {
    return Math.ceil(this.works[n]!.durationSeconds * 1000 - 1e-6)
  }

  /** Undefined: the night cannot end here. */
  endPenalty(night: Night, goals: readonly number[]): number | undefined {
    const { vms, policy } = this.cluster
    if (goals.some((n) => (n >= 0 ? night.work[n] !== DONE : !this.#isPlaced(night, -1 - n))))
      return undefined
    if (night.end.some((end) => end > night.now)) return undefined
    // Works of nodes that are no goal of this search have not begun.
    if (night.work.some((status, n) => (status === DONE) !== goals.includes(n))) return undefined
    let penalty = this.cluster.endPenalty(night.at)
    for (let v = 0; v < vms.length; v++) {
      const rests = (vms[v].state ?? 'running') === 'running' && !night.runs[v]
      if (rests && !this.cluster.drains.has(vms[v].node)) return undefined
      if (night.at[v] === this.#home[v]) continue
      penalty += this.cluster.offloadPenalty(vms[v], night.at[v])
      if (policy.returnHome && !this.wished[v]) penalty += policy.notHomePenaltySeconds * 1000
    }
    const moved = new Set(vms.flatMap((_, v) => (night.at[v] === this.#home[v] ? [] : [v])))
    if (!this.cluster.groups.hold(night.at, moved)) return undefined
    return penalty
  }

  uncovered({ at, runs }: Night): number {
    return this.cluster.policy.tolerateNodeFailure ? uncoveredAt(this.cluster, at, runs) : 0
  }

  /** It has left its drained node, or rests there as the drain asks. */
  #isPlaced(night: Night, v: number): boolean {
    const to = this.#moves.get(this.cluster.vms[v].id)
    if (to !== undefined) return to.includes(this.cluster.nodes[night.at[v]].id)
    return (
      night.at[v] !== this.#home[v] ||
      ((this.cluster.vms[v].state ?? 'running') === 'running' && !night.runs[v])
    )
  }

  /** One that a hard group keeps apart is there, or leaving. */
  #meets(night: Night, v: number, node: number): boolean {
    const where = night.at.map((at, o) =>
      o !== v && night.end[o] > night.now && night.from[o] >= 0 ? [at, night.from[o]] : [at],
    )
    return this.cluster.groups.meets(v, node, where, this.cluster.policy.returnHome ? this.#home : undefined)
  }

  #open(start: number, end: number, nodes: readonly number[], vm: string | undefined): boolean {
    return !this.#windows.some(
      (w) =>
        w.start < end &&
        w.end > start &&
        (vm === undefined ? w.works : w.migrations) &&
        (w.vm !== undefined ? w.vm === vm : w.node < 0 || nodes.includes(w.node)),
    )
  }

  *after(night: Night, goals: readonly number[]): Generator<Night> {
    const { vms, nodes } = this.cluster
    for (const n of goals) if (n >= 0 && night.work[n] === PENDING) yield* this.#workStarted(night, n)
    for (let v = 0; v < vms.length; v++) {
      if (night.end[v] > night.now || !this.#mayBegin(night, v)) continue
      if ((vms[v].state ?? 'running') !== 'running' && !this.wished[v]) continue
      const own = this.works[this.#home[v]]
      if (own === undefined && !this.wished[v]) continue
      yield* this.#inPlace(night, v, goals)
      if (
        (own?.mode === 'save' && !this.#moves.has(vms[v].id)) ||
        !((vms[v].state ?? 'running') !== 'running' || night.runs[v])
      )
        continue
      if (this.cluster.drains.get(vms[v].node) === 'save') continue
      for (let n = 0; n < nodes.length; n++) if (n !== night.at[v]) yield* this.#migrated(night, v, n, goals)
    }
    let next = Number.POSITIVE_INFINITY
    const settled = this.works.map((w, n) => night.workEnd[n] + (w?.settleSeconds ?? 0) * 1000)
    for (const t of [...night.end, ...night.workEnd, ...settled, ...this.#instants])
      if (t > night.now && t < next) next = t
    if (next === Number.POSITIVE_INFINITY) return
    const later = copy(night)
    later.now = next
    later.end.forEach((end, v) => {
      if (end > next) return
      later.end[v] = 0
      later.from[v] = -1
    })
    later.workEnd.forEach((end, n) => {
      if (end <= next && later.work[n] === UNDER_WAY) later.work[n] = DONE
    })
    yield later
  }

  /** Who goes before it is not under way, and nobody that goes after it has begun. */
  #mayBegin(night: Night, v: number): boolean {
    return this.cluster.vms.every(
      (_, o) =>
        !(this.cluster.goesBefore(o, v) && night.end[o] > night.now) &&
        !(this.cluster.goesBefore(v, o) && night.begun[o]),
    )
  }

  #busy(night: Night, n: number): number[] {
    return this.cluster.vms.flatMap((_, v) =>
      night.end[v] > night.now && (night.at[v] === n || night.from[v] === n) ? [v] : [],
    )
  }

  *#workStarted(night: Night, n: number): Generator<Night> {
    const { nodes, policy, horizon } = this.cluster
    const work = this.works[n]!
    const { now } = night
    const end = now + this.#workTicks(n)
    if (end > horizon || end > Number(work.latestEnd ?? Number.POSITIVE_INFINITY) * 1000) return
    if (now < Number(work.earliestStart ?? 0) * 1000 || !this.#open(now, end, [n], undefined)) return
    if (this.#busy(night, n).length > 0 || night.at.some((at, v) => at === n && night.runs[v])) return
    const others = nodes.flatMap((_, o) => (night.work[o] === UNDER_WAY ? [o] : []))
    if (others.length >= policy.maintenanceAtOnce) return
    const apart = (o: number) =>
      (this.#problem.request.notTogether ?? []).some(
        (l) => l.includes(nodes[n].id) && l.includes(nodes[o].id),
      )
    const domain = (o: number) =>
      policy.maintenanceDomain === undefined
        ? 'all'
        : (nodes[o].domains?.[policy.maintenanceDomain] ?? `of ${o}`)
    if (others.some((o) => apart(o) || domain(o) !== domain(n))) return
    if ((work.after ?? []).some((id) => night.work[this.cluster.index(id)] !== DONE)) return
    const rank = (w: ProblemMaintenance) => ({ first: 0, any: 1, last: 2 })[w.position ?? 'any']
    for (let o = 0; o < nodes.length; o++) {
      const other = this.works[o]
      if (other === undefined || o === n) continue
      // A work of lower rank that comes later would break its position; whoever is done or under way has begun.
      if (rank(other) < rank(work) && night.work[o] === UNDER_WAY) return
      if (rank(other) > rank(work) && night.work[o] !== PENDING) return
      if (night.work[o] === DONE && now < night.workEnd[o] + (other.settleSeconds ?? 0) * 1000) return
    }
    const next = copy(night)
    next.work[n] = UNDER_WAY
    next.workEnd[n] = end
    next.last = Math.max(next.last, end)
    yield next
  }

  /** The node of a work in mode `save` is closed from its first save to its last resume. */
  #closed(night: Night, n: number): boolean {
    if (this.works[n]?.mode !== 'save') return false
    return this.cluster.vms.some(
      (vm, v) =>
        this.#home[v] === n &&
        (vm.state ?? 'running') === 'running' &&
        (night.end[v] > night.now
          ? night.from[v] === n && night.doing[v] === 'saves'
          : !night.runs[v] && !night.off[v]),
    )
  }

  /** Saved or shut down where it is, on a drained node or before a work, or woken there after it. */
  *#inPlace(night: Night, v: number, goals: readonly number[]): Generator<Night> {
    const { vms, policy, horizon, drains } = this.cluster
    const n = night.at[v]
    const rests = night.runs[v]
    if ((vms[v].state ?? 'running') !== 'running' || (this.cluster.nodes[n].state ?? 'up') === 'down') return
    const drain = drains.get(vms[v].node)
    const mode = drain ?? (this.works[n] === undefined ? undefined : (this.works[n].mode ?? 'live'))
    if (mode === undefined || (drain !== undefined && (n !== this.#home[v] || !goals.includes(-1 - v))))
      return
    // Each VM rests once, before the work, and is woken once, after it.
    if (drain === undefined ? night.work[n] !== (rests ? PENDING : DONE) : !rests) return
    const saving =
      mode === 'save' && !this.#moves.has(vms[v].id) && (drain !== undefined || this.#home[v] === n)
    const kinds = rests
      ? [
          ...(saving && (vms[v].ways?.includes('save') ?? true) ? (['saves'] as const) : []),
          ...(this.cluster.may(vms[v], 'stop') ? (['stops'] as const) : []),
        ]
      : [night.off[v] ? ('stops' as const) : ('saves' as const)]
    const after = this.works[n]?.featuresAfter
    for (const kind of kinds) {
      if (kind === 'saves' && after !== undefined && !this.#sees(vms[v]).every((f) => after.includes(f)))
        continue
      const seconds =
        kind === 'saves'
          ? vms[v].memoryMiB / policy.saveMiBps
          : rests
            ? policy.stopSeconds
            : policy.startSeconds
      const end = night.now + Math.ceil((seconds + policy.startLagSeconds) * 1000 - 1e-6)
      if (end > horizon || !this.#open(night.now, end, [n], vms[v].id)) continue
      const busy = this.#busy(night, n)
      if (kind === 'saves' && busy.some((o) => night.doing[o] === 'saves')) continue
      if (rests && kind === 'saves' && busy.some((o) => night.at[o] === n && night.from[o] !== n)) continue
      if (!this.#shares(night, v, n, n) || !this.#hasHands(night)) continue
      const next = copy(night)
      next.runs[v] = !rests
      next.off[v] = rests && kind === 'stops'
      next.doing[v] = kind
      next.begun[v] = true
      next.from[v] = n
      next.end[v] = end
      next.last = Math.max(next.last, end)
      if (!rests && kind === 'stops') next.started[v] = n
      if (rests)
        next.penalty += (kind === 'saves' ? policy.savePenaltySeconds : policy.stopPenaltySeconds) * 1000
      yield next
    }
  }

  /** No more restarts and saves are under way than the policy allows, and one may start. */
  #hasHands(night: Night): boolean {
    const others = night.end.filter((end, o) => end > night.now && night.doing[o] !== 'live')
    return others.length < this.cluster.policy.concurrentRestarts
  }

  *#migrated(night: Night, v: number, n: number, goals: readonly number[]): Generator<Night> {
    const { vms, nodes, policy } = this.cluster
    const vm = vms[v]
    const from = night.at[v]
    const { now } = night
    const done = (o: number) => night.work[o] === DONE
    const state = nodes[n].state ?? 'up'
    // What was started where it is stays there: anything else is dearer.
    if (night.started[v] === from && from === this.#home[v]) return
    if ((nodes[from].state ?? 'up') === 'down' || this.cluster.drains.has(nodes[n].id)) return
    if (state !== 'up' && !(state === 'paused' && done(n))) return
    if (night.work[n] === UNDER_WAY || this.#closed(night, n)) return
    const returning = policy.returnHome && n === this.#home[v]
    if (!returning && !(vm.allowedNodes?.includes(nodes[n].id) ?? true)) return
    if (this.#meets(night, v, n)) return
    if (policy.neverBackwards && done(from) && this.works[n] !== undefined && !done(n)) return
    // One that was asked to leave goes once.
    const roams = this.works[this.#home[v]] !== undefined && (vm.state ?? 'running') === 'running'
    if (!roams && this.wished[v] && (from !== this.#home[v] || !goals.includes(-1 - v))) return
    if (!roams && this.#moves.get(vm.id)?.includes(nodes[n].id) === false) return
    const isThere = (o: number) => night.at[o] === n || (night.end[o] > now && night.from[o] === n)
    const there = vms.map((_, o) => o).filter(isThere)
    const saved = there.filter((o) => !night.runs[o])
    if (!this.cluster.fits(v, n, there, saved)) return
    for (const leg of this.#legs(night, v, n)) yield* this.#started(night, v, n, leg)
  }

  /** Every kind of migration by which it could go there, as far as CPU and ways admit. */
  #legs(night: Night, v: number, n: number): Leg[] {
    const { vms, policy } = this.cluster
    const vm = vms[v]
    const after = night.work[n] === DONE ? this.works[n]?.featuresAfter : undefined
    const keeps = this.#keepsRunning(night, v, n, after)
    const runs = (vm.state ?? 'running') === 'running'
    const found: Leg[] = []
    if (keeps && (!runs || this.cluster.may(vm, 'live'))) {
      const given = this.#problem.request.moves?.find((move) => move.vm === vm.id)?.durationSeconds
      const { ticks, blackout } = this.cluster.live(vm, night.at[v], n, [1, 1], given)
      const penalty = Math.max(0, blackout - 1) * policy.blackoutPenaltySeconds
      if (blackout <= (vm.maxBlackoutSeconds ?? Number.POSITIVE_INFINITY))
        found.push({ doing: 'live', ticks, penalty })
    }
    if (runs && keeps && this.cluster.may(vm, 'save')) {
      const ticks = this.cluster.ticks(policy.setupSeconds + (2 * vm.memoryMiB) / policy.saveMiBps)
      found.push({ doing: 'moves', ticks, penalty: policy.savePenaltySeconds })
    }
    if (runs && this.cluster.may(vm, 'restart')) {
      const lost = this.cluster.lostFeaturePenalty(vm, n) / 1000
      const ticks = this.cluster.ticks(policy.restartSeconds)
      found.push({ doing: 'moves', ticks, penalty: policy.restartPenaltySeconds + lost, restarts: true })
    }
    return found
  }

  #keepsRunning(night: Night, v: number, n: number, after: readonly string[] | undefined): boolean {
    const vm = this.cluster.vms[v]
    const start = night.started[v]
    if (start < 0) {
      if (after === undefined) return this.cluster.keepsRunning(vm, n)
      return this.#sees(vm).every((f) => after.includes(f))
    }
    const base = this.cluster.baselineOf(start)
    if (base.vendor !== this.cluster.baselineOf(n).vendor) return false
    return after === undefined || base.features.every((f) => after.includes(f))
  }

  *#started(night: Night, v: number, n: number, { doing, ticks, penalty, restarts }: Leg): Generator<Night> {
    const { vms, nodes, policy, horizon } = this.cluster
    const from = night.at[v]
    const { now } = night
    const end = now + ticks
    if (end > horizon || !this.#open(now, end, [from, n], vms[v].id)) return
    if (doing === 'live') {
      for (const o of [from, n]) {
        const live = this.#busy(night, o).filter((b) => night.doing[b] === 'live')
        if (live.length >= (nodes[o].slots ?? 1)) return
      }
      const underWay = vms.filter((_, o) => night.end[o] > now && night.doing[o] === 'live')
      if (underWay.length >= this.cluster.mostAtOnce(true)) return
    } else if (!this.#hasHands(night)) return
    if (!this.#shares(night, v, from, n, doing === 'live')) return
    const next = copy(night)
    next.at[v] = n
    next.doing[v] = doing
    next.begun[v] = true
    if (restarts) next.started[v] = n
    next.from[v] = from
    next.end[v] = end
    next.last = Math.max(next.last, end)
    next.penalty += policy.migrationPenaltySeconds * 1000
    next.penalty += penalty * 1000
    yield next
  }

  /** What is under way leaves it its share of each network, and is of no serial group of its. */
  #shares(night: Night, v: number, from: number, to: number, live = false): boolean {
    const { vms, networks } = this.cluster
    const underWay = vms.flatMap((_, o) => (night.end[o] > night.now ? [o] : []))
    if (underWay.some((o) => this.cluster.takeTurns(v, o))) return false
    if (!live) return true
    const rate = (o: number, a: number, b: number) => this.cluster.rate(vms[o], a, b, [1, 1])
    return networks.every(({ mibps, crossedBy }) => {
      if (!crossedBy(from, to)) return true
      const held = underWay.filter((o) => night.doing[o] === 'live' && crossedBy(night.from[o], night.at[o]))
      const sum = held.reduce((all, o) => all + rate(o, night.from[o], night.at[o]), rate(v, from, to))
      return sum <= mibps * (1 + 1e-6)
    })
  }

  #sees(vm: { node: string; bootNode?: string; compatibility?: string }): readonly string[] {
    if ((vm.compatibility ?? 'off') !== 'off')
      throw new Error('the reference knows no such sets after a work')
    const { cpu } = this.cluster.nodes[this.cluster.index(vm.bootNode ?? vm.node)]
    if (!('features' in cpu)) throw new Error('the reference takes feature lists only')
    return cpu.features
  }
}

function copy(night: Night): Night {
  const { at, from, runs, off, doing, started, begun, end, work, workEnd } = night
  return {
    ...night,
    at: [...at],
    from: [...from],
    runs: [...runs],
    off: [...off],
    doing: [...doing],
    started: [...started],
    begun: [...begun],
    end: [...end],
    work: [...work],
    workEnd: [...workEnd],
  }
}
