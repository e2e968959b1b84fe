/** CP-SAT (OR-Tools) by way of npm `or-tools-wasm`: optional intervals, and every redundant constraint that was found to help. */
import { CpModel, CpSolver, Domain, LinearExpr } from 'or-tools-wasm/cp-sat'
import { firstSchedule } from './greedy.mjs'
import { allowedStarts, gcd } from './model.mjs'

/**
 * PORTFOLIO_WITH_QUICK_RESTART_SEARCH. With several slots it came within 0.05 % of the bound where the default did not improve on its
 * hint; with one it was worse.
 */
const QUICK_RESTART = 5

/** What was fastest on disjunctive models of this kind; linear relaxations help only where targets are chosen. */
function parametersFor(model, seconds, seed) {
  return {
    maxTimeInSeconds: seconds,
    numWorkers: 1,
    randomSeed: seed,
    linearizationLevel: model.jobs.some(({ options }) => options.length > 1) ? 1 : 0,
    useDynamicPrecedenceInDisjunctive: true,
    useStrongPropagationInDisjunctive: true,
    symmetryLevel: 2,
    // One round of probing can take seconds here, after which the solver takes its time for spent.
    cpModelProbingLevel: 0,
    ...(model.nodes.some(({ slots }) => slots > 1) ? { searchBranching: QUICK_RESTART } : {}),
  }
}

const sum = (expressions) => LinearExpr.sum(expressions)
const scaled = (variables, coefficients) => LinearExpr.weightedSum(variables, coefficients)

/** Loads the solver, before any clock starts. */
export async function start() {
  const model = new CpModel()
  model.minimize(model.newIntVar(0, 1))
  await new CpSolver().solve(model, { numWorkers: 1 })
}

/**
 * @returns `{ chosen, start, bound, proven, infeasible, secondsToBest }`; without `chosen` where nothing was found. Seconds from the call.
 */
export async function solve(model, { seconds, seed = 0 }) {
  const began = performance.now()
  const elapsed = () => (performance.now() - began) / 1000
  const first = firstSchedule(model)
  let leftOutWeight = 0
  if (first.hint === undefined && model.jobs.length > 0) {
    leftOutWeight = await leastLeftOut(model, Math.max(0.1, seconds - elapsed()), seed)
    if (leftOutWeight === undefined) return { bound: 0, proven: false, infeasible: false, secondsToBest: 0 }
  }
  const built = build(model, first, leftOutWeight)
  let secondsToBest = 0
  let bound = 0
  const searchBegan = elapsed()
  const solver = new CpSolver()
  const status = await solver.solve(
    built.model,
    parametersFor(model, Math.max(0.1, seconds - elapsed()), seed),
    {
      onSolution: ({ wallTime }) => {
        secondsToBest = searchBegan + wallTime
      },
      onBestBound: (value) => {
        bound = Math.max(bound, value)
      },
    },
  )
  const name = solver.statusName(status)
  if (name === 'MODEL_INVALID') throw new Error('CP-SAT calls the model invalid')
  if (name === 'INFEASIBLE') return { bound, proven: false, infeasible: true, secondsToBest }
  if (name === 'UNKNOWN') return { bound, proven: false, infeasible: false, secondsToBest }
  const { chosen, starts } = built.read(solver)
  return {
    chosen,
    start: starts,
    bound: Math.max(bound, solver.bestObjectiveBound()),
    proven: name === 'OPTIMAL',
    infeasible: false,
    secondsToBest,
  }
}

/** Least weight that any placement leaves out, times aside; undefined where the limit came first. */
async function leastLeftOut(model, seconds, seed) {
  const cp = new CpModel()
  const placed = placements(cp, model, true)
  placementRules(cp, model, placed)
  const weights = model.jobs.map(({ weight }) => weight)
  cp.minimize(scaled(placed.leftOut, weights))
  const solver = new CpSolver()
  const status = await solver.solve(cp, { maxTimeInSeconds: seconds, numWorkers: 1, randomSeed: seed })
  return solver.statusName(status) === 'OPTIMAL' ? Math.round(solver.objectiveValue()) : undefined
}

/** A literal for each option of each job, and one for being left out where that may be. */
function placements(cp, model, mayLeaveOut) {
  const literals = model.jobs.map(({ options }) =>
    options.length === 1 && !mayLeaveOut ? [undefined] : options.map(() => cp.newBoolVar()),
  )
  const leftOut = mayLeaveOut ? model.jobs.map(() => cp.newBoolVar()) : []
  literals.forEach((list, j) => {
    if (list[0] !== undefined) cp.addExactlyOne(mayLeaveOut ? [...list, leftOut[j]] : list)
  })
  const one = cp.newConstant(1)
  return {
    literals,
    leftOut,
    /** 0/1 expression. */
    expression: (j, o) => literals[j][o] ?? one,
  }
}

/** Memory at the end and anti-affinity. */
function placementRules(cp, model, placed) {
  for (const { node } of model.scarce) {
    const variables = []
    const memory = []
    let free = model.nodes[node].free
    model.jobs.forEach((job, j) => {
      job.options.forEach(({ to }, o) => {
        if (to !== node && job.from !== node) return
        variables.push(placed.expression(j, o))
        memory.push(to === node ? job.memory : -job.memory)
      })
    })
    const divisor = memory.reduce((a, b) => gcd(a, Math.abs(b)), 0) || 1
    free = Math.floor(free / divisor)
    const total = memory.reduce((a, b) => a + Math.abs(b), 0)
    cp.addLinearConstraint(
      scaled(
        variables,
        memory.map((m) => m / divisor),
      ),
      -total,
      free,
    )
  }
  for (const { arrivals, stays } of model.groups) {
    const literals = arrivals.map(([j, o]) => placed.expression(j, o))
    cp.addLinearConstraint(sum(literals), 0, 1)
    if (placed.leftOut.length === 0) continue
    for (const j of stays)
      for (const literal of literals) cp.addLinearConstraint(sum([literal, placed.leftOut[j]]), 0, 1)
  }
}

function build(model, { end, hint }, leftOutWeight) {
  const cp = new CpModel()
  const { nodes, jobs, scarce } = model
  const mayLeaveOut = leftOutWeight > 0
  const placed = placements(cp, model, mayLeaveOut)
  if (mayLeaveOut)
    cp.addLinearConstraint(
      scaled(
        placed.leftOut,
        jobs.map(({ weight }) => weight),
      ),
      0,
      leftOutWeight,
    )
  placementRules(cp, model, placed)

  const makespan = cp.newIntVar(0, end)
  const tasks = [] // of each node: { interval, duration, present }
  for (const _ of nodes) tasks.push([])
  const starts = jobs.map(({ options, from }, j) =>
    options.map((option, o) => {
      const ranges = allowedStarts(option, end)
      const literal = placed.literals[j][o]
      if (ranges.length === 0) {
        cp.addLinearConstraint(placed.expression(j, o), 0, 0)
        return undefined
      }
      const start = cp.newIntVarFromDomain(Domain.fromIntervals(ranges))
      const { duration, to } = option
      const interval =
        literal === undefined
          ? cp.newFixedSizeIntervalVar(start, duration)
          : cp.newOptionalFixedSizeIntervalVar(start, duration, literal)
      const ends = cp.addLinearConstraint(scaled([makespan, start], [1, -1]), duration, end)
      if (literal !== undefined) ends.onlyEnforceIf(literal)
      for (const node of [from, to])
        tasks[node].push({ interval, duration, present: placed.expression(j, o) })
      return start
    }),
  )
  const choosesTargets = jobs.some(({ options }) => options.length > 1)
  const nodeEnds = nodes.map((node, n) => oneNode(cp, node, tasks[n], makespan, end, choosesTargets))
  for (const { node, departs } of scarce) if (departs) reservoir(cp, model, node, placed, starts)
  breakSymmetry(cp, model, starts, makespan)

  const penalties = jobs.flatMap(({ options }, j) =>
    options.map(({ penalty }, o) => ({ penalty, literal: placed.expression(j, o) })),
  )
  const paid = penalties.filter(({ penalty }) => penalty > 0)
  cp.minimize(
    scaled([makespan, ...paid.map(({ literal }) => literal)], [1, ...paid.map(({ penalty }) => penalty)]),
  )
  if (hint !== undefined) addHint(cp, model, { placed, starts, makespan, nodeEnds }, hint)

  return {
    model: cp,
    read(solver) {
      const chosen = jobs.map(({ options }, j) =>
        options.findIndex(
          (_, o) => placed.literals[j][o] === undefined || solver.value(placed.literals[j][o]) === 1,
        ),
      )
      return { chosen, starts: chosen.map((o, j) => (o < 0 ? -1 : solver.value(starts[j][o]))) }
    },
  }
}

/**
 * Slots, windows as fixed intervals, and the work of the node against the time that it has. Returns the variables that it adds, for
 * the hint: when the node is done, and for each window whether that is after it.
 */
function oneNode(cp, { slots, windows }, tasks, makespan, end, choosesTargets) {
  if (tasks.length === 0) return undefined
  const closed = []
  for (let i = 0; i < windows.length && windows[i] < end; i += 2) {
    closed.push({ start: windows[i], end: Math.min(windows[i + 1], end) })
  }
  // Domains of starts know the windows already. As intervals too they help where targets are fixed, and hindered where not.
  const fixed = (choosesTargets ? [] : closed).map((w) =>
    cp.newFixedSizeIntervalVar(w.start, w.end - w.start),
  )
  const intervals = [...tasks.map(({ interval }) => interval), ...fixed]
  if (slots === 1) cp.addNoOverlap(intervals)
  else {
    cp.addCumulative(intervals, [...tasks.map(() => 1), ...fixed.map(() => slots)], slots)
  }
  // The node is done at `done`, never inside a window; what it works, and every window before that, fits before it.
  const open = []
  let from = 0
  for (const window of closed) {
    open.push([from, window.start])
    from = window.end + 1
  }
  if (from <= end) open.push([from, end])
  const done = cp.newIntVarFromDomain(Domain.fromIntervals(open))
  cp.addLinearConstraint(scaled([makespan, done], [1, -1]), 0, end)
  const variables = tasks.map(({ present }) => present)
  const coefficients = tasks.map(({ duration }) => duration)
  const passed = closed.map((window) => {
    const after = cp.newBoolVar()
    cp.addLinearConstraint(done, window.end + 1, end + 1).onlyEnforceIf(after)
    cp.addLinearConstraint(done, 0, window.start).onlyEnforceIf(after.not())
    variables.push(after)
    coefficients.push(slots * (window.end - window.start))
    return { after, window }
  })
  const work = coefficients.reduce((a, b) => a + b, 0)
  cp.addLinearConstraint(
    scaled([done, ...variables], [slots, ...coefficients.map((c) => -c)]),
    0,
    slots * end + work,
  )
  return { done, passed }
}

/** Departures give memory back at their end, arrivals take it at their start; at one instant both count. */
function reservoir(cp, { nodes, jobs }, node, placed, starts) {
  const times = []
  const changes = []
  const active = []
  jobs.forEach(({ from, memory, options }, j) => {
    if (memory === 0) return
    options.forEach(({ to, duration }, o) => {
      const start = starts[j][o]
      if (start === undefined || (from !== node && to !== node)) return
      times.push(from === node ? scaled([start, cp.newConstant(1)], [1, duration]) : start)
      changes.push(from === node ? memory : -memory)
      active.push(placed.literals[j][o] ?? true)
    })
  })
  const divisor = changes.reduce((a, b) => gcd(a, Math.abs(b)), 0) || 1
  const levels = changes.map((c) => c / divisor)
  const most = levels.reduce((a, b) => a + Math.max(0, b), 0)
  cp.addReservoirConstraint(times, levels, -Math.floor(nodes[node].free / divisor), most, active)
}

/** Alike jobs of fixed targets in a fixed order; and, where time can be turned round, the longest job in the first half. */
function breakSymmetry(cp, { nodes, jobs, scarce }, starts, makespan) {
  const alike = new Map()
  jobs.forEach(({ from, memory, options }, j) => {
    if (options.length !== 1 || nodes[from].slots > 1 || nodes[options[0].to].slots > 1) return
    const { to, duration, forbidden } = options[0]
    if (starts[j][0] === undefined) return
    const key = `${from} ${to} ${duration} ${memory} ${forbidden.join()}`
    const before = alike.get(key)
    if (before !== undefined)
      cp.addLinearConstraint(
        scaled([starts[j][0], starts[before][0]], [1, -1]),
        duration,
        Number.MAX_SAFE_INTEGER,
      )
    alike.set(key, j)
  })
  const reversible =
    jobs.length > 1 &&
    scarce.length === 0 &&
    alike.size === jobs.length &&
    jobs.every(({ options }) => options.length === 1 && options[0].forbidden.length === 0)
  if (!reversible) return
  const longest = jobs.reduce(
    (best, { options }, j) => (options[0].duration > jobs[best].options[0].duration ? j : best),
    0,
  )
  const { duration } = jobs[longest].options[0]
  cp.addLinearConstraint(scaled([makespan, starts[longest][0]], [1, -2]), duration, Number.MAX_SAFE_INTEGER)
}

function addHint(cp, { nodes, jobs }, { placed, starts, makespan, nodeEnds }, { chosen, start }) {
  const ends = nodes.map(() => 0)
  jobs.forEach(({ from, options }, j) => {
    options.forEach((option, o) => {
      const literal = placed.literals[j][o]
      if (literal !== undefined) cp.addHint(literal, o === chosen[j])
      // The start of an option that is not taken may be anything allowed.
      if (starts[j][o] !== undefined)
        cp.addHint(starts[j][o], o === chosen[j] ? start[j] : allowedStarts(option, Infinity)[0][0])
    })
    const { to, duration } = options[chosen[j]]
    for (const node of [from, to]) ends[node] = Math.max(ends[node], start[j] + duration)
  })
  cp.addHint(makespan, Math.max(...ends))
  nodeEnds.forEach((added, n) => {
    if (added === undefined) return
    cp.addHint(added.done, ends[n])
    for (const { after, window } of added.passed) cp.addHint(after, ends[n] > window.end)
  })
}
