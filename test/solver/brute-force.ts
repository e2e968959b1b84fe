/**
 * An exact reference for tiny problems, written from the format document alone: it reads the problem as the user writes it and shares
 * nothing with the planner. All targets × kinds are tried, and for each the schedules in which every migration starts at second 0,
 * at the end of a window or at the end of another migration. Those contain an optimum: a migration moved to the left until
 * something stops it frees its source earlier and takes its target's memory no earlier than an end allows. Milliseconds.
 */
import {
  DEFAULT_POLICY,
  type Policy,
  type Problem,
  type ProblemNode,
  type ProblemVm,
} from '../../src/model/problem.js'

interface Job {
  /** Index into `Reference.vms`. */
  vm: number
  from: number
  to: number
  live: boolean
  inPlace: boolean
  duration: number
  /** Forbidden [start, end). */
  closed: readonly (readonly [number, number])[]
  /** Index of the leg that goes before, −1 none. */
  after: number
}

interface Option {
  /** One leg, or two with a stop-over. */
  legs: Omit<Job, 'after'>[]
  /** Where the VM ends. */
  end: number
  penalty: number
  placed: boolean
}

interface Wish {
  vm: number
  options: Option[]
  weight: number
}

export interface Optimum {
  /** Weight left unplaced, priority + 1 each. */
  unplaced: number
  makespan: number
  cost: number
}

export interface Reference {
  /** Least unplaced weight, and least cost among the plans that reach it. */
  best: Optimum
  /** Least makespan of any plan that leaves at most `weight` unplaced. */
  leastMakespan(weight: number): number
  /** Least cost of any such plan. */
  leastCost(weight: number): number
}

const MBPS_OF_MIBPS = 8.388608
const roundUp = (seconds: number) => Math.ceil(seconds * 1000 - 1e-6)

class Cluster {
  readonly nodes: readonly ProblemNode[]
  readonly vms: readonly ProblemVm[]
  readonly policy: Policy
  readonly horizon: number
  readonly #problem: Problem
  readonly drains: Map<string, 'live' | 'save'>

  constructor(problem: Problem) {
    this.#problem = problem
    this.nodes = problem.nodes
    this.vms = problem.vms
    this.policy = { ...DEFAULT_POLICY, ...problem.policy }
    this.horizon = Math.floor(this.policy.horizonSeconds * 1000)
    this.drains = new Map(
      (problem.request.drain ?? []).map((d) =>
        typeof d === 'string' ? [d, 'live'] : [d.node, d.mode ?? 'live'],
      ),
    )
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

  liveTicks(vm: ProblemVm, from: number, to: number): number {
    const { policy } = this
    if ((vm.state ?? 'running') !== 'running') return roundUp(policy.setupSeconds)
    const rate = Math.min(
      ...[from, to].map(
        (n) =>
          (this.nodes[n].migrationMbps * policy.linkEfficiency) / (this.nodes[n].slots ?? 1) / MBPS_OF_MIBPS,
      ),
    )
    let dirty = vm.memoryMiB
    let seconds = policy.setupSeconds
    for (let k = 1; ; k++) {
      const pass = dirty / rate
      seconds += pass
      const next = Math.min(vm.workingSetMiB ?? vm.memoryMiB, (vm.dirtyMiBps ?? 0) * pass)
      if (next <= policy.stopThresholdMiB || next >= dirty || k >= policy.maxPasses) {
        return roundUp(seconds + next / rate)
      }
      dirty = next
    }
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

  #stay(vm: number): Option {
    return { legs: [], end: this.index(this.vms[vm].node), penalty: 0, placed: false }
  }

  /** Every way to bring the VM to the node. */
  waysTo(v: number, to: number, givenSeconds: number | undefined, parking: boolean): Option[] {
    const vm = this.vms[v]
    const { policy } = this
    const from = this.index(vm.node)
    if (to === from || !this.mayReceive(vm, to)) return []
    const leg = (a: number, b: number, live: boolean, duration: number): Omit<Job, 'after'> => ({
      vm: v,
      from: a,
      to: b,
      live,
      inPlace: false,
      duration,
      closed: this.closed(vm, a, b),
    })
    const found: Option[] = []
    const offload = this.offloadPenalty(vm, to)
    const running = (vm.state ?? 'running') === 'running'
    if (this.keepsRunning(vm, to)) {
      const ticks = (a: number) =>
        givenSeconds === undefined ? this.liveTicks(vm, a, to) : roundUp(givenSeconds)
      found.push({ legs: [leg(from, to, true, ticks(from))], end: to, penalty: offload, placed: true })
      if (policy.allowSave && running) {
        const duration = roundUp(policy.setupSeconds + (2 * vm.memoryMiB) / policy.saveMiBps)
        const penalty = offload + policy.savePenaltySeconds * 1000
        found.push({ legs: [leg(from, to, false, duration)], end: to, penalty, placed: true })
      }
      for (let stop = 0; parking && stop < this.nodes.length; stop++) {
        if (stop === from || stop === to) continue
        if (!this.mayReceive(vm, stop) || !this.keepsRunning(vm, stop)) continue
        const legs = [leg(from, stop, true, this.liveTicks(vm, from, stop)), leg(stop, to, true, ticks(stop))]
        found.push({ legs, end: to, penalty: offload, placed: true })
      }
    }
    if (policy.allowRestart && vm.restartable === true && running) {
      const penalty = offload + policy.restartPenaltySeconds * 1000 + this.lostFeaturePenalty(vm, to)
      found.push({
        legs: [leg(from, to, false, roundUp(policy.restartSeconds))],
        end: to,
        penalty,
        placed: true,
      })
    }
    return found
  }

  saveInPlace(v: number): Option[] {
    const vm = this.vms[v]
    const own = this.index(vm.node)
    if ((this.nodes[own].state ?? 'up') === 'down') return []
    const duration = roundUp(vm.memoryMiB / this.policy.saveMiBps)
    const closed = this.closed(vm, own, own)
    const legs = [{ vm: v, from: own, to: own, live: false, inPlace: true, duration, closed }]
    return [{ legs, end: own, penalty: this.policy.savePenaltySeconds * 1000, placed: true }]
  }

  wishes(parking: boolean): Wish[] {
    const found: Wish[] = []
    const asked = new Set<string>()
    const add = (v: number, options: Option[], weight = (this.vms[v].priority ?? 2000) + 1) =>
      found.push({ vm: v, options: [...options, this.#stay(v)], weight })
    const anywhere = (v: number) => this.nodes.flatMap((_, n) => this.waysTo(v, n, undefined, parking))
    for (const { vm, to, durationSeconds } of this.#problem.request.moves ?? []) {
      const v = this.vms.findIndex((x) => x.id === vm)
      asked.add(vm)
      if (this.vms[v].node !== to) add(v, this.waysTo(v, this.index(to), durationSeconds, parking))
    }
    this.vms.forEach((vm, v) => {
      const mode = this.drains.get(vm.node)
      if (asked.has(vm.id)) return
      if (mode === undefined) {
        if (this.policy.allowMakeRoom) add(v, anywhere(v), 0)
      } else if (mode === 'live') add(v, anywhere(v))
      else if ((vm.state ?? 'running') === 'running') add(v, this.saveInPlace(v))
    })
    return found
  }

  memoryOf(vm: ProblemVm): number {
    return (vm.state ?? 'running') === 'running' ? vm.memoryMiB : 0
  }

  /** No VM that the plan moves shares its last node with another of a group of its. */
  groupsHold(wishes: readonly Wish[], taken: readonly Option[]): boolean {
    const end = this.vms.map((vm) => this.index(vm.node))
    const moved = new Set<number>()
    taken.forEach((option, w) => {
      end[wishes[w].vm] = option.end
      if (option.legs.some((l) => !l.inPlace)) moved.add(wishes[w].vm)
    })
    for (const a of moved) {
      for (let b = 0; b < this.vms.length; b++) {
        if (a === b || end[a] !== end[b]) continue
        if ((this.vms[a].antiAffinity ?? []).some((g) => (this.vms[b].antiAffinity ?? []).includes(g)))
          return false
      }
    }
    return true
  }
}

/** Earliest start ≥ from at which the job meets no window. */
function gapFrom(job: Job, from: number): number {
  let start = from
  for (const [a, b] of job.closed) if (a < start + job.duration && b > start) start = b
  return start
}

/** Least makespan of the jobs, if it is below `limit`; else `limit`. */
type Scheduler = (cluster: Cluster, jobs: readonly Job[], limit: number) => number

const timeline: Scheduler = (cluster, jobs, limit) => {
  const { nodes, vms, horizon } = cluster
  const memory = nodes.map((node) =>
    vms.reduce((sum, vm) => sum + (vm.node === node.id ? cluster.memoryOf(vm) : 0), 0),
  )
  const size = jobs.map((j) => cluster.memoryOf(vms[j.vm]))
  const used = nodes.map(() => 0)
  const saving = nodes.map(() => 0)
  const end: number[] = jobs.map(() => -1)
  const released: boolean[] = jobs.map(() => false)
  const windowEnds = [...new Set(jobs.flatMap((j) => j.closed.map((c) => c[1])))].sort((a, b) => a - b)
  let best = limit

  const hold = (j: Job, by: 1 | -1) => {
    if (j.live) {
      used[j.from] += by
      used[j.to] += by
    } else if (j.inPlace) saving[j.from] += by
  }
  const startable = (i: number, now: number) => {
    const j = jobs[i]
    if (end[i] >= 0) return false
    if (j.after >= 0 && !released[j.after]) return false
    if (now + j.duration > horizon || now + j.duration >= best) return false
    if (gapFrom(j, now) !== now) return false
    const slots = (n: number) => nodes[n].slots ?? 1
    if (j.live && (used[j.from] >= slots(j.from) || used[j.to] >= slots(j.to))) return false
    if (j.inPlace) return saving[j.from] === 0
    return memory[j.to] + size[i] <= nodes[j.to].memoryMiB
  }
  /** Decides at `now` for job i and all after it, then lets time run on. */
  const decide = (i: number, now: number, makespan: number): void => {
    if (makespan >= best) return
    if (i === jobs.length) {
      advance(now, makespan)
      return
    }
    if (startable(i, now)) {
      const j = jobs[i]
      end[i] = now + j.duration
      hold(j, 1)
      if (!j.inPlace) memory[j.to] += size[i]
      decide(i + 1, now, Math.max(makespan, end[i]))
      if (!j.inPlace) memory[j.to] -= size[i]
      hold(j, -1)
      end[i] = -1
    }
    decide(i + 1, now, makespan)
  }
  const advance = (now: number, makespan: number): void => {
    if (end.every((e) => e >= 0)) {
      best = makespan
      return
    }
    let next = Number.POSITIVE_INFINITY
    for (const e of end) if (e > now && e < next) next = e
    for (const w of windowEnds) if (w > now && w < next) next = w
    if (next >= best) return
    const freed: number[] = []
    end.forEach((e, i) => {
      if (e !== next || released[i]) return
      freed.push(i)
      released[i] = true
      hold(jobs[i], -1)
      memory[jobs[i].from] -= size[i]
    })
    decide(0, next, makespan)
    for (const i of freed) {
      released[i] = false
      hold(jobs[i], 1)
      memory[jobs[i].from] += size[i]
    }
  }
  decide(0, 0, 0)
  return best
}

/** Barriers: each migration starts as early as its windows allow after its round has begun. */
const rounds: Scheduler = (cluster, jobs, limit) => {
  const { nodes, vms, horizon } = cluster
  const memory = nodes.map((node) =>
    vms.reduce((sum, vm) => sum + (vm.node === node.id ? cluster.memoryOf(vm) : 0), 0),
  )
  const size = jobs.map((j) => cluster.memoryOf(vms[j.vm]))
  let best = limit
  const fits = (members: readonly number[], start: readonly number[]): boolean => {
    const moving = nodes.map(() => 0)
    const saving = nodes.map(() => 0)
    const live: number[] = []
    for (const i of members) {
      const j = jobs[i]
      if (j.inPlace) saving[j.from]++
      else {
        moving[j.from]++
        moving[j.to]++
        live.push(i)
      }
      if (j.after >= 0 && members.includes(j.after)) return false
    }
    if (nodes.some((node, n) => moving[n] > (node.slots ?? 1) || saving[n] > 1)) return false
    return live.every((i) => {
      // At its start: who has left by then is gone, who has begun to arrive is there.
      let there = memory[jobs[i].to]
      for (const k of members) {
        if (!jobs[k].inPlace && jobs[k].to === jobs[i].to && start[k] <= start[i]) there += size[k]
        if (jobs[k].from === jobs[i].to && start[k] + jobs[k].duration <= start[i]) there -= size[k]
      }
      return there <= nodes[jobs[i].to].memoryMiB
    })
  }
  const go = (left: readonly number[], now: number): void => {
    if (left.length === 0) {
      best = Math.min(best, now)
      return
    }
    for (let mask = 1; mask < 1 << left.length; mask++) {
      const members = left.filter((_, b) => (mask >> b) & 1)
      if (members.some((i) => jobs[i].after >= 0 && left.includes(jobs[i].after))) continue
      const start: number[] = []
      let end = now
      for (const i of members) {
        start[i] = gapFrom(jobs[i], now)
        end = Math.max(end, start[i] + jobs[i].duration)
      }
      if (end > horizon || end >= best || !fits(members, start)) continue
      for (const i of members) {
        memory[jobs[i].from] -= size[i]
        if (!jobs[i].inPlace) memory[jobs[i].to] += size[i]
      }
      go(
        left.filter((i) => !members.includes(i)),
        end,
      )
      for (const i of members) {
        memory[jobs[i].from] += size[i]
        if (!jobs[i].inPlace) memory[jobs[i].to] -= size[i]
      }
    }
  }
  go(
    jobs.map((_, i) => i),
    0,
  )
  return best
}

/**
 * Solves the problem exactly; for at most about five VMs that may move, and windows in numbers. With `allowMakeRoom` any VM that
 * was not asked for may leave, needed or not.
 * @param parking also tries every way by a stop-over, wherever it would lead.
 */
export function bruteForce(problem: Problem, schedule: 'timeline' | 'rounds', parking = false): Reference {
  const cluster = new Cluster(problem)
  const wishes = cluster.wishes(parking)
  const scheduler = schedule === 'timeline' ? timeline : rounds
  const known = new Map<string, number>()
  const assignments: { unplaced: number; penalty: number; jobs: Job[]; key: string }[] = []
  const taken: Option[] = []
  const enumerate = (w: number, unplaced: number, penalty: number, key: string): void => {
    if (w === wishes.length) {
      if (!cluster.groupsHold(wishes, taken)) return
      const jobs: Job[] = []
      for (const { legs } of taken) {
        legs.forEach((leg, i) => {
          jobs.push({ ...leg, after: i === 0 ? -1 : jobs.length - 1 })
        })
      }
      assignments.push({ unplaced, penalty, jobs, key })
      return
    }
    wishes[w].options.forEach((option, o) => {
      taken[w] = option
      const left = option.placed ? 0 : wishes[w].weight
      enumerate(w + 1, unplaced + left, penalty + option.penalty, `${key},${o}`)
    })
  }
  enumerate(0, 0, 0, '')

  const beyond = cluster.horizon + 1
  /** Exact makespan of one assignment; > horizon where there is no schedule. */
  const makespanOf = (a: (typeof assignments)[number], limit: number): number => {
    const exact = known.get(a.key)
    if (exact !== undefined) return exact
    const found = scheduler(cluster, a.jobs, limit)
    if (found < limit || limit === beyond) known.set(a.key, found)
    return found
  }
  const least = (
    weight: number,
    withPenalty: boolean,
  ): { unplaced: number; value: number; makespan: number } => {
    let value = Number.POSITIVE_INFINITY
    let makespan = Number.POSITIVE_INFINITY
    let unplaced = Number.POSITIVE_INFINITY
    for (const a of assignments) {
      if (a.unplaced > weight) continue
      const penalty = withPenalty ? a.penalty : 0
      const limit = Math.min(beyond, value - penalty)
      if (limit <= 0) continue
      const m = makespanOf(a, limit)
      if (m > cluster.horizon || m + penalty >= value) continue
      value = m + penalty
      makespan = m
      unplaced = a.unplaced
    }
    return { value, makespan, unplaced }
  }
  assignments.sort((a, b) => a.unplaced - b.unplaced || a.penalty - b.penalty)
  const reachable = assignments.find((a) => makespanOf(a, beyond) <= cluster.horizon)
  if (reachable === undefined) throw new Error('even leaving everything in place has no schedule')
  const best = least(reachable.unplaced, true)
  return {
    best: { unplaced: reachable.unplaced, makespan: best.makespan / 1000, cost: best.value / 1000 },
    leastMakespan: (weight) => least(weight, false).value / 1000,
    leastCost: (weight) => least(weight, true).value / 1000,
  }
}
