// Multi-mode scheduling (src/kernel/multi-mode.ts, which fills all tables): of a schedule only counts, resources, gaps, steps, lists
// and results are in use.
export const MODES = {
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
      /** [nodes × spaces] f64: what else is free before anything moves, and after what has been placed. */
      spaceFree: 'address',
      spaceNow: 'address',
      /** [spaces] f64, 1: a task that arrives nowhere gives its own back; 0: it keeps it. */
      spaceFreed: 'address',
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
      spaceCount: 'u32',
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
      /** [spaces] f64: what it takes of each. */
      sizes: 'address',
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
