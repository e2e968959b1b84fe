/**
 * Spaces in transit without times: where each VM stands, and one migration after another.
 *
 * What is left out loses nothing. Take any plan that respects memory, and the other spaces like it, and do its migrations one at a time in the order in which they *start*.
 * When one's turn comes, all that had started before it have ended: what had arrived on its target or was on the way there counts in both
 * worlds; what was leaving it may still have counted in the plan and is gone here. So the target holds no more than in the plan, and
 * the migration fits. Hence a set of moves that no order of single migrations can do has no plan at all, whatever slots, windows and
 * horizon are. The reverse needs time: an order becomes a plan only if windows and horizon leave room for it.
 *
 * A migration that is admissible leaves its target within its spaces, and its source with more free than before: an order is a walk
 * between states none of which overfills what it enters. Walked backwards from the end it is an order of the reversed problem.
 */

/** A VM that has to get, or with `evictable` may be sent, to one of its targets, straight or by way of one stop. */
export interface Mover {
  /** By space: what it takes. */
  sizes: readonly number[]
  /** Of all of them, to compare movers by. */
  bulk: number
  home: number
  targets: readonly number[]
  /** Nodes on which it may stop over. */
  stops: readonly number[]
  /** Not asked for: it may stay where it is. */
  evictable: boolean
  /** Movers, by index, that have to be where they shall be before it begins. */
  after: readonly number[]
}

export interface Places {
  /** By space: free at the start by place: the nodes, and after them one place with room for all, where VMs saved in place go. May be negative. */
  free: readonly Float64Array[]
  movers: readonly Mover[]
}

/** One migration of an order. */
export interface Step {
  mover: number
  from: number
  to: number
}

/** Has the place room for it in every space? What takes nothing of one finds room even where that is used up. */
export function hasRoom(free: readonly Float64Array[], sizes: readonly number[], place: number): boolean {
  for (let s = 0; s < sizes.length; s++) if (sizes[s] > 0 && free[s][place] < sizes[s]) return false
  return true
}

/**
 * The problem walked from its end; undefined where it cannot be: where a node is overfull at an end, since that forbids arrivals there
 * but not the state; where an end is not known, since a VM may stay or choose; and where VMs are ordered: only what has ended counts.
 */
export function reversed({ free, movers }: Places): Places | undefined {
  if (movers.some((m) => m.evictable || m.targets.length !== 1 || m.after.length > 0)) return undefined
  const after = free.map((each) => each.slice())
  for (const { sizes, home, targets } of movers) {
    sizes.forEach((size, s) => {
      after[s][home] += size
      after[s][targets[0]] -= size
    })
  }
  if ([...free, ...after].some((each) => each.some((f) => f < 0))) return undefined
  return {
    free: after,
    movers: movers.map((m) => ({ ...m, home: m.targets[0], targets: [m.home] })),
  }
}

/** The steps of a walk from the end, in the order of time. */
export function reversedSteps(steps: readonly Step[]): Step[] {
  return steps.map(({ mover, from, to }) => ({ mover, from: to, to: from })).reverse()
}

/** Class of each mover: those of one class are alike in all that an order can tell apart. */
export function alikeClasses(movers: readonly Mover[]): Int32Array {
  const classes = new Map<string, number>()
  const ordered = new Set(movers.flatMap(({ after }, m) => (after.length > 0 ? [m, ...after] : [])))
  return Int32Array.from(movers, ({ sizes, home, targets, stops, evictable }, m) => {
    const alone = ordered.has(m) ? m : ''
    const key = `${alone},${sizes.join(' ')},${home},${evictable},${targets.join(' ')},${stops.join(' ')}`
    const known = classes.get(key) ?? classes.size
    classes.set(key, known)
    return known
  })
}
