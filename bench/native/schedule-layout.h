// Where the scheduler's data lie. The caller (src/kernel/scheduler.ts) allocates every region and writes one struct of counts and
// addresses; the fields here and the list there are in the same order. Ticks are u32 throughout: a start and a duration are both
// at most 0x7ffffff0, so their sum never wraps.

/** A tick that never comes; also the end of the gap that has no end. */
static const u32 NEVER = 0xffffffff;
/** End of a task that is still to be decided. */
static const u32 PENDING = 0xfffffffe;

// The struct: one u32 each, two f64 at the end.
enum { TASK_COUNT = 0 };
enum { RESOURCE_COUNT = 4 };
enum { RESERVOIR_COUNT = 8 };
enum { HORIZON = 12 };
/** 1 where some task has a predecessor. */
enum { CHAINED = 16 };
/** 64-bit words of a set of list positions, even. */
enum { SET_WORDS = 20 };

// Addresses of what the caller placed: [tasks] or [resources], i32 or u32 unless said otherwise.
enum { IN_CAPACITY = 24 };
enum { IN_RESOURCE_A = 28 };
enum { IN_RESOURCE_B = 32 };
enum { IN_DURATION = 36 };
enum { IN_PREDECESSOR = 40 };
/** Address of the task's forbidden intervals: pairs (start, end), closed by (NEVER, NEVER). */
enum { IN_WINDOWS = 44 };
/** Ends of all forbidden intervals, ascending, without repeats, closed by NEVER. */
enum { WINDOW_ENDS = 48 };
/** [reservoirs] f64. */
enum { FREE_MEMORY = 52 };
enum { IN_MEMORY_FROM = 56 };
enum { IN_MEMORY_TO = 60 };
/** f64. */
enum { IN_MEMORY = 64 };
/** f64. */
enum { IN_WEIGHT = 68 };
/** [DURATION_CLASSES] shortest duration of each class, ascending. */
enum { CLASS_SHORTEST = 72 };
/** [tasks] class of the task's duration. */
enum { IN_CLASS = 76 };
/** [resources + 1] first entry of each resource in MEMBERS. */
enum { MEMBER_FIRST = 80 };
/** Tasks of the resources, by resource. */
enum { MEMBERS = 84 };

// Addresses of regions that the kernel fills.
/** [tasks] the list; read by an evaluation, rewritten by annealing. */
enum { ORDER = 88 };
enum { TASKS = 92 };
enum { RESOURCES = 96 };
enum { RESERVOIRS = 100 };
/** Pool of gaps: resources + 2 × tasks + 1. */
enum { GAPS = 104 };
/** Pool of steps: resources + 4 × tasks. */
enum { STEPS = 108 };
/** A set of list positions, a bit for each of its words, and [tasks] a list of positions. */
enum { SETS = 112 };
/** [2 × tasks + 1] u64. */
enum { QUEUE = 116 };
/** [tasks] addresses of task records. */
enum { WAITING = 120 };
/** [tasks] addresses of task records. */
enum { JOINED = 124 };
/** [tasks] start ticks, −1 unscheduled. */
enum { START = 128 };
/** [tasks] rounds, −1 unscheduled. */
enum { ROUND = 132 };
enum { BEST_ORDER = 136 };
enum { BEST_START = 140 };
enum { BEST_ROUND = 144 };
/** [tasks] place of each task in the list, while annealing. */
enum { PLACE = 148 };
/** [resources] finish of each resource where annealing stands. */
enum { FINISHES = 152 };
/** [tasks] tasks left out where annealing stands. */
enum { LEFT_OUT = 156 };
/** [tasks] address of the task's pair, 0 where it needs no room. */
enum { IN_PAIR = 160 };
/** Pair records, and where they end. */
enum { PAIRS = 164 };
enum { PAIRS_END = 168 };
/** [resources + 1] address of each resource's first neighbour. */
enum { NEIGHBOUR_FIRST = 172 };

// Results and derived figures.
enum { MAKESPAN = 176 };
/** f64. */
enum { UNSCHEDULED_WEIGHT = 184 };
/** f64: ticks, the largest load of a resource over its capacity, or the longest task. */
enum { SCALE = 192 };
/** f64: cost of one unit of unscheduled weight while annealing, ticks. */
enum { WEIGHT_COST = 200 };

enum { DURATION_CLASSES = 6 };

// A resource.
enum { RESOURCE_BYTES = 64 };
enum { CAPACITY = 0 };
/** Units in use, or members of the round. */
enum { IN_USE = 4 };
/** Latest end of its tasks. */
enum { FINISH = 8 };
/** Shortest duration > 0 of its tasks: a gap below that is as good as busy. */
enum { SHORTEST = 12 };
/** Where a search stands in its intervals. */
enum { CURSOR = 16 };
/** Address of its first neighbour, and behind its last one. */
enum { NEIGHBOURS = 20 };
enum { NEIGHBOURS_END = 24 };
/** Behind the last neighbour whose tasks have not all started. */
enum { NEIGHBOURS_LIVE = 28 };
/** [DURATION_CLASSES] first gap, or first step, that may take a task of the class. */
enum { FIRSTS = 32 };

// A neighbour of a resource: the other resource of some task, 0 none, and their pair.
enum { NEIGHBOUR_BYTES = 8 };
enum { OTHER = 0 };
enum { PAIR_OF = 4 };

// A pair of resources, or one alone: its tasks that wait, a list in list order through PAIR_NEXT and PAIR_PREVIOUS, 0 none.
enum { PAIR_BYTES = 8 };
enum { PAIR_FIRST = 0 };
enum { PAIR_LAST = 4 };

// A task. The first 64 bytes are what an evaluation reads most.
enum { TASK_SHIFT = 7 };
enum { TASK_BYTES = 128 };
enum { DURATION = 0 };
/** Resource in which it needs room, 0 none; none for a task of no duration. */
enum { ROOM_A = 4 };
enum { ROOM_B = 8 };
enum { WINDOWS = 12 };
/** Task record, 0 none. */
enum { PREDECESSOR = 16 };
/** 4 × the class of its duration. */
enum { CLASS = 20 };
/** 1 where it needs room in two resources that both have capacity 1. */
enum { UNARY = 24 };
/** 4 × its index. */
enum { SLOT = 28 };
/** Reservoir, 0 none; none for a task without memory. */
enum { MEMORY_FROM = 32 };
enum { MEMORY_TO = 36 };
/** f64 */
enum { MEMORY = 40 };
/** f64 */
enum { WEIGHT = 48 };
/** Resource of which it is a member in a round, 0 none. */
enum { MEMBER_A = 56 };
enum { MEMBER_B = 60 };
/** End tick, PENDING or NEVER. */
enum { END = 64 };
/** Tasks that wait for this one to be placed: a list through WAIT_NEXT. */
enum { WAIT_FIRST = 68 };
enum { WAIT_LAST = 72 };
enum { WAIT_NEXT = 76 };
/** First forbidden interval that has not ended. */
enum { WINDOW_CURSOR = 80 };
/** Its place in the list. */
enum { POSITION = 84 };
/** Tick for which it is in the queue to be looked at again, 0 none. */
enum { WAKE = 88 };
/** Its successors: a list through NEXT_SUCCESSOR. */
enum { FIRST_SUCCESSOR = 92 };
enum { NEXT_SUCCESSOR = 96 };
/** Round, NEVER while it has none. */
enum { OWN_ROUND = 100 };
/** Pair of the resources in which it needs room, 0 none. */
enum { PAIR = 104 };
enum { PAIR_NEXT = 108 };
enum { PAIR_PREVIOUS = 112 };

// A reservoir of memory.
enum { RESERVOIR_BYTES = 16 };
/** f64 */
enum { FREE = 0 };
/** Number of the last scan in which a task reserved it. */
enum { RESERVED = 8 };

// A gap [start, end) of a resource of capacity 1. It is in the list of every class whose shortest duration it can take.
enum { GAP_BYTES = 64 };
enum { G_START = 0 };
enum { G_END = 4 };
/** 4 × the highest class in whose list it is. */
enum { G_CLASS = 8 };
/** [DURATION_CLASSES] by class. */
enum { G_NEXT = 16 };
/** [DURATION_CLASSES] by class; of the first one, where its resource would have to begin to be a gap. */
enum { G_PREVIOUS = 40 };

// A step of the usage profile of a resource of larger capacity: it lasts up to the start of the next one, the last for ever.
enum { STEP_BYTES = 16 };
enum { S_START = 0 };
enum { S_COUNT = 4 };
enum { S_NEXT = 8 };
