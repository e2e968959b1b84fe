// Round scoring (src/kernel/rounds.ts). One more stands before the first, for task −1: no node, no duration, no interval.
export const ROUNDS = {
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

  // What is asked: so many rounds of up to `stride` tasks each.
  RoundBatch: {
    fields: {
      /** Task 0. */
      tasks: 'RoundTask',
      /** [nodes] i32; 0: tasks hold node sets, and every node has one slot. */
      slots: 'address',
      /** [nodes] i32, all 0 before and after. */
      held: 'address',
      /** [count × stride] i32, −1 pads. */
      members: 'address',
      /** [count] i32 */
      starts: 'address',
      stride: 'i32',
      count: 'i32',

      /** [count] u8, i32, f64 and f64. */
      flags: 'address',
      durations: 'address',
      works: 'address',
      penalties: 'address',
    },
  },
}
