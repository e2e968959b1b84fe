/** What a long plan tells about itself while it runs. */
export interface Progress {
  /** What the planner is doing: `targets`, `bound`, `timeline`, `rounds`, `parking`, `room`. */
  phase: string
  elapsedSeconds: number
  /** Schedules evaluated so far. */
  evaluations: number
  /** Makespan of the incumbent, seconds; undefined before there is one. */
  makespanSeconds: number | undefined
  lowerBoundSeconds: number
  /** (makespan − lower bound) / makespan; undefined before there is an incumbent. */
  gap: number | undefined
  /** VMs that the incumbent leaves unplaced. */
  unplaced: number
}
