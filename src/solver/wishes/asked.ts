/** From an instance to what is asked of the planner: wishes with the choices that no plan can take from them, and proofs for the rest. */
import type { Kernel } from '../../kernel/types.js'
import type { Instance } from '../../model/instance.js'
import { Compatibility } from './compatibility.js'
import { ForbiddenIntervals } from './forbidden.js'
import { WishMaker } from './maker.js'
import { type Residents, refuseByResidents } from './residents.js'
import type { Request } from './wish.js'
import { makeWishes } from './wishes.js'

export interface Asked {
  forbidden: ForbiddenIntervals
  maker: WishMaker
  request: Request
  residents: Residents
}

export function readAsked(instance: Instance, kernel: Kernel): Asked {
  const forbidden = new ForbiddenIntervals(instance)
  const maker = new WishMaker(instance, new Compatibility(instance, kernel), forbidden)
  const request = makeWishes(instance, maker)
  const residents = refuseByResidents(instance, request)
  return { forbidden, maker, request, residents }
}
