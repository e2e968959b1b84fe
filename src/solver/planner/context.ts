/** What the parts of the planner share. */
import type { LpService } from '../../lp/types.js'
import type { Tolerance } from '../assignment/tolerance.js'
import type { NodeAvailability } from '../bounds/node-availability.js'
import type { SearchContext } from '../context.js'
import type { SearchPool } from '../exact/pool.js'
import type { WishMaker } from '../wishes/maker.js'
import type { Request, Wish } from '../wishes/wish.js'

export interface PlannerContext extends SearchContext {
  readonly lp: LpService
  readonly pool: SearchPool
  readonly maker: WishMaker
  readonly request: Request
  /** For what the request asks. */
  readonly availability: NodeAvailability
  /** Undefined where the policy does not ask for it. */
  readonly tolerance: Tolerance | undefined
}

/** Wishes that some plan could fulfil. */
export function openWishes({ request }: Pick<PlannerContext, 'request'>): Wish[] {
  return request.wishes.filter((w) => w.choices.length > 0)
}
