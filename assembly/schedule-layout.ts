// Where the scheduler's data lie. The caller (src/kernel/scheduler.ts) allocates every region and writes one struct of counts and
// addresses; the fields here and the list there are in the same order. Ticks are u32 throughout: a start and a duration are both
// at most 0x7ffffff0, so their sum never wraps.

/** A tick that never comes; also the end of the gap that has no end. */
export const NEVER: u32 = 0xffffffff
/** End of a task that is still to be decided. */
export const PENDING: u32 = 0xfffffffe

// The struct: one u32 each, two f64 at the end.
export const TASK_COUNT: usize = 0
export const RESOURCE_COUNT: usize = 4
export const RESERVOIR_COUNT: usize = 8
export const HORIZON: usize = 12
/** 1 where some task has a predecessor. */
export const CHAINED: usize = 16
/** 64-bit words of a set of list positions, even. */
export const SET_WORDS: usize = 20

// Addresses of what the caller placed: [tasks] or [resources], i32 or u32 unless said otherwise.
export const IN_CAPACITY: usize = 24
export const IN_RESOURCE_A: usize = 28
export const IN_RESOURCE_B: usize = 32
export const IN_DURATION: usize = 36
export const IN_PREDECESSOR: usize = 40
/** Address of the task's forbidden intervals: pairs (start, end), closed by (NEVER, NEVER). */
export const IN_WINDOWS: usize = 44
/** Ends of all forbidden intervals, ascending, without repeats, closed by NEVER. */
export const WINDOW_ENDS: usize = 48
/** [reservoirs] f64. */
export const FREE_MEMORY: usize = 52
export const IN_MEMORY_FROM: usize = 56
export const IN_MEMORY_TO: usize = 60
/** f64. */
export const IN_MEMORY: usize = 64
/** f64. */
export const IN_WEIGHT: usize = 68
/** [DURATION_CLASSES] shortest duration of each class, ascending. */
export const CLASS_SHORTEST: usize = 72
/** [tasks] class of the task's duration. */
export const IN_CLASS: usize = 76
/** [resources + 1] first entry of each resource in MEMBERS. */
export const MEMBER_FIRST: usize = 80
/** Tasks of the resources, by resource. */
export const MEMBERS: usize = 84

// Addresses of regions that the kernel fills.
/** [tasks] the list; read by an evaluation, rewritten by annealing. */
export const ORDER: usize = 88
export const TASKS: usize = 92
export const RESOURCES: usize = 96
export const RESERVOIRS: usize = 100
/** Pool of gaps: resources + 2 × tasks + 1. */
export const GAPS: usize = 104
/** Pool of steps: resources + 4 × tasks. */
export const STEPS: usize = 108
/** (resources + 4) sets of list positions. */
export const SETS: usize = 112
/** [2 × tasks + 1] u64. */
export const QUEUE: usize = 116
/** [tasks] addresses of task records. */
export const WAITING: usize = 120
/** [tasks] addresses of task records. */
export const JOINED: usize = 124
/** [tasks] start ticks, −1 unscheduled. */
export const START: usize = 128
/** [tasks] rounds, −1 unscheduled. */
export const ROUND: usize = 132
export const BEST_ORDER: usize = 136
export const BEST_START: usize = 140
export const BEST_ROUND: usize = 144
/** [tasks] place of each task in the list, while annealing. */
export const PLACE: usize = 148
/** [resources] finish of each resource where annealing stands. */
export const FINISHES: usize = 152
/** [tasks] tasks left out where annealing stands. */
export const LEFT_OUT: usize = 156

// Results and derived figures.
export const MAKESPAN: usize = 160
/** f64. */
export const UNSCHEDULED_WEIGHT: usize = 168
/** f64: ticks, the largest load of a resource over its capacity, or the longest task. */
export const SCALE: usize = 176
/** f64: cost of one unit of unscheduled weight while annealing, ticks. */
export const WEIGHT_COST: usize = 184

export const DURATION_CLASSES: usize = 6

// A resource.
export const RESOURCE_BYTES: usize = 64
export const CAPACITY: usize = 0
/** Units in use, or members of the round. */
export const IN_USE: usize = 4
/** Latest end of its tasks. */
export const FINISH: usize = 8
/** Shortest duration > 0 of its tasks: a gap below that is as good as busy. */
export const SHORTEST: usize = 12
/** Where a search stands in its intervals. */
export const CURSOR: usize = 16
/** Address of its set of waiting list positions. */
export const WAITERS: usize = 20
/** [DURATION_CLASSES] first gap, or first step, that may take a task of the class. */
export const FIRSTS: usize = 32

// A task. The first 64 bytes are what an evaluation reads most.
export const TASK_SHIFT: usize = 7
export const TASK_BYTES: usize = 128
export const DURATION: usize = 0
/** Resource in which it needs room, 0 none; none for a task of no duration. */
export const ROOM_A: usize = 4
export const ROOM_B: usize = 8
export const WINDOWS: usize = 12
/** Task record, 0 none. */
export const PREDECESSOR: usize = 16
/** 4 × the class of its duration. */
export const CLASS: usize = 20
/** 1 where it needs room in two resources that both have capacity 1. */
export const UNARY: usize = 24
/** 4 × its index. */
export const SLOT: usize = 28
/** Reservoir, 0 none; none for a task without memory. */
export const MEMORY_FROM: usize = 32
export const MEMORY_TO: usize = 36
/** f64 */
export const MEMORY: usize = 40
/** f64 */
export const WEIGHT: usize = 48
/** Resource of which it is a member in a round, 0 none. */
export const MEMBER_A: usize = 56
export const MEMBER_B: usize = 60
/** End tick, PENDING or NEVER. */
export const END: usize = 64
/** Tasks that wait for this one to be placed: a list through WAIT_NEXT. */
export const WAIT_FIRST: usize = 68
export const WAIT_LAST: usize = 72
export const WAIT_NEXT: usize = 76
/** First forbidden interval that has not ended. */
export const WINDOW_CURSOR: usize = 80
/** Its place in the list. */
export const POSITION: usize = 84
/** Tick for which it is in the queue to be looked at again, 0 none. */
export const WAKE: usize = 88
/** Its successors: a list through NEXT_SUCCESSOR. */
export const FIRST_SUCCESSOR: usize = 92
export const NEXT_SUCCESSOR: usize = 96
/** Round, NEVER while it has none. */
export const OWN_ROUND: usize = 100

// A reservoir of memory.
export const RESERVOIR_BYTES: usize = 16
/** f64 */
export const FREE: usize = 0
/** Number of the last scan in which a task reserved it. */
export const RESERVED: usize = 8

// A gap [start, end) of a resource of capacity 1. It is in the list of every class whose shortest duration it can take.
export const GAP_BYTES: usize = 64
export const G_START: usize = 0
export const G_END: usize = 4
/** 4 × the highest class in whose list it is. */
export const G_CLASS: usize = 8
/** [DURATION_CLASSES] by class. */
export const G_NEXT: usize = 16
/** [DURATION_CLASSES] by class; of the first one, where its resource would have to begin to be a gap. */
export const G_PREVIOUS: usize = 40

// A step of the usage profile of a resource of larger capacity: it lasts up to the start of the next one, the last for ever.
export const STEP_BYTES: usize = 16
export const S_START: usize = 0
export const S_COUNT: usize = 4
export const S_NEXT: usize = 8
