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
}
