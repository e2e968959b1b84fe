// Where the data of multi-mode scheduling lie: the struct of schedule-layout.ts, of which only counts, resources, gaps, steps, lists and results
// are in use, goes on with the fields below. The caller (src/kernel/multi-mode.ts) fills all tables.

// Addresses.
/** [tasks] records. */
export const MODE_TASKS: usize = 208
/** [tasks] i32: mode that each task has where annealing stands, −1 unscheduled. */
export const STANDING: usize = 212
/** [tasks] i32: mode that the task must take where it can, counted within the task; −1: the one that ends the schedule first. */
export const FIXED: usize = 216
/** [tasks] i32: mode taken, −1 unscheduled. */
export const CHOSEN: usize = 220
export const BEST_CHOSEN: usize = 224
/** [nodes] f64: KiB free before anything moves. */
export const NODE_FREE: usize = 228
/** [nodes] f64: KiB free after what has been placed. */
export const FREE_NOW: usize = 232
/** [nodes × groups] i32: members on the node before anything moves. */
export const GROUP_COUNT: usize = 236
/** [nodes × groups] i32: members after what has been placed. */
export const GROUP_NOW: usize = 240
/** [groups of all tasks] i32 group indices, by task. */
export const TASK_GROUPS: usize = 244
/** [tasks] tasks that hold the resource that finishes last where annealing stands. */
export const CRITICAL: usize = 248
/** [tasks] u32: latest finish of a resource that the task holds where annealing stands. */
export const LATENESS: usize = 252
export const NODE_COUNT: usize = 256
export const GROUPS: usize = 260
/** f64: sum over tasks of the least penalty of a mode. */
export const LEAST_PENALTY: usize = 264
/** f64, result: penalties of the modes taken. */
export const PENALTY: usize = 272

// A task.
export const MODE_TASK_SHIFT: usize = 6
/** f64, KiB. */
export const T_MEMORY: usize = 0
/** f64 */
export const T_WEIGHT: usize = 8
/** f64 */
export const T_LEAST_PENALTY: usize = 16
/** Addresses of its first mode and of the end of its modes. */
export const T_MODES: usize = 24
export const T_MODES_END: usize = 28
/** i32: node it leaves. */
export const T_HOME: usize = 32
/** Entries in TASK_GROUPS. */
export const T_GROUPS: usize = 36
export const T_GROUPS_END: usize = 40

// A mode. Its first fields are those of a task in schedule-layout.ts that an insertion reads (placement.ts).
export const MODE_SHIFT: usize = 6
export const MODE_BYTES: usize = 64
/** i32: node it arrives at, −1 none. In the place of PREDECESSOR. */
export const M_NODE: usize = 16
/** f64, ticks. */
export const M_PENALTY: usize = 32
