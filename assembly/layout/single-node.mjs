// The single-node search (src/kernel/single-node.ts).
export const SINGLE_NODE = {
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

  // What is asked, and what comes of it.
  JobSearch: {
    fields: {
      classes: 'JobClass',
      classCount: 'i32',
      /** The time that is open to any job, then that of each list of forbidden intervals. */
      stretches: 'Stretch',
      stretchCount: 'i32',
      /** 16 bytes a class and 4 a stretch. */
      scratch: 'address',
      /** As in `clearStates`. */
      states: 'JobState',
      /** States that there is room for; 0: no search, only the first f. */
      room: 'i32',
      slots: 'address',
      slotBits: 'i32',
      queue: 'address',
      lower: 'i32',
      upper: 'i32',
      maxExpanded: 'i32',

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
