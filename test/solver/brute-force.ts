/**
 * An exact reference for tiny problems, written from the format document alone: it reads the problem as the user writes it and shares
 * nothing with the planner. All targets × kinds are tried, and for each the schedules in which every migration starts at second 0,
 * at the end of a window or at the end of another migration. Those contain an optimum: a migration moved to the left until
 * something stops it frees its source earlier and takes its target's memory no earlier than an end allows. Milliseconds.
 */
import type { Plan } from '../../src/model/plan.js'
import type { Problem } from '../../src/model/problem.js'
import { Cluster, type Job, type Option } from './reference-cluster.js'
import { uncoveredAt } from './reference-failures.js'

export interface Optimum {
  /** Weight left unplaced, priority + 1 each. */
  unplaced: number
  /** MiB that the failure of a node leaves without a place, over all nodes; 0 without `tolerateNodeFailure`. */
  uncovered: number
  makespan: number
  cost: number
}

export interface Reference {
  /** Least unplaced weight; among those plans least MiB uncovered; among those least cost. */
  best: Optimum
  /** Least makespan of any plan that leaves at most `weight` unplaced. */
  leastMakespan(weight: number): number
  /** Least cost of any such plan. */
  leastCost(weight: number): number
}

/** Earliest start ≥ from at which the job meets no window. */
function gapFrom(job: Job, from: number): number {
  let start = from
  if (job.duration === 0) return start
  for (const [a, b] of job.closed) if (a < start + job.duration && b > start) start = b
  return start
}

/** What is on each node of each space. */
class Content {
  readonly #spaces: Cluster['spaces']
  readonly #level: number[][]

  constructor({ spaces, nodes, vms }: Cluster) {
    this.#spaces = spaces
    this.#level = spaces.map(({ takes }) =>
      nodes.map(({ id }) => vms.reduce((sum, vm, v) => sum + (vm.node === id ? takes[v] : 0), 0)),
    )
  }

  admits({ vm, to, inPlace }: Job): boolean {
    if (inPlace) return true
    for (const [s, { takes, room }] of this.#spaces.entries())
      if (takes[vm] > 0 && this.#level[s][to] + takes[vm] > room[to]) return false
    return true
  }

  /** `sign` −1: takes it back. */
  arrive({ vm, to, inPlace }: Job, sign: 1 | -1 = 1): void {
    if (inPlace) return
    for (const [s, { takes }] of this.#spaces.entries()) this.#level[s][to] += sign * takes[vm]
  }

  leave({ vm, from, inPlace }: Job, sign: 1 | -1 = 1): void {
    for (const [s, { takes, kept }] of this.#spaces.entries())
      if (!inPlace || !kept) this.#level[s][from] -= sign * takes[vm]
  }
}

/** Least makespan of the jobs, if it is below `limit`; else `limit`. */
type Scheduler = (cluster: Cluster, jobs: readonly Job[], limit: number) => number

const timeline: Scheduler = (cluster, jobs, limit) => {
  const { nodes, vms, horizon } = cluster
  const content = new Content(cluster)
  const used = nodes.map(() => 0)
  const saving = nodes.map(() => 0)
  const underWay = { live: 0, other: 0 }
  const { networks } = cluster
  const flow = networks.map(() => 0)
  /** By VM: where it counts for groups in transit. */
  const where = vms.map((vm) => [cluster.index(vm.node)])
  const end: number[] = jobs.map(() => -1)
  const released: boolean[] = jobs.map(() => false)
  const windowEnds = [...new Set(jobs.flatMap((j) => j.closed.map((c) => c[1])))].sort((a, b) => a - b)
  let best = limit

  const hold = (j: Job, by: 1 | -1) => {
    if (j.duration > 0) underWay[j.live ? 'live' : 'other'] += by
    if (j.live) {
      used[j.from] += by * j.taken[0]
      used[j.to] += by * j.taken[1]
      networks.forEach(({ crossedBy }, n) => {
        if (crossedBy(j.from, j.to)) flow[n] += by * j.rate
      })
    } else if (j.saves) saving[j.from] += by
  }
  const isUnderWay = (i: number) => end[i] >= 0 && !released[i]
  const startable = (i: number, now: number) => {
    const j = jobs[i]
    if (end[i] >= 0) return false
    if (j.after >= 0 && !released[j.after]) return false
    if (!j.waits.every((k) => released[k])) return false
    if (j.duration > 0 && jobs.some((k, o) => isUnderWay(o) && cluster.takeTurns(k.vm, j.vm))) return false
    if (now + j.duration > Math.min(horizon, j.by) || now + j.duration >= best) return false
    if (gapFrom(j, now) !== now) return false
    if (j.duration > 0 && underWay[j.live ? 'live' : 'other'] >= cluster.mostAtOnce(j.live)) return false
    const free = (n: number) => cluster.slots(n) - used[n]
    if (j.live && j.duration > 0 && (free(j.from) < j.taken[0] || free(j.to) < j.taken[1])) return false
    const isFull = ({ mibps, crossedBy }: (typeof networks)[number], n: number) =>
      crossedBy(j.from, j.to) && flow[n] + j.rate > mibps * (1 + 1e-9)
    if (j.live && j.duration > 0 && networks.some(isFull)) return false
    if (j.inPlace) return !j.saves || saving[j.from] === 0
    return !cluster.meets(j.vm, j.to, where) && content.admits(j)
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
      if (j.duration === 0) {
        // It is over before anything else begins: what waited for it, or its memory, may be any of the jobs.
        released[i] = true
        const before = where[j.vm]
        content.arrive(j)
        content.leave(j)
        where[j.vm] = [j.to]
        decide(0, now, Math.max(makespan, now))
        where[j.vm] = before
        content.leave(j, -1)
        content.arrive(j, -1)
        released[i] = false
        end[i] = -1
        decide(i + 1, now, makespan)
        return
      }
      hold(j, 1)
      const before = where[j.vm]
      where[j.vm] = [j.from, j.to]
      content.arrive(j)
      decide(i + 1, now, Math.max(makespan, end[i]))
      content.arrive(j, -1)
      where[j.vm] = before
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
      content.leave(jobs[i])
      where[jobs[i].vm] = [jobs[i].to]
    })
    decide(0, next, makespan)
    for (const i of freed) {
      released[i] = false
      where[jobs[i].vm] = [jobs[i].from, jobs[i].to]
      hold(jobs[i], 1)
      content.leave(jobs[i], -1)
    }
  }
  decide(0, 0, 0)
  return best
}

/** Barriers: each migration starts as early as its windows allow after its round has begun. */
const rounds: Scheduler = (cluster, jobs, limit) => {
  const { nodes, vms, horizon } = cluster
  const content = new Content(cluster)
  const where = vms.map((vm) => cluster.index(vm.node))
  let best = limit
  const fits = (members: readonly number[], start: readonly number[]): boolean => {
    const moving = nodes.map(() => 0)
    const saving = nodes.map(() => 0)
    const live: number[] = []
    for (const i of members) {
      const j = jobs[i]
      moving[j.from] += j.taken[0]
      if (j.saves) saving[j.from]++
      if (!j.inPlace) {
        moving[j.to] += j.taken[1]
        live.push(i)
      }
      if (j.after >= 0 && members.includes(j.after)) return false
      if (j.waits.some((k) => members.includes(k))) return false
      const turns = (k: number) => jobs[k].duration > 0 && cluster.takeTurns(jobs[k].vm, j.vm)
      if (j.duration > 0 && members.some(turns)) return false
      if (start[i] + j.duration > j.by) return false
    }
    for (const kind of [true, false]) {
      if (
        members.filter((i) => jobs[i].live === kind && jobs[i].duration > 0).length > cluster.mostAtOnce(kind)
      )
        return false
    }
    if (nodes.some((_, n) => moving[n] > cluster.slots(n) || saving[n] > 1)) return false
    for (const { mibps, crossedBy } of cluster.networks) {
      const crossing = members.filter(
        (i) => jobs[i].live && jobs[i].duration > 0 && crossedBy(jobs[i].from, jobs[i].to),
      )
      if (crossing.reduce((sum, i) => sum + jobs[i].rate, 0) > mibps * (1 + 1e-9)) return false
    }
    return live.every((i) => {
      const now = where.map((node) => [node])
      for (const k of members) {
        if (start[k] > start[i]) continue
        const gone = start[k] + jobs[k].duration <= start[i]
        now[jobs[k].vm] = gone ? [jobs[k].to] : [jobs[k].from, jobs[k].to]
      }
      if (cluster.meets(jobs[i].vm, jobs[i].to, now)) return false
      // At its start: who has left by then is gone, who has begun to arrive is there.
      const others = members.filter((k) => k !== i)
      const come = others.filter((k) => start[k] <= start[i]).map((k) => jobs[k])
      const gone = others.filter((k) => start[k] + jobs[k].duration <= start[i]).map((k) => jobs[k])
      for (const job of come) content.arrive(job)
      for (const job of gone) content.leave(job)
      const admitted = content.admits(jobs[i])
      for (const job of gone) content.leave(job, -1)
      for (const job of come) content.arrive(job, -1)
      return admitted
    })
  }
  const go = (left: readonly number[], now: number): void => {
    if (left.length === 0) {
      best = Math.min(best, now)
      return
    }
    for (let mask = 1; mask < 1 << left.length; mask++) {
      const members = left.filter((_, b) => (mask >> b) & 1)
      if (members.some((i) => [jobs[i].after, ...jobs[i].waits].some((k) => left.includes(k)))) continue
      const start: number[] = []
      let end = now
      for (const i of members) {
        start[i] = gapFrom(jobs[i], now)
        end = Math.max(end, start[i] + jobs[i].duration)
      }
      if (end > horizon || end >= best || !fits(members, start)) continue
      for (const i of members) {
        where[jobs[i].vm] = jobs[i].to
        content.arrive(jobs[i])
        content.leave(jobs[i])
      }
      go(
        left.filter((i) => !members.includes(i)),
        end,
      )
      for (const i of members) {
        where[jobs[i].vm] = jobs[i].from
        content.leave(jobs[i], -1)
        content.arrive(jobs[i], -1)
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
  const assignments: { unplaced: number; uncovered: number; penalty: number; jobs: Job[]; key: string }[] = []
  const taken: Option[] = []
  const enumerate = (w: number, unplaced: number, penalty: number, key: string): void => {
    if (w === wishes.length) {
      if (!cluster.groupsHold(wishes, taken)) return
      const jobs: Job[] = []
      for (const { legs } of taken) {
        legs.forEach((leg, i) => {
          jobs.push({ ...leg, after: i === 0 ? -1 : jobs.length - 1, waits: [] })
        })
      }
      for (const job of jobs)
        job.waits = jobs.flatMap((other, k) => (cluster.goesBefore(other.vm, job.vm) ? [k] : []))
      const uncovered = cluster.policy.tolerateNodeFailure ? cluster.uncovered(wishes, taken) : 0
      const { end } = cluster.ends(wishes, taken)
      assignments.push({ unplaced, uncovered, penalty: penalty + cluster.endPenalty(end), jobs, key })
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
    mostUncovered = Number.POSITIVE_INFINITY,
  ): { unplaced: number; value: number; makespan: number } => {
    let value = Number.POSITIVE_INFINITY
    let makespan = Number.POSITIVE_INFINITY
    let unplaced = Number.POSITIVE_INFINITY
    for (const a of assignments) {
      if (a.unplaced > weight || a.uncovered > mostUncovered) continue
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
  assignments.sort((a, b) => a.unplaced - b.unplaced || a.uncovered - b.uncovered || a.penalty - b.penalty)
  const reachable = assignments.find((a) => makespanOf(a, beyond) <= cluster.horizon)
  if (reachable === undefined) throw new Error('even leaving everything in place has no schedule')
  const best = least(reachable.unplaced, true, reachable.uncovered)
  return {
    best: {
      unplaced: reachable.unplaced,
      uncovered: reachable.uncovered,
      makespan: best.makespan / 1000,
      cost: best.value / 1000,
    },
    leastMakespan: (weight) => least(weight, false).value / 1000,
    leastCost: (weight) => least(weight, true).value / 1000,
  }
}

/** MiB that the failure of a node leaves without a place after the plan, over all nodes. */
export function uncoveredAfter(problem: Problem, plan: Plan): number {
  const cluster = new Cluster(problem)
  const end = cluster.vms.map((vm) => cluster.index(vm.node))
  const running = cluster.vms.map((vm) => (vm.state ?? 'running') === 'running')
  for (const { vm, to, kind } of plan.migrations) {
    const v = cluster.vms.findIndex(({ id }) => id === vm)
    end[v] = cluster.index(to)
    if (kind === 'save-in-place' || kind === 'stop-in-place') running[v] = false
  }
  return uncoveredAt(cluster, end, running)
}
