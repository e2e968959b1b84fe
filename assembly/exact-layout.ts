// Where the exact search's data lie. The caller (src/kernel/exact-layout.ts) allocates every region and writes one struct of
// counts and addresses; the fields here and the list there are in the same order. Ticks are i32, sums of ticks i64.

// The struct: one u32 each.
/** Tasks, with the origin, which is the last and starts at 0. */
export const TASK_COUNT: usize = 0
export const CHOICE_COUNT: usize = 4
export const PROPAGATOR_COUNT: usize = 8
/** Address of the task records. */
export const TASKS: usize = 12
/** Address of the choice records. */
export const CHOICES: usize = 16
/** Address of the choices' flags: two u32 each, 8-byte aligned. */
export const FLAGS: usize = 20
/** Bytes of FLAGS, those of fixed arcs included. */
export const FLAG_BYTES: usize = 24
/** [2 × choices + constants] u32: what the flags are before any decision. */
export const INITIAL_FLAGS: usize = 28
/** [choices] addresses of the undecided choices; the decided ones after them. */
export const OPEN: usize = 32
/** [choices] their order before any decision, those that are decided from the start last. */
export const INITIAL_OPEN: usize = 36
export const INITIAL_OPEN_COUNT: usize = 40
/** Of the first INITIAL_OPEN_COUNT, those between tasks that may not overlap. */
export const INITIAL_HARD_COUNT: usize = 44
/** Address and bytes of the cells: who comes before whom on each unary resource, one byte each. */
export const CELLS: usize = 48
export const CELL_BYTES: usize = 52
/** What the cells are before any decision. */
export const INITIAL_CELLS: usize = 56
export const PROPAGATORS: usize = 60
/** Ring of task addresses, and its size − 1; the size is a power of two above the number of tasks. */
export const TASK_RING: usize = 64
export const TASK_RING_MASK: usize = 68
/** Rings of propagator addresses: unary resources, then the rest. */
export const UNARY_RING: usize = 72
export const OTHER_RING: usize = 76
export const PROPAGATOR_RING_MASK: usize = 80
/** [choices] addresses of the flags set, in the order of their setting. */
export const DECIDED: usize = 84
/** [choices + 2] f64: mean local rating at each depth. */
export const DEPTH_MEANS: usize = 88
/** [largest member count + 1] snapshot records. */
export const SNAPSHOT: usize = 92
/** [2 × largest member count + 2] threshold records. */
export const THRESHOLDS: usize = 96
/** [largest member count] u32. */
export const HITS: usize = 100
/** Address and end of the saved levels. */
export const LEVELS: usize = 104
export const LEVELS_END: usize = 108
/** [tasks] i32: start of each task in the incumbent, −1 none. */
export const HINTS: usize = 112

// State of the search.
export const OPEN_COUNT: usize = 116
export const HARD_COUNT: usize = 120
export const DECIDED_COUNT: usize = 124
export const TASK_HEAD: usize = 128
export const TASK_TAIL: usize = 132
export const UNARY_HEAD: usize = 136
export const UNARY_TAIL: usize = 140
export const OTHER_HEAD: usize = 144
export const OTHER_TAIL: usize = 148
/** Address after the last saved level. */
export const LEVEL_TOP: usize = 152
export const DEPTH: usize = 156
export const STATUS: usize = 160
/** 1 where the last propagation failed and its level is still to be undone. */
export const FAILED: usize = 164
/** Failures and nodes of this call. */
export const FAILURES: usize = 168
export const NODES: usize = 172
/** Failures since the last restart, and how many make the next one. */
export const SINCE_RESTART: usize = 176
export const RESTART_AFTER: usize = 180
/** [choices] what guided search compares, in their order: PICK records. */
export const PICKS: usize = 184
/** [tasks] f64: how far each can move, as of the last guided decision. */
export const SLACKS: usize = 188
export const STRUCT_BYTES: usize = 192

// Values of STATUS and of what a call returns.
export const RUNNING: u32 = 0
export const FOUND: u32 = 1
export const REFUTED: u32 = 2
export const LIMIT: u32 = 3
/** The region of levels is full: the caller extends it and calls again. */
export const NEEDS_LEVELS: u32 = 4

// A task.
export const TASK_BYTES: usize = 64
export const EST: usize = 0
export const LST: usize = 4
export const DURATION: usize = 8
/** Bit 0: its est has changed, bit 1: its lst. */
export const QUEUED: usize = 12
/** Its links, first and end. */
export const LINKS: usize = 16
export const LINKS_END: usize = 20
/**
 * An interval of its forbidden starts, near the last one looked up: pairs of first and last start, i32, between (MIN, MIN) and
 * (MAX, MAX).
 */
export const STARTS: usize = 24
/** Propagators that look at its bounds: four addresses, 0 none, those present first. */
export const WATCHERS: usize = 28
export const WATCHERS_END: usize = 44
/** Arcs in the chain that raised its est, or lowered its lst, in this propagation. */
export const EST_CHAIN: usize = 44
export const LST_CHAIN: usize = 48
/** f64 */
export const MEMORY: usize = 56

// A link: what one task has to do with another. Its flag says that the task comes first by `LAG_OUT`, the flag's partner (the address
// with bit 2 flipped) that the other does, by `LAG_IN`: the later start is at least the earlier start plus the lag.
export const LINK_BYTES: usize = 16
export const FLAG: usize = 0
export const OTHER: usize = 4
export const LAG_OUT: usize = 8
export const LAG_IN: usize = 12

// A choice between two lags: side 0, B starts LAG0 after A or later; side 1, A starts LAG1 after B or later.
export const CHOICE_SHIFT: usize = 7
export const CHOICE_BYTES: usize = 128
export const TASK_A: usize = 0
export const TASK_B: usize = 4
/** i32, LAG0 then LAG1. */
export const LAG: usize = 8
/** Cells that side 0 and side 1 set, on the first resource that the two share and on the second; a cell of no use elsewhere. */
export const CELL_FIRST: usize = 16
export const CELL_SECOND: usize = 24
/** Its position in OPEN, in bytes. */
export const SLOT: usize = 32
/** 1 where the tasks may not overlap, 0 where the two sides are each other's negation. */
export const HARD: usize = 36
/** Propagators that look at its flags: four addresses, 0 none, those present first. */
export const READERS: usize = 40
export const READERS_END: usize = 56
/** Address of its flags. */
export const OWN_FLAGS: usize = 56
/** Side that the incumbent takes. */
export const HINT: usize = 60
/** f64, side 0 then side 1; their sum. */
export const RATING: usize = 64
export const RATING_SUM: usize = 80
/** 1 where a schedule and its mirror image take different sides. */
export const MIRRORS: usize = 88

// A propagator.
export const PROPAGATOR_BYTES: usize = 64
export const KIND: usize = 0
export const WAITING: usize = 4
/** Members: how many, and an array of task addresses. For a reservoir the arrivals. */
export const MEMBER_COUNT: usize = 8
export const MEMBERS: usize = 12
/** [members × members] bytes: 1 where the first is decided to come before the second. */
export const BEFORE: usize = 16
/** [members × members] addresses of the flags that say so. For a reservoir: [arrivals × (arrivals + departures)]. */
export const PAIRS: usize = 20
/** [2 × members] orders of the members by est, and by latest end backwards, as the last snapshot left them. */
export const ORDERS: usize = 24
/** Intervals closed to all its members: first, and end. */
export const CLOSED: usize = 28
export const CLOSED_END: usize = 32
export const CAPACITY: usize = 36
/** Departures of a reservoir: how many, and an array of task addresses. */
export const LEAVER_COUNT: usize = 40
export const LEAVERS: usize = 44
/** f64: what the reservoir has free at first. */
export const FREE: usize = 48

// Values of KIND.
export const UNARY: u32 = 0
export const CUMULATIVE: u32 = 1
export const RESERVOIR: u32 = 2

// A closed interval, and the closed time before it: i32 each.
export const CLOSED_BYTES: usize = 12
export const C_START: usize = 0
export const C_END: usize = 4
export const C_BEFORE: usize = 8

// A snapshot of a member: i64 bounds and duration in free time, then its number among the members.
export const SNAPSHOT_BYTES: usize = 32
export const S_EST: usize = 0
export const S_LCT: usize = 8
export const S_DURATION: usize = 16
export const S_MEMBER: usize = 24
export const S_TASK: usize = 28

// A threshold: i64 tick and i64 amount.
export const THRESHOLD_BYTES: usize = 16
export const T_TICK: usize = 0
export const T_AMOUNT: usize = 8

// A saved level; the bounds of all tasks follow, i32 est and lst each.
export const LEVEL_BYTES: usize = 32
export const L_FLAG: usize = 0
export const L_DEPTH: usize = 4
export const L_OPEN: usize = 8
export const L_HARD: usize = 12
export const L_DECIDED: usize = 16

// What guided search compares of a choice, close together: the addresses of its tasks' slacks, and the sum of its ratings once more.
export const PICK_BYTES: usize = 16
export const PICK_A: usize = 0
export const PICK_B: usize = 4
/** f64 */
export const PICK_RATING: usize = 8
