// Schedule generation (src/kernel/scheduler.ts). Ticks are u32 throughout: a start and a duration are both at most 0x7ffffff0, so
// their sum never wraps.
/** Durations are in so many classes. */
export const DURATION_CLASSES = 6

export const SCHEDULE = {
  Schedule: {
    fields: {
      taskCount: 'u32',
      resourceCount: 'u32',
      /** Two a task, and all else that tasks hold. */
      useCount: 'u32',
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
      /** [tasks] address of a list of task addresses that ends with 0, 0 where the task has none: its predecessors, and its successors. */
      inBefore: 'address',
      inBehind: 'address',
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
      /** [tasks + 1] address of the first of each task's transfers: of one that has more than its memory, all of them. */
      inTransfers: 'address',
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
      /** [tasks + 1] address of the first of each task's uses. */
      inHeld: 'address',
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
      /** And one more, which stands for the lists of tasks. */
      reservoirs: 'Reservoir',
      /** Pool: resources + uses + 1. */
      gaps: 'Gap',
      /** Pool: resources + 2 × uses. */
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
      /** Largest number of units that a task holds of it. */
      largest: 'u32',
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

  // A resource that a task holds besides its first two, and how much of it.
  Use: { bytes: 8, fields: { resource: 'Resource', units: 'u32' } },

  // What a task takes from a reservoir from its start on; where negative, what it gives back at its end.
  Transfer: { bytes: 16, fields: { reservoir: 'Reservoir', taken: 'f64' } },

  // The other resource of some task, 0 none, and their pair.
  Neighbour: { bytes: 8, fields: { other: 'Resource', pair: 'Pair' } },

  // Two resources, or one alone, and what else some tasks hold besides: those that wait, a list in list order through nextOfPair and previousOfPair.
  Pair: { bytes: 8, fields: { first: 'Task', last: 'Task' } },

  // What an insertion reads of a task, or of a mode.
  Insertion: {
    fields: {
      duration: 'u32',
      /** Resource in which it needs room, 0 none; none for a task of no duration. */
      roomA: 'Resource',
      roomB: 'Resource',
      /** What else it holds; nothing for a task of no duration. */
      held: 'Use',
      heldEnd: 'Use',
      windows: 'address',
      /** 4 × the class of its duration: bytes between a list of the first class and that of its own. */
      klass: 'u32',
      /** 1 where it needs room in two resources that both have capacity 1, and in no other. */
      unary: 'u32',
    },
  },

  // The first 64 bytes are what an evaluation reads most.
  Task: {
    bytes: 128,
    base: 'Insertion',
    fields: {
      /** Addresses of its predecessors, closed by 0; 0 where it has none. */
      before: 'address',
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
      /** Of what else, up to `heldEnd`. */
      joins: 'Use',
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
      /** Addresses of its successors, likewise. */
      behind: 'address',
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
