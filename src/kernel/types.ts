/**
 * What the kernel offers to the solver, in indices, ticks and masks. Implemented by `kernel.ts` over the WASM module and by the
 * plain twins in `test/kernel/`. All arrays are read during the call and may be reused afterwards; results are fresh copies.
 */

/** What tasks, or modes, hold beyond their first two resources: any number of entries each. */
export interface Uses {
  /** [tasks or modes + 1] first entry of each. */
  offset: Int32Array
  /** Resources: none twice by the same, nor one of its first two. */
  of: Int32Array
  /** Units of it, 1 … capacity. */
  amount: Int32Array
}

/** What tasks take from reservoirs, and give back, beyond their memory: any number of entries each. */
export interface Transfers {
  /** [tasks + 1] first entry of each. */
  offset: Int32Array
  /** Reservoirs: none that the same task takes from twice, or gives back to twice, its memory included. */
  of: Int32Array
  /** Integers in f64, not 0: taken from the task's start on where > 0, given back at its end where < 0. */
  amount: Float64Array
}

/** What else has to have ended before tasks start, beyond the one predecessor that each has: any number of entries each. */
export interface Precedences {
  /** [tasks + 1] first entry of each. */
  offset: Int32Array
  /** Tasks. */
  of: Int32Array
}

/**
 * A scheduling problem with every decision made but the times: tasks that hold up to two resources each, avoid forbidden
 * intervals, and take memory from the node they arrive at. Length n = task count unless said otherwise.
 */
export interface ScheduleProblem {
  taskCount: number
  resourceCount: number
  /** [resourceCount] tasks that the resource carries at once, ≥ 1. */
  capacity: Int32Array
  /** [n] first resource held during [start, start + duration), −1 none. */
  resourceA: Int32Array
  /** [n] second resource, −1 none, never equal to the first. */
  resourceB: Int32Array
  /** What tasks hold besides these two, of which they hold one unit each; nothing where it is left out. */
  held?: Uses
  /** [n] ticks, ≥ 0. */
  duration: Int32Array
  /** [n] task that must have ended before this one starts, −1 none. Acyclic. */
  predecessor: Int32Array
  /** What else must have ended; nothing where it is left out. Acyclic together. */
  precedences?: Precedences
  /** [n] index of the task's list of forbidden intervals. */
  forbiddenClass: Int32Array
  /** [classes + 1] first interval of each list in `forbidden` (in intervals, not words). */
  forbiddenOffset: Int32Array
  /** [2 × intervals] start and end ticks, half-open; inside a list sorted, disjoint, not touching. */
  forbidden: Int32Array
  /** Reservoirs: nodes whose memory can bind, and what else runs short; 0 where nothing can. */
  memoryNodeCount: number
  /** [memoryNodeCount] KiB free before anything moves; integers in f64; negative where so much has to leave before anything arrives. */
  freeMemory: Float64Array
  /** [n] reservoir that gets `memory` back at the task's end, −1 none. */
  memoryFrom: Int32Array
  /** [n] reservoir that gives `memory` from the task's start on, −1 none. */
  memoryTo: Int32Array
  /** [n] KiB, integers in f64. */
  memory: Float64Array
  /** What tasks take and give back besides; nothing where it is left out. */
  transfers?: Transfers
  /** [n] what it costs to leave the task unscheduled, > 0. */
  weight: Float64Array
  /** Every task ends by this tick. */
  horizon: number
}

/**
 * `serial`: tasks in list order, each at the earliest time at which both its resources, its forbidden intervals and its predecessor
 * allow it, gaps included (active schedules; memory must not bind). `event`: time runs, and at each event the list is scanned
 * and whatever can start starts, a task that waits for memory keeping lower ones off all that it lacks (non-delay; memory
 * respected). `rounds`: barriers; a round takes in list order what can start together, none starts before the last round
 * has ended (memory respected, departures counted at the round's end).
 */
export type GenerationScheme = 'serial' | 'event' | 'rounds'

export interface ScheduleResult {
  /** [n] start tick, −1 unscheduled. */
  start: Int32Array
  /** [n] round of the `rounds` scheme, −1 unscheduled; all 0 for the others. */
  round: Int32Array
  /** Latest end, 0 where nothing is scheduled. */
  makespan: number
  /** Sum of `weight` over unscheduled tasks. */
  unscheduledWeight: number
}

export interface AnnealOptions {
  scheme: GenerationScheme
  /** [n] permutation to begin with. */
  order: Int32Array
  /** Schedule evaluations to spend in this call, ≥ 1. */
  evaluations: number
  /** Evaluations already spent and to be spent in all: places this call on the cooling curve. */
  spent: number
  total: number
  /** Any u32; together with `spent` it fixes the random stream. */
  seed: number
  /** Ends early once everything is scheduled and the makespan is ≤ this. */
  target: number
}

export interface AnnealResult extends ScheduleResult {
  /** [n] best permutation seen. */
  order: Int32Array
  /** [n] permutation at which the search stands: the next call's `order`. */
  current: Int32Array
  evaluations: number
}

/** A `ScheduleProblem` that lives in kernel memory until disposed of. */
export interface Scheduler {
  evaluate(order: Int32Array, scheme: GenerationScheme): ScheduleResult
  anneal(options: AnnealOptions): AnnealResult
  dispose(): void
}

/** What tasks take of their nodes besides memory, at the end; n tasks, integers in f64. */
export interface ModeSpaces {
  count: number
  /** [nodeCount × count] free before anything moves; Infinity: no limit. */
  free: Float64Array
  /** [n × count] ≥ 0 */
  sizes: Float64Array
  /** [count] 1: a task that arrives nowhere gives its own back; 0: it keeps it. */
  freed: Float64Array
}

/**
 * A scheduling problem in which the mode of every task is to be decided as well: which resources it holds, how long, at which node it
 * arrives, at which price. n tasks, m modes.
 */
export interface MultiModeProblem {
  taskCount: number
  resourceCount: number
  /** [resourceCount] tasks that the resource carries at once, ≥ 1. */
  capacity: Int32Array
  /** [n + 1] first mode of each task; the modes of a task are neighbours. */
  modeOffset: Int32Array
  /** [m] resources held during [start, start + duration), −1 none, never equal. */
  resourceA: Int32Array
  resourceB: Int32Array
  /** What modes hold besides, as in `ScheduleProblem`. */
  held?: Uses
  /** [m] ticks, ≥ 0. */
  duration: Int32Array
  /** [m] ticks of cost besides the makespan, ≥ 0 and finite. */
  penalty: Float64Array
  /** [m] node where the task arrives, −1: it arrives nowhere and only gives its memory back. Never its home. */
  node: Int32Array
  /** [m] index of the mode's list of forbidden intervals; offsets and intervals as in `ScheduleProblem`. */
  forbiddenClass: Int32Array
  forbiddenOffset: Int32Array
  forbidden: Int32Array
  nodeCount: number
  /** [nodeCount] KiB free before anything moves; integers in f64. */
  freeMemory: Float64Array
  /** What nodes have little of besides memory; nothing where it is left out. */
  spaces?: ModeSpaces
  groupCount: number
  /** [nodeCount × groupCount] members of each group on each node before anything moves, ≥ 0. */
  groupMembers: Int32Array
  /** [n] node that the task leaves. */
  home: Int32Array
  /** [n] KiB, integers in f64, ≥ 0. */
  memory: Float64Array
  /** [n + 1] first entry of each task in `groups`. */
  groupOffset: Int32Array
  /** Groups that the task is a member of. */
  groups: Int32Array
  /** [n] what it costs to leave the task unscheduled, > 0. */
  weight: Float64Array
  /** Every task ends by this tick. */
  horizon: number
}

/** A list and what it fixes. */
export interface ModeList {
  /** [n] permutation. */
  order: Int32Array
  /**
   * [n] mode that a task takes, counted within the task, −1: the one with the least of max(makespan so far, end) + penalty; equal ones by
   * earlier end, then by the earlier finish of resource B, then by index. A fixed mode that is not admitted counts as −1.
   */
  fixed: Int32Array
}

/**
 * Tasks in list order, each at the earliest time at which both resources and the forbidden intervals of its mode allow it, gaps included. A
 * mode is admitted whose node, after all moves placed so far, has memory and spaces for the task and no member of its groups. So the end state holds
 * whatever is left out; memory *during* the moves is not looked at.
 */
export interface MultiModeResult {
  /** [n] start tick, −1 unscheduled. */
  start: Int32Array
  /** [n] mode, counted within the task, −1 unscheduled. */
  mode: Int32Array
  /** Latest end, 0 where nothing is scheduled. */
  makespan: number
  /** Ticks: sum over the modes taken. */
  penalty: number
  /** Sum of `weight` over unscheduled tasks. */
  unscheduledWeight: number
}

export interface MultiModeAnnealOptions extends ModeList {
  /** As in `AnnealOptions`. */
  evaluations: number
  spent: number
  total: number
  seed: number
  /** Makespan, ticks, below which no resource has to finish: what they finish later counts a little. */
  target: number
  /** Ends early once everything is scheduled and makespan + penalty is ≤ this. */
  enough: number
}

export interface MultiModeAnnealResult extends MultiModeResult {
  /** [n] permutation of the best schedule: with `mode` fixed, or as it was, it generates it. */
  order: Int32Array
  /** Where the search stands: goes into the next call. */
  current: ModeList
  evaluations: number
}

/** A `MultiModeProblem` that lives in kernel memory until disposed of. Least unscheduled weight first, then makespan + penalty. */
export interface MultiModeScheduler {
  evaluate(list: ModeList): MultiModeResult
  anneal(options: MultiModeAnnealOptions): MultiModeAnnealResult
  dispose(): void
}

export interface ExactOptions {
  /** Ticks: find a schedule that ends by then, or prove that there is none. The problem's horizon holds too. */
  target: number
  /** [n] start ticks of an incumbent, −1 none: where ratings say nothing, the search orders tasks as it does. */
  hint: Int32Array
  /**
   * Looks at one of each schedule and its mirror image only, where time can be turned round (no forbidden interval, predecessor
   * or binding memory). Default false.
   */
  mirror?: boolean
  /**
   * [n] 1 where a task keeps the order that it has in `hint` among all such tasks, and the side of each forbidden interval: only the
   * neighbourhood of the incumbent in which the other tasks move is searched, and `refuted` holds for that alone. Default: all free.
   */
  keep?: Uint8Array
  /** What earlier searches learnt of the choices is kept. Default false. */
  keepRatings?: boolean
  /** The incumbent's side of every choice is taken first, not only where ratings are equal. Default false. */
  guided?: boolean
}

export interface ExactRun {
  /** `limit`: what the call could spend was spent before either was known; `run` goes on from there. */
  status: 'found' | 'refuted' | 'limit'
  /** [n] start ticks; empty unless found. */
  start: Int32Array
  /** Dead ends met in this call. */
  failures: number
  /** Decisions taken in this call. */
  nodes: number
}

/**
 * A `ScheduleProblem` of which every task must be scheduled, in kernel memory until disposed of. The same calls give the same
 * answers, and the slices in which failures are granted change nothing. Memory and the time of a node grow with the pairs of tasks that
 * share a resource: for resources of up to about a hundred tasks.
 */
export interface ExactSearch {
  /** Starts over, for another target. */
  begin(options: ExactOptions): void
  /**
   * Spends at most this many failures, ≥ 1, and 4 × as many nodes and a thousand: a dive without failures ends a call too. After `found` or
   * `refuted` it answers the same again.
   */
  run(failures: number): ExactRun
  /**
   * Least makespan in [low, high] that propagation before any choice does not refute, by bisection: no schedule ends earlier,
   * provided that none ends before `low`. `high` is not tested: a makespan that can be had. Ends the search begun.
   */
  rootBound(low: number, high: number): number
  dispose(): void
}

/** Candidate rounds of the tasks of a `RoundScorer`. */
export interface RoundBatch {
  /** Rounds in the batch. */
  count: number
  /** Most tasks that a round holds. */
  stride: number
  /** [count × stride] task indices, −1 pads. */
  tasks: Int32Array
  /** [count] ticks at which the round would start. */
  start: Int32Array
}

export interface RoundTasks {
  nodeCount: number
  /** [nodeCount] */
  slots: Int32Array
  /** [tasks] */
  source: Int32Array
  target: Int32Array
  /** [tasks] ticks. */
  duration: Int32Array
  /** [tasks] offload penalty of the migration, ticks. */
  penalty: Int32Array
  forbiddenClass: Int32Array
  forbiddenOffset: Int32Array
  forbidden: Int32Array
}

export interface RoundScores {
  /** [count] bit 0: a node is in more migrations than it has slots; 1: meets a forbidden interval. 0 = valid. */
  flags: Uint8Array
  /** [count] ticks, the longest member. */
  duration: Int32Array
  /** [count] ticks, the sum over members. */
  work: Float64Array
  /** [count] ticks, the sum over members. */
  penalty: Float64Array
}

/** `RoundTasks` that live in kernel memory until disposed of. */
export interface RoundScorer {
  score(batch: RoundBatch): RoundScores
  dispose(): void
}

/** An undirected graph for matching; parallel edges and edges of weight ≤ 0 are allowed (and never help). */
export interface WeightedGraph {
  vertexCount: number
  /** [edges] end vertices; no loops. */
  endA: Int32Array
  endB: Int32Array
  /** [edges] integer weights, |w| ≤ 2^29 (exactness: the duals are kept doubled in i64). */
  weight: Int32Array
}

export interface Matching {
  /** Exact maximum of the summed weight; an integer ≤ 2^53. */
  weight: number
  /** Edge indices of one maximum-weight matching, ascending. */
  edges: Int32Array
}

/**
 * Jobs of one node with one slot: one after another, none preempted, each around its own forbidden intervals. Equal jobs form a class.
 * All times are ticks.
 */
export interface SingleNodeProblem {
  classCount: number
  /** [classCount] jobs of the class, ≥ 1. */
  count: Int32Array
  /** [classCount] ≥ 1. */
  duration: Int32Array
  /** [classCount] index of the class's list of forbidden intervals. */
  forbiddenClass: Int32Array
  /** As in `ScheduleProblem`; each list with its own content, or bounds get weaker. */
  forbiddenOffset: Int32Array
  forbidden: Int32Array
  /** Pairs, sorted and disjoint: time in which no job of any class can run. May be empty, which weakens bounds. */
  closed: Int32Array
  /** Every job ends by it. */
  horizon: number
  /** A finish below this is as good as this: the search may end with any order that is done by then. ≥ 0. */
  lower: number
  /** Only a finish below this is of interest. */
  upper: number
  /** States to look at, ≥ 0; 0: only the bound that needs no search. */
  maxExpanded: number
}

export interface SingleNodeResult {
  /** No order is done earlier, as far as `lower` and `upper` let one know: at least `lower` and at most `upper`. */
  bound: number
  /** `order` is done by `bound`. False: stopped at a limit, or nothing is done before `upper`. */
  optimal: boolean
  /** States looked at. */
  expanded: number
  /** [jobs] classes in the order of an optimum, each job as early as it can be; empty unless `optimal`. */
  order: Int32Array
}

export interface Kernel {
  /** [rows × columns] 1 where row mask ⊆ column mask. `words` 32-bit words a mask, a multiple of 4 (128-bit lanes). */
  subsetMatrix(rows: Uint32Array, columns: Uint32Array, words: number): Uint8Array
  /** [pairs] population count of `a[i] & ~b[j]`, for all i × j: features that i has and j lacks. */
  missingCounts(rows: Uint32Array, columns: Uint32Array, words: number): Uint16Array
  /** Intersection of the given masks (all of them), `words` words. At least one mask. */
  intersection(masks: Uint32Array, words: number): Uint32Array
  createRoundScorer(tasks: RoundTasks): RoundScorer
  createScheduler(problem: ScheduleProblem): Scheduler
  createMultiModeScheduler(problem: MultiModeProblem): MultiModeScheduler
  createExactSearch(problem: ScheduleProblem): ExactSearch
  maximumWeightMatching(graph: WeightedGraph): Matching
  /** Exact up to 2^62 multisets of jobs; beyond, and beyond its memory, a bound. */
  singleNode(problem: SingleNodeProblem): SingleNodeResult
}
