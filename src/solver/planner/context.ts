/** What the parts of the planner share. */
import type { Kernel } from '../../kernel/types.js'
import type { LpService } from '../../lp/types.js'
import type { Instance } from '../../model/instance.js'
import type { SearchPool } from '../lanes/pool.js'
import type { Run } from '../run.js'
import type { Tolerance } from '../tolerance.js'
import type { ForbiddenIntervals, Request, Wish, WishMaker } from '../wishes.js'

export interface PlannerContext {
  readonly instance: Instance
  readonly kernel: Kernel
  readonly run: Run
  readonly lp: LpService
  readonly pool: SearchPool
  readonly forbidden: ForbiddenIntervals
  readonly maker: WishMaker
  readonly request: Request
  /** Undefined where the policy does not ask for it. */
  readonly tolerance: Tolerance | undefined
}

/** Wishes that some plan could fulfil. */
export function openWishes({ request }: PlannerContext): Wish[] {
  return request.wishes.filter((w) => w.choices.length > 0)
}
