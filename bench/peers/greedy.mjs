/**
 * A first schedule for the general solvers: their horizon and their hint. Without one, a model of this kind starts from the sum of
 * all durations, and much of the time goes into getting down from there.
 */
import { firstGap, mergeIntervals, unionIntervals } from '../../dist/model/intervals.js'

/** Ticks by which everything would end, one migration after another outside all windows of all nodes and VMs. */
function serialHorizon({ jobs, horizon }) {
  const all = jobs.flatMap(({ options }) => options.flatMap(({ forbidden }) => [...forbidden]))
  const merged = mergeIntervals(all, horizon)
  let now = 0
  for (const { options } of jobs) {
    const duration = Math.max(...options.map((option) => option.duration))
    const start = firstGap(merged, now, duration, horizon)
    if (start < 0) return horizon
    now = start + duration
  }
  return now
}

/** An option for each job: longest jobs first, each where the busier end is least busy afterwards; undefined where one finds no room. */
function chooseTargets({ nodes, jobs, groups }) {
  const load = nodes.map(() => 0)
  const left = nodes.map(({ free }) => free)
  for (const { from, memory } of jobs) left[from] += memory
  const chosen = new Array(jobs.length).fill(-1)
  const shortest = ({ options }) => Math.min(...options.map(({ duration }) => duration))
  const order = [...jobs.keys()].sort(
    (a, b) =>
      jobs[a].options.length - jobs[b].options.length ||
      jobs[b].memory - jobs[a].memory ||
      shortest(jobs[b]) - shortest(jobs[a]),
  )
  const rivals = (j, o) => groups.some(({ arrivals }) => holds(arrivals, j, o) && taken(arrivals))
  const holds = (arrivals, j, o) => arrivals.some(([job, option]) => job === j && option === o)
  const taken = (arrivals) => arrivals.some(([job, option]) => chosen[job] === option)
  for (const j of order) {
    const { from, memory, options } = jobs[j]
    let best = -1
    let least = Number.POSITIVE_INFINITY
    options.forEach(({ to, duration, penalty }, o) => {
      if (memory > left[to] || rivals(j, o)) return
      const cost = Math.max(load[from], load[to]) + duration + penalty
      if (cost < least) {
        best = o
        least = cost
      }
    })
    if (best < 0) return undefined
    chosen[j] = best
    const { to, duration } = options[best]
    left[to] -= memory
    load[from] += duration
    load[to] += duration
  }
  return chosen
}

/** Each job in turn at its earliest gap on both nodes; slots are taken one at a time. */
function serialSchedule({ nodes, jobs, horizon }, chosen) {
  const load = nodes.map(() => 0)
  jobs.forEach(({ from, options }, j) => {
    const { to, duration } = options[chosen[j]]
    load[from] += duration / nodes[from].slots
    load[to] += duration / nodes[to].slots
  })
  const weight = (j) => {
    const { to, duration } = jobs[j].options[chosen[j]]
    return Math.max(load[jobs[j].from], load[to]) * 1e3 + duration
  }
  const busy = nodes.map(({ slots }) => Array.from({ length: slots }, () => []))
  const start = new Array(jobs.length).fill(-1)
  for (const j of [...jobs.keys()].sort((a, b) => weight(b) - weight(a))) {
    const { to, duration, forbidden } = jobs[j].options[chosen[j]]
    let best
    for (const a of busy[jobs[j].from]) {
      for (const b of busy[to]) {
        const closed = unionIntervals(
          forbidden,
          unionIntervals(mergeIntervals(a, horizon), mergeIntervals(b, horizon)),
        )
        const at = firstGap(closed, 0, duration, horizon)
        if (at >= 0 && (best === undefined || at < best.at)) best = { at, a, b }
      }
    }
    if (best === undefined) return undefined
    start[j] = best.at
    for (const lane of [best.a, best.b]) lane.push(best.at, best.at + duration)
  }
  return start
}

/** As time runs, whatever can start starts, heaviest first: for nodes whose memory binds and is given back. */
function eventSchedule({ nodes, jobs, horizon, scarce }, chosen) {
  const start = new Array(jobs.length).fill(-1)
  const option = (j) => jobs[j].options[chosen[j]]
  const end = (j) => start[j] + option(j).duration
  const free = nodes.map((node) => node.free)
  const binding = new Set(scarce.map(({ node }) => node))
  const running = new Set()
  const waiting = new Set([...jobs.keys()].sort((a, b) => jobs[b].memory - jobs[a].memory))
  const inUse = (node) => [...running].filter((j) => jobs[j].from === node || option(j).to === node).length
  for (let now = 0; waiting.size > 0; ) {
    let next = Number.POSITIVE_INFINITY
    for (const j of waiting) {
      const { to, duration, forbidden } = option(j)
      const at = firstGap(forbidden, now, duration, horizon)
      if (at < 0) return undefined
      const room = !binding.has(to) || jobs[j].memory <= free[to]
      const slots = inUse(jobs[j].from) < nodes[jobs[j].from].slots && inUse(to) < nodes[to].slots
      if (at > now) next = Math.min(next, at)
      else if (room && slots) {
        start[j] = now
        free[to] -= jobs[j].memory
        running.add(j)
        waiting.delete(j)
      }
    }
    for (const j of running) next = Math.min(next, end(j))
    if (next === Number.POSITIVE_INFINITY) return undefined
    now = next
    for (const j of running) {
      if (end(j) > now) continue
      running.delete(j)
      free[jobs[j].from] += jobs[j].memory
    }
  }
  return start
}

/**
 * @returns `{ end, hint }`: ticks by which every optimal schedule ends, and, where one was found, a schedule
 *   `hint: { chosen, start, cost }`
 */
export function firstSchedule(model) {
  const worstPenalty = model.jobs.reduce(
    (sum, { options }) => sum + Math.max(...options.map(({ penalty }) => penalty)),
    0,
  )
  // Whatever order memory admits can be followed one migration at a time: some best schedule ends by then.
  const fallback = { end: Math.min(model.horizon, serialHorizon(model) + worstPenalty) }
  const chosen = chooseTargets(model)
  if (chosen === undefined) return fallback
  const departs = model.scarce.some((each) => each.departs)
  const start = departs ? eventSchedule(model, chosen) : serialSchedule(model, chosen)
  if (start === undefined) return fallback
  const penalty = chosen.reduce((sum, o, j) => sum + model.jobs[j].options[o].penalty, 0)
  const makespan = Math.max(0, ...start.map((at, j) => at + model.jobs[j].options[chosen[j]].duration))
  return {
    end: Math.min(fallback.end, makespan + penalty),
    hint: { chosen, start, cost: makespan + penalty },
  }
}
