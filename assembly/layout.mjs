// The records in the kernel's memory: the one description from which scripts/records.mjs makes assembly/records.ts, src/kernel/records.ts
// and bench/native/records.h. The order of fields is free, but for what is visited together; fields are aligned to their size.
//
// A type is a number's (`u32`, `i32`, `u64`, `i64`, `f64`), a record's name for the address of one or of the first of a table, 0 none, or `address`
// for that of plain numbers; `[n]` makes n of them, side by side. `bytes` is the distance of two records in a table, `base` the record
// whose fields come first. Regions that the caller fills are said with their shape; who fills a record is said where it is described.

import { EXACT } from './layout/exact.mjs'
import { MATCHING } from './layout/matching.mjs'
import { MODES } from './layout/modes.mjs'
import { ROUNDS } from './layout/rounds.mjs'
import { DURATION_CLASSES, SCHEDULE } from './layout/schedule.mjs'
import { SINGLE_NODE } from './layout/single-node.mjs'

export const CONSTANTS = {
  /** A tick that never comes; also the end of the gap that has no end. */
  NEVER: 0xffffffff,
  /** End of a task that is still to be decided. */
  PENDING: 0xfffffffe,
  DURATION_CLASSES,
  /** Schemes of schedule generation. */
  SCHEME_SERIAL: 0,
  SCHEME_EVENT: 1,
  SCHEME_ROUNDS: 2,
  /** Flags of a round: a node is in more migrations than it has slots; one meets a forbidden interval. */
  OVER_SLOTS: 1,
  FORBIDDEN: 2,
  /** What a resource of the exact search is. */
  KIND_UNARY: 0,
  KIND_CUMULATIVE: 1,
  KIND_RESERVOIR: 2,
  /** Bytes of a queue for each item that may be in it: an entry, and where the item stands. */
  QUEUE_ITEM_BYTES: 12,
  /** How the exact search stands. */
  RUNNING: 0,
  FOUND: 1,
  REFUTED: 2,
  LIMIT: 3,
  /** The region of levels is full: the caller extends it and calls again. */
  NEEDS_LEVELS: 4,
}

export const RECORDS = { ...MATCHING, ...SINGLE_NODE, ...SCHEDULE, ...MODES, ...EXACT, ...ROUNDS }
