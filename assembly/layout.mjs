// The records in the kernel's memory: the one description from which scripts/records.mjs makes assembly/records.ts, src/kernel/records.ts
// and bench/native/records.h. The order of fields is free, but for what is visited together; fields are aligned to their size.
//
// A type is a number's (`u32`, `i32`, `u64`, `i64`, `f64`), a record's name for the address of one or of the first of a table, 0 none, or `address`
// for that of plain numbers; `[n]` makes n of them, side by side. `bytes` is the distance of two records in a table, `base` the record
// whose fields come first. Regions that the caller fills are said with their shape; who fills a record is said where it is described.

/** Durations are in so many classes. */
const DURATION_CLASSES = 6

export const CONSTANTS = {
  /** A tick that never comes; also the end of the gap that has no end. */
  NEVER: 0xffffffff,
  /** End of a task that is still to be decided. */
  PENDING: 0xfffffffe,
  DURATION_CLASSES,
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

// Schedule generation (src/kernel/scheduler.ts). Ticks are u32 throughout: a start and a duration are both at most 0x7ffffff0, so
// their sum never wraps.
const SCHEDULE = {
  Schedule: {
    fields: {
      taskCount: 'u32',
      resourceCount: 'u32',
      reservoirCount: 'u32',
      horizon: 'u32',
      /** 1 where some task has a predecessor. */
      chained: 'u32',
      /** 64-bit words of a set of list positions, even. */
      setWords: 'u32',

      // What the caller placed: [tasks] or [resources], i32 or u32 unless said otherwise.
      inCapacity: 'address',
      inResourceA: 'address',
      inResourceB: 'address',
      inDuration: 'address',
      inPredecessor: 'address',
      /** Address of the task's forbidden intervals: pairs (start, end), closed by (NEVER, NEVER). */
      inWindows: 'address',
      /** Ends of all forbidden intervals, ascending, without repeats, closed by NEVER. */
      windowEnds: 'address',
      /** [reservoirs] f64. */
      freeMemory: 'address',
      inMemoryFrom: 'address',
      inMemoryTo: 'address',
      /** f64. */
      inMemory: 'address',
      /** f64. */
      inWeight: 'address',
      /** [DURATION_CLASSES] shortest duration of each class, ascending. */
      classShortest: 'address',
      /** [tasks] class of the task's duration. */
      inClass: 'address',
      /** [resources + 1] first entry of each resource in `members`. */
      memberFirst: 'address',
      /** Tasks of the resources, by resource. */
      members: 'address',
      /** [tasks] address of the task's pair, 0 where it needs no room. */
      inPair: 'address',
      pairs: 'Pair',
      /** Behind the last one. */
      pairsEnd: 'Pair',
      /** [resources + 1] address of each resource's first neighbour. */
      neighbourFirst: 'address',

      // Regions that the kernel fills.
      /** [tasks] the list; read by an evaluation, rewritten by annealing. */
      order: 'address',
      tasks: 'Task',
      resources: 'Resource',
      reservoirs: 'Reservoir',
      /** Pool: resources + 2 × tasks + 1. */
      gaps: 'Gap',
      /** Pool: resources + 4 × tasks. */
      steps: 'Step',
      /** A set of list positions, a bit for each of its words, and [tasks] a list of positions. */
      sets: 'address',
      /** [2 × tasks + 1] u64. */
      queue: 'address',
      /** [tasks] addresses of task records. */
      waiting: 'address',
      /** [tasks] addresses of task records. */
      joined: 'address',
      /** [tasks] start ticks, −1 unscheduled. */
      start: 'address',
      /** [tasks] rounds, −1 unscheduled. */
      round: 'address',
      bestOrder: 'address',
      bestStart: 'address',
      bestRound: 'address',
      /** [tasks] place of each task in the list, while annealing. */
      place: 'address',
      /** [resources] finish of each resource where annealing stands. */
      finishes: 'address',
      /** [tasks] tasks left out where annealing stands. */
      leftOut: 'address',

      // Results and derived figures.
      makespan: 'u32',
      unscheduledWeight: 'f64',
      /** Ticks, the largest load of a resource over its capacity, or the longest task. */
      scale: 'f64',
      /** Cost of one unit of unscheduled weight while annealing, ticks. */
      weightCost: 'f64',
    },
  },

  Resource: {
    bytes: 64,
    fields: {
      capacity: 'u32',
      /** Units in use, or members of the round. */
      inUse: 'u32',
      /** Latest end of its tasks. */
      finish: 'u32',
      /** Shortest duration > 0 of its tasks: a gap below that is as good as busy. */
      shortest: 'u32',
      /** Where a search stands in its gaps, if its capacity is 1, or else in its steps. */
      gapCursor: 'Gap',
      stepCursor: 'Step',
      neighbours: 'Neighbour',
      /** Behind the last one. */
      neighboursEnd: 'Neighbour',
      /** Behind the last neighbour whose tasks have not all started. */
      neighboursLive: 'Neighbour',
      /** By class, the first gap, or else the first step, that may take a task of the class. */
      firsts: `Gap[${DURATION_CLASSES}]`,
    },
  },

  // The other resource of some task, 0 none, and their pair.
  Neighbour: { bytes: 8, fields: { other: 'Resource', pair: 'Pair' } },

  // Two resources, or one alone: its tasks that wait, a list in list order through nextOfPair and previousOfPair.
  Pair: { bytes: 8, fields: { first: 'Task', last: 'Task' } },

  // What an insertion reads of a task, or of a mode.
  Insertion: {
    fields: {
      duration: 'u32',
      /** Resource in which it needs room, 0 none; none for a task of no duration. */
      roomA: 'Resource',
      roomB: 'Resource',
      windows: 'address',
      /** 4 × the class of its duration: bytes between a list of the first class and that of its own. */
      klass: 'u32',
      /** 1 where it needs room in two resources that both have capacity 1. */
      unary: 'u32',
    },
  },

  // The first 64 bytes are what an evaluation reads most.
  Task: {
    bytes: 128,
    base: 'Insertion',
    fields: {
      predecessor: 'Task',
      /** 4 × its index. */
      slot: 'u32',
      /** None for a task without memory. */
      memoryFrom: 'Reservoir',
      memoryTo: 'Reservoir',
      memory: 'f64',
      weight: 'f64',
      /** Resource of which it is a member in a round, 0 none. */
      memberA: 'Resource',
      memberB: 'Resource',
      /** End tick, PENDING or NEVER. */
      end: 'u32',
      /** Tasks that wait for this one to be placed: a list through nextWaiting. */
      firstWaiting: 'Task',
      lastWaiting: 'Task',
      nextWaiting: 'Task',
      /** First forbidden interval that has not ended. */
      windowCursor: 'address',
      /** Its place in the list. */
      position: 'u32',
      /** Tick for which it is in the queue to be looked at again, 0 none. */
      wake: 'u32',
      /** Its successors: a list through nextSuccessor. */
      firstSuccessor: 'Task',
      nextSuccessor: 'Task',
      /** Round, NEVER while it has none. */
      round: 'u32',
      /** Pair of the resources in which it needs room, 0 none. */
      pair: 'Pair',
      nextOfPair: 'Task',
      previousOfPair: 'Task',
    },
  },

  // A reservoir of memory.
  Reservoir: {
    bytes: 16,
    fields: {
      free: 'f64',
      /** Number of the last scan in which a task reserved it. */
      reserved: 'u32',
    },
  },

  // A gap [start, end) of a resource of capacity 1. It is in the list of every class whose shortest duration it can take.
  Gap: {
    bytes: 64,
    fields: {
      start: 'u32',
      end: 'u32',
      /** 4 × the highest class in whose list it is. */
      klass: 'i32',
      /** By class. */
      nexts: `Gap[${DURATION_CLASSES}]`,
      /** By class; of the first one, where its resource would have to begin to be a gap. */
      previous: `Gap[${DURATION_CLASSES}]`,
    },
  },

  // A step of the usage profile of a resource of larger capacity: it lasts up to the start of the next one, the last for ever.
  Step: { bytes: 16, fields: { start: 'u32', count: 'u32', next: 'Step' } },
}

// Multi-mode scheduling (src/kernel/multi-mode.ts, which fills all tables): of a schedule only counts, resources, gaps, steps, lists
// and results are in use.
const MODES = {
  ModeSchedule: {
    base: 'Schedule',
    fields: {
      modeTasks: 'ModeTask',
      /** [tasks] i32: mode that each task has where annealing stands, −1 unscheduled. */
      standing: 'address',
      /** [tasks] i32: mode that the task must take where it can, counted within the task; −1: the one that ends the schedule first. */
      fixed: 'address',
      /** [tasks] i32: mode taken, −1 unscheduled. */
      chosen: 'address',
      bestChosen: 'address',
      /** [nodes] f64: KiB free before anything moves. */
      nodeFree: 'address',
      /** [nodes] f64: KiB free after what has been placed. */
      freeNow: 'address',
      /** [nodes × groups] i32: members on the node before anything moves. */
      groupMembers: 'address',
      /** [nodes × groups] i32: members after what has been placed. */
      groupNow: 'address',
      /** [groups of all tasks] i32 group indices, by task. */
      taskGroups: 'address',
      /** [tasks] tasks that hold the resource that finishes last where annealing stands. */
      critical: 'address',
      /** [tasks] u32: latest finish of a resource that the task holds where annealing stands. */
      lateness: 'address',
      nodeCount: 'u32',
      groupCount: 'u32',
      /** Sum over tasks of the least penalty of a mode. */
      leastPenalty: 'f64',
      /** Result: penalties of the modes taken. */
      penalty: 'f64',
    },
  },

  ModeTask: {
    bytes: 64,
    fields: {
      /** KiB. */
      memory: 'f64',
      weight: 'f64',
      leastPenalty: 'f64',
      modes: 'Mode',
      /** Behind the last one. */
      modesEnd: 'Mode',
      /** Node it leaves. */
      home: 'i32',
      /** First entry in `taskGroups`, and behind the last. */
      groups: 'u32',
      groupsEnd: 'u32',
    },
  },

  Mode: {
    bytes: 64,
    base: 'Insertion',
    fields: {
      /** Node it arrives at, −1 none. */
      node: 'i32',
      /** Ticks. */
      penalty: 'f64',
    },
  },
}

// The exact search (src/kernel/exact-layout.ts). Ticks are i32, sums of ticks i64.
const EXACT = {
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
      /** Propagators that look at its bounds: 0 none, those present first. Two resources and two reservoirs at most. */
      watchers: 'Propagator[4]',
      /** Arcs in the chain that raised its est, or lowered its lst, in this propagation. */
      estChain: 'u32',
      lstChain: 'u32',
      memory: 'f64',
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
      /** Cells that each side sets, on the first resource that the two share and on the second; a cell of no use elsewhere. */
      firstCells: 'address[2]',
      secondCells: 'address[2]',
      /** Its position in `open`, in bytes. */
      slot: 'u32',
      /** 1 where the tasks may not overlap, 0 where the two sides are each other's negation. */
      hard: 'u32',
      /** Propagators that look at its flags: 0 none, those present first. Two resources and two reservoirs at most. */
      readers: 'Propagator[4]',
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

  Threshold: { bytes: 16, fields: { tick: 'i64', amount: 'i64' } },

  // A saved level; the bounds of all tasks follow, i32 est and lst each.
  Level: {
    bytes: 32,
    fields: { flag: 'address', depth: 'u32', openCount: 'u32', hardCount: 'u32', decidedCount: 'u32' },
  },

  // What guided search compares of a choice, close together: the addresses of its tasks' slacks, and the sum of its ratings once more.
  Pick: { bytes: 16, fields: { slackA: 'address', slackB: 'address', rating: 'f64' } },
}

// Round scoring (src/kernel/rounds.ts). One more stands before the first, for task −1: no node, no duration, no interval.
const ROUNDS = {
  RoundTask: {
    bytes: 32,
    fields: {
      /** Where node sets fit into one word, the set of its nodes; else the source and the target. */
      nodes: 'i32[2]',
      /** Duration and penalty. */
      amounts: 'i32[2]',
      firstForbidden: 'address',
      forbiddenCount: 'u32',
    },
  },
}

// Matching (assembly/matching-graph.ts lays its region out and fills it). Nodes, vertices, edges and half-edges are told by number, −1 none.
const MATCHING = {
  // A node is a vertex or, behind these, a blossom. "Top" nodes are in no blossom; sub-nodes of a blossom form a ring.
  MatchNode: {
    bytes: 64,
    fields: {
      /** See assembly/matching.ts. */
      dual: 'i64',
      label: 'i32',
      /** Root vertex of the tree that a labelled top node is in. */
      tree: 'i32',
      parent: 'i32',
      /** The vertex not matched inside. */
      base: 'i32',
      /** Of an inner node: the half-edge to the outer node that reached it. */
      entry: 'i32',
      /** Its vertices are a chain from first to last; first is −1 in a blossom that is not in use. */
      first: 'i32',
      last: 'i32',
      /** Ring. */
      next: 'i32',
      previous: 'i32',
      /** Half-edge to the next of the ring. */
      across: 'i32',
      /** List of the tree's top nodes. */
      nextOfTree: 'i32',
      previousOfTree: 'i32',
      /** Of a blossom: the sub-node with the base. */
      head: 'i32',
      stamp: 'i32',
    },
  },

  // What only a vertex has; one more ends the last adjacency.
  MatchVertex: {
    bytes: 32,
    fields: {
      top: 'i32',
      chain: 'i32',
      /** Half-edge to the vertex it is matched with. */
      mate: 'i32',
      /** Its first half-edge. */
      adjacent: 'address',
      firstOfTree: 'i32',
      seenFrom: 'i32',
      seenEdge: 'i32',
    },
  },

  // An edge that takes part; origin: its index in the caller's list.
  MatchEdge: { bytes: 16, fields: { ends: 'i32[2]', weight: 'i32', origin: 'i32' } },
}

// The single-node search (src/kernel/single-node.ts).
const SINGLE_NODE = {
  // A class of equal jobs.
  JobClass: {
    bytes: 32,
    fields: {
      /** Its step in a state's key: product of the numbers of states of the classes before. */
      radix: 'u64',
      duration: 'i32',
      count: 'i32',
      /** Index of the stretch that its list of forbidden intervals makes, which never is the first. */
      stretch: 'i32',
      /** Its forbidden intervals, pairs of ticks. */
      forbidden: 'address',
      forbiddenCount: 'i32',
    },
  },

  // A stretch of time: its gaps, and the sums.
  Stretch: {
    bytes: 32,
    fields: {
      gaps: 'OpenGap',
      gapCount: 'i32',
      /** Indices of the classes whose jobs count. */
      members: 'address',
      memberCount: 'i32',
      sums: 'SumWord',
      /** 0: sums are not kept and every sum counts as reached. */
      words: 'i32',
      unit: 'i32',
    },
  },

  // A gap: start, end (the largest i32 in the last), and what all gaps before it take together.
  OpenGap: { bytes: 16, fields: { start: 'i32', end: 'i32', before: 'i32' } },

  // A word of the bit set, and the nearest words with a bit before and after it (−1, and the number of words, for none).
  SumWord: { bytes: 16, fields: { bits: 'u64', previous: 'i32', next: 'i32' } },

  JobState: {
    bytes: 24,
    fields: {
      key: 'u64',
      /** Earliest finish known, ticks; UNSEEN in a state just added. */
      finish: 'i32',
      /** Class of the job that was taken last, −1 at the root. */
      last: 'i32',
      /** Place in the queue, −1 out of it. */
      place: 'i32',
    },
  },

  JobResult: {
    fields: {
      bound: 'i32',
      /** 1 where it is the optimum. */
      optimal: 'i32',
      /** States looked at. */
      expanded: 'i32',
      /** [jobs] i32, the region of the order, and its length. */
      order: 'address',
      length: 'i32',
    },
  },
}

export const RECORDS = { ...MATCHING, ...SINGLE_NODE, ...SCHEDULE, ...MODES, ...EXACT, ...ROUNDS }
