// Where the exact search's data lie. The caller (src/kernel/exact-layout.ts) allocates every region and writes one struct of
// counts and addresses; the fields here and the list there are in the same order. Ticks are i32, sums of ticks i64.

// The struct: one u32 each.
/** Tasks, with the origin, which is the last and starts at 0. */
enum { TASK_COUNT = 0 };
enum { CHOICE_COUNT = 4 };
enum { PROPAGATOR_COUNT = 8 };
/** Address of the task records. */
enum { TASKS = 12 };
/** Address of the choice records. */
enum { CHOICES = 16 };
/** Address of the choices' flags: two u32 each, 8-byte aligned. */
enum { FLAGS = 20 };
/** Bytes of FLAGS, those of fixed arcs included. */
enum { FLAG_BYTES = 24 };
/** [2 × choices + constants] u32: what the flags are before any decision. */
enum { INITIAL_FLAGS = 28 };
/** [choices] addresses of the undecided choices; the decided ones after them. */
enum { OPEN = 32 };
/** [choices] their order before any decision, those that are decided from the start last. */
enum { INITIAL_OPEN = 36 };
enum { INITIAL_OPEN_COUNT = 40 };
/** Of the first INITIAL_OPEN_COUNT, those between tasks that may not overlap. */
enum { INITIAL_HARD_COUNT = 44 };
/** Address and bytes of the cells: who comes before whom on each unary resource, one byte each. */
enum { CELLS = 48 };
enum { CELL_BYTES = 52 };
/** What the cells are before any decision. */
enum { INITIAL_CELLS = 56 };
enum { PROPAGATORS = 60 };
/** Ring of task addresses, and its size − 1; the size is a power of two above the number of tasks. */
enum { TASK_RING = 64 };
enum { TASK_RING_MASK = 68 };
/** Rings of propagator addresses: unary resources, then the rest. */
enum { UNARY_RING = 72 };
enum { OTHER_RING = 76 };
enum { PROPAGATOR_RING_MASK = 80 };
/** [choices] addresses of the flags set, in the order of their setting. */
enum { DECIDED = 84 };
/** [choices + 2] f64: mean local rating at each depth. */
enum { DEPTH_MEANS = 88 };
/** [largest member count + 1] snapshot records. */
enum { SNAPSHOT = 92 };
/** [2 × largest member count + 2] threshold records. */
enum { THRESHOLDS = 96 };
/** [largest member count] u32. */
enum { HITS = 100 };
/** Address and end of the saved levels. */
enum { LEVELS = 104 };
enum { LEVELS_END = 108 };
/** [tasks] i32: start of each task in the incumbent, −1 none. */
enum { HINTS = 112 };

// State of the search.
enum { OPEN_COUNT = 116 };
enum { HARD_COUNT = 120 };
enum { DECIDED_COUNT = 124 };
enum { TASK_HEAD = 128 };
enum { TASK_TAIL = 132 };
enum { UNARY_HEAD = 136 };
enum { UNARY_TAIL = 140 };
enum { OTHER_HEAD = 144 };
enum { OTHER_TAIL = 148 };
/** Address after the last saved level. */
enum { LEVEL_TOP = 152 };
enum { DEPTH = 156 };
enum { STATUS = 160 };
/** 1 where the last propagation failed and its level is still to be undone. */
enum { FAILED = 164 };
/** Failures and nodes of this call. */
enum { FAILURES = 168 };
enum { NODES = 172 };
/** Failures since the last restart, and how many make the next one. */
enum { SINCE_RESTART = 176 };
enum { RESTART_AFTER = 180 };
/** [choices] what guided search compares, in their order: PICK records. */
enum { PICKS = 184 };
/** [tasks] f64: how far each can move, as of the last guided decision. */
enum { SLACKS = 188 };
enum { STRUCT_BYTES = 192 };

// Values of STATUS and of what a call returns.
enum { RUNNING = 0 };
enum { FOUND = 1 };
enum { REFUTED = 2 };
enum { LIMIT = 3 };
/** The region of levels is full: the caller extends it and calls again. */
enum { NEEDS_LEVELS = 4 };

// A task.
enum { TASK_BYTES = 64 };
enum { EST = 0 };
enum { LST = 4 };
enum { DURATION = 8 };
/** Bit 0: its est has changed, bit 1: its lst. */
enum { QUEUED = 12 };
/** Its links, first and end. */
enum { LINKS = 16 };
enum { LINKS_END = 20 };
/**
 * An interval of its forbidden starts, near the last one looked up: pairs of first and last start, i32, between (MIN, MIN) and
 * (MAX, MAX).
 */
enum { STARTS = 24 };
/** Propagators that look at its bounds: four addresses, 0 none, those present first. */
enum { WATCHERS = 28 };
enum { WATCHERS_END = 44 };
/** Arcs in the chain that raised its est, or lowered its lst, in this propagation. */
enum { EST_CHAIN = 44 };
enum { LST_CHAIN = 48 };
/** f64 */
enum { MEMORY = 56 };

// A link: what one task has to do with another. Its flag says that the task comes first by `LAG_OUT`, the flag's partner (the address
// with bit 2 flipped) that the other does, by `LAG_IN`: the later start is at least the earlier start plus the lag.
enum { LINK_BYTES = 16 };
enum { FLAG = 0 };
enum { OTHER = 4 };
enum { LAG_OUT = 8 };
enum { LAG_IN = 12 };

// A choice between two lags: side 0, B starts LAG0 after A or later; side 1, A starts LAG1 after B or later.
enum { CHOICE_SHIFT = 7 };
enum { CHOICE_BYTES = 128 };
enum { TASK_A = 0 };
enum { TASK_B = 4 };
/** i32, LAG0 then LAG1. */
enum { LAG = 8 };
/** Cells that side 0 and side 1 set, on the first resource that the two share and on the second; a cell of no use elsewhere. */
enum { CELL_FIRST = 16 };
enum { CELL_SECOND = 24 };
/** Its position in OPEN, in bytes. */
enum { SLOT = 32 };
/** 1 where the tasks may not overlap, 0 where the two sides are each other's negation. */
enum { HARD = 36 };
/** Propagators that look at its flags: four addresses, 0 none, those present first. */
enum { READERS = 40 };
enum { READERS_END = 56 };
/** Address of its flags. */
enum { OWN_FLAGS = 56 };
/** Side that the incumbent takes. */
enum { HINT = 60 };
/** f64, side 0 then side 1; their sum. */
enum { RATING = 64 };
enum { RATING_SUM = 80 };
/** 1 where a schedule and its mirror image take different sides. */
enum { MIRRORS = 88 };

// A propagator.
enum { PROPAGATOR_BYTES = 64 };
enum { KIND = 0 };
enum { WAITING = 4 };
/** Members: how many, and an array of task addresses. For a reservoir the arrivals. */
enum { MEMBER_COUNT = 8 };
enum { MEMBERS = 12 };
/** [members × members] bytes: 1 where the first is decided to come before the second. */
enum { BEFORE = 16 };
/** [members × members] addresses of the flags that say so. For a reservoir: [arrivals × (arrivals + departures)]. */
enum { PAIRS = 20 };
/** [2 × members] orders of the members by est, and by latest end backwards, as the last snapshot left them. */
enum { ORDERS = 24 };
/** Intervals closed to all its members: first, and end. */
enum { CLOSED = 28 };
enum { CLOSED_END = 32 };
enum { CAPACITY = 36 };
/** Departures of a reservoir: how many, and an array of task addresses. */
enum { LEAVER_COUNT = 40 };
enum { LEAVERS = 44 };
/** f64: what the reservoir has free at first. */
enum { FREE = 48 };

// Values of KIND.
enum { UNARY = 0 };
enum { CUMULATIVE = 1 };
enum { RESERVOIR = 2 };

// A closed interval, and the closed time before it: i32 each.
enum { CLOSED_BYTES = 12 };
enum { C_START = 0 };
enum { C_END = 4 };
enum { C_BEFORE = 8 };

// A snapshot of a member: i64 bounds and duration in free time, then its number among the members.
enum { SNAPSHOT_BYTES = 32 };
enum { S_EST = 0 };
enum { S_LCT = 8 };
enum { S_DURATION = 16 };
enum { S_MEMBER = 24 };
enum { S_TASK = 28 };

// A threshold: i64 tick and i64 amount.
enum { THRESHOLD_BYTES = 16 };
enum { T_TICK = 0 };
enum { T_AMOUNT = 8 };

// A saved level; the bounds of all tasks follow, i32 est and lst each.
enum { LEVEL_BYTES = 32 };
enum { L_FLAG = 0 };
enum { L_DEPTH = 4 };
enum { L_OPEN = 8 };
enum { L_HARD = 12 };
enum { L_DECIDED = 16 };

// What guided search compares of a choice, close together: the addresses of its tasks' slacks, and the sum of its ratings once more.
enum { PICK_BYTES = 16 };
enum { PICK_A = 0 };
enum { PICK_B = 4 };
/** f64 */
enum { PICK_RATING = 8 };
