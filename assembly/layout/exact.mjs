// The exact search (src/kernel/exact-layout.ts). Ticks are i32, sums of ticks i64.
export const EXACT = {
  Search: {
    fields: {
      /** Tasks, with the origin, which is the last and starts at 0. */
      taskCount: 'u32',
      choiceCount: 'u32',
      propagatorCount: 'u32',
      tasks: 'SearchTask',
      choices: 'Choice',
      /** The choices' flags: two u32 each, 8-byte aligned. */
      flags: 'address',
      /** Bytes of the flags, those of fixed arcs included. */
      flagBytes: 'u32',
      /** [2 × choices + constants] u32: what the flags are before any decision. */
      initialFlags: 'address',
      /** [choices] addresses of the undecided choices; the decided ones after them. */
      open: 'address',
      /** [choices] their order before any decision, those that are decided from the start last. */
      initialOpen: 'address',
      initialOpenCount: 'u32',
      /** Of the first initialOpenCount, those between tasks that may not overlap. */
      initialHardCount: 'u32',
      /** Cells: who comes before whom on each unary resource, one byte each. */
      cells: 'address',
      cellBytes: 'u32',
      /** What the cells are before any decision. */
      initialCells: 'address',
      propagators: 'Propagator',
      /** Ring of task addresses, and its size − 1; the size is a power of two above the number of tasks. */
      taskRing: 'address',
      taskRingMask: 'u32',
      /** Rings of propagator addresses: unary resources, then the rest. */
      unaryRing: 'address',
      otherRing: 'address',
      propagatorRingMask: 'u32',
      /** [choices] addresses of the flags set, in the order of their setting. */
      decided: 'address',
      /** [choices + 2] f64: mean local rating at each depth. */
      depthMeans: 'address',
      /** [largest member count + 1]. */
      snapshot: 'Snapshot',
      /** [2 × largest member count + 2]. */
      thresholds: 'Threshold',
      /** [largest member count] u32. */
      hits: 'address',
      /** The saved levels, one behind the other, and where their region ends. */
      levels: 'Level',
      levelsEnd: 'address',
      /** [tasks] i32: start of each task in the incumbent, −1 none. */
      hints: 'address',
      /** [choices] what guided search compares, in their order. */
      picks: 'Pick',
      /** [tasks] f64: how far each can move, as of the last guided decision. */
      slacks: 'address',

      // State of the search.
      openCount: 'u32',
      hardCount: 'u32',
      decidedCount: 'u32',
      taskHead: 'u32',
      taskTail: 'u32',
      unaryHead: 'u32',
      unaryTail: 'u32',
      otherHead: 'u32',
      otherTail: 'u32',
      /** Behind the last saved level. */
      levelTop: 'Level',
      depth: 'u32',
      status: 'u32',
      /** 1 where the last propagation failed and its level is still to be undone. */
      failed: 'u32',
      /** Failures and nodes of this call. */
      failures: 'u32',
      nodes: 'u32',
      /** Failures since the last restart, and how many make the next one. */
      sinceRestart: 'u32',
      restartAfter: 'u32',
    },
  },

  SearchTask: {
    bytes: 64,
    fields: {
      est: 'i32',
      lst: 'i32',
      duration: 'i32',
      /** Bit 0: its est has changed, bit 1: its lst. */
      queued: 'u32',
      links: 'Link',
      /** Behind the last one. */
      linksEnd: 'Link',
      /**
       * An interval of its forbidden starts, near the last one looked up: pairs of first and last start, i32, between (MIN, MIN) and
       * (MAX, MAX).
       */
      starts: 'address',
      /** Addresses of the propagators that look at its bounds. */
      watchers: 'address',
      watchersEnd: 'address',
      /** Arcs in the chain that raised its est, or lowered its lst, in this propagation. */
      estChain: 'u32',
      lstChain: 'u32',
    },
  },

  // What one task has to do with another. Its flag says that the task comes first by `lagOut`, the flag's partner (the address with
  // bit 2 flipped) that the other does, by `lagIn`: the later start is at least the earlier start plus the lag.
  Link: { bytes: 16, fields: { flag: 'address', other: 'SearchTask', lagOut: 'i32', lagIn: 'i32' } },

  // A choice between two lags: side 0, B starts lags[0] after A or later; side 1, A starts lags[1] after B or later.
  Choice: {
    bytes: 128,
    fields: {
      taskA: 'SearchTask',
      taskB: 'SearchTask',
      lags: 'i32[2]',
      /** Cells that each side sets, on the first unary resource that the two share and on the second; a cell of no use elsewhere. */
      firstCells: 'address[2]',
      secondCells: 'address[2]',
      /** Its position in `open`, in bytes. */
      slot: 'u32',
      /** 1 where the tasks may not overlap, 0 where the two sides are each other's negation. */
      hard: 'u32',
      /** Addresses of the propagators that look at its flags. */
      readers: 'address',
      readersEnd: 'address',
      /** Address of its flags. */
      flags: 'address',
      /** Side that the incumbent takes. */
      hint: 'u32',
      /** Of each side; their sum. */
      ratings: 'f64[2]',
      ratingSum: 'f64',
      /** 1 where a schedule and its mirror image take different sides. */
      mirrors: 'u32',
    },
  },

  Propagator: {
    bytes: 64,
    fields: {
      /** One of KIND_…. */
      kind: 'u32',
      waiting: 'u32',
      /** Members: how many, and an array of task addresses. For a reservoir the arrivals. */
      memberCount: 'u32',
      members: 'address',
      /** [members × members] bytes: 1 where the first is decided to come before the second. */
      before: 'address',
      /** [members × members] addresses of the flags that say so. For a reservoir: [arrivals × (arrivals + departures)]. */
      pairs: 'address',
      /** [2 × members] orders of the members by est, and by latest end backwards, as the last snapshot left them. */
      orders: 'address',
      /** Intervals closed to all its members. */
      closed: 'Closed',
      /** Behind the last one. */
      closedEnd: 'Closed',
      capacity: 'i32',
      /**
       * [members] i32: units that each holds, and the least of these. For a reservoir: [arrivals + departures] f64, what each takes or gives
       * back.
       */
      demands: 'address',
      leastDemand: 'i32',
      /** Departures of a reservoir: how many, and an array of task addresses. */
      leaverCount: 'u32',
      leavers: 'address',
      /** What the reservoir has free at first. */
      free: 'f64',
    },
  },

  // A closed interval, and the closed time before it.
  Closed: { bytes: 12, fields: { start: 'i32', end: 'i32', before: 'i32' } },

  // A snapshot of a member: bounds and duration in free time, its number among the members.
  Snapshot: { bytes: 32, fields: { est: 'i64', lct: 'i64', duration: 'i64', member: 'u32', task: 'SearchTask' } },

  // A tick and an amount; of an interval its start, its end and the units in use.
  Threshold: { bytes: 24, fields: { tick: 'i64', amount: 'i64', height: 'i64' } },

  // A saved level; the bounds of all tasks follow, i32 est and lst each.
  Level: {
    bytes: 32,
    fields: { flag: 'address', depth: 'u32', openCount: 'u32', hardCount: 'u32', decidedCount: 'u32' },
  },

  // What guided search compares of a choice, close together: the addresses of its tasks' slacks, and the sum of its ratings once more.
  Pick: { bytes: 16, fields: { slackA: 'address', slackB: 'address', rating: 'f64' } },
}
