/**
 * Making room in transit: where a VM of the request stays unplaced though its target could hold it, or could if others left, an order
 * is asked for in which VMs move away that were not asked for: as few as can be.
 */
import type { Instance, Space } from '../../model/instance.js'
import { takesNothing } from '../../model/spaces.js'
import { isInPlace } from '../../model/ways.js'
import type { Decision } from '../schedule/legs.js'
import type { Request, Wish, WishMaker } from '../wishes/wishes.js'
import { findSequence } from './find-sequence.js'
import type { Mover, Places } from './places.js'
import { placesOf, sizesOf, type TransitContext } from './transit.js'

export interface MadeRoom {
  /** One for each VM that moves away, with one choice. */
  evictions: Wish[]
  /** By wish of the context: what is chosen now. */
  decisions: Decision[]
}

/**
 * @param decisions those of the best plan without making room; at least one wish is unplaced.
 * @param pool looks at movers that are left; less afterwards.
 */
export async function makeRoomInTransit(
  context: TransitContext,
  request: Request,
  decisions: readonly Decision[],
  pool: { states: number },
): Promise<MadeRoom | undefined> {
  const { instance, wishes } = context
  const unplaced = wishes
    .map((_, w) => w)
    .filter((w) => decisions[w].choice === undefined && wishes[w].choices.length > 0 && !wishes[w].makesRoom)
    .sort((a, b) => instance.vmWeight[wishes[b].vm] - instance.vmWeight[wishes[a].vm] || a - b)
  const { roomCandidates } = context.run.parameters.transit
  const evictable = evictableVms(instance, request, context.maker, wishes, unplaced).slice(0, roomCandidates)
  if (evictable.length === 0) return undefined
  const all = await placeWith(context, decisions, unplaced, evictable, pool)
  if (all !== undefined || unplaced.length === 1) return all
  let best: MadeRoom | undefined
  const placed: number[] = []
  for (const w of unplaced) {
    if (context.run.stopped) break
    const made = await placeWith(context, decisions, [...placed, w], evictable, pool)
    if (made === undefined) continue
    best = made
    placed.push(w)
  }
  return best
}

/** VMs that may be sent away live: not asked for, in no group (those have to be told where the others end), on a node that sends. */
function evictableVms(
  instance: Instance,
  request: Request,
  maker: WishMaker,
  wishes: readonly Wish[],
  unplaced: readonly number[],
): Wish[] {
  const wanted = new Set(unplaced.flatMap((w) => wishes[w].choices.map((c) => c.node)))
  const candidates: Wish[] = []
  for (let vm = 0; vm < instance.vmCount; vm++) {
    if (request.wishOf[vm] >= 0 || request.alreadyThere.includes(vm)) continue
    if (takesNothing(instance, vm) || instance.vmGroups[vm].length > 0) continue
    const wish = maker.wish(vm, undefined, undefined, true)
    wish.choices = wish.choices.filter((c) => c.kind === 'live')
    if (wish.choices.length > 0) candidates.push(wish)
  }
  const isNear = (wish: Wish) => wanted.has(instance.vmNode[wish.vm])
  return candidates.sort((a, b) => Number(isNear(b)) - Number(isNear(a)) || a.vm - b.vm)
}

/** An order for all that is placed and these as well, with the fewest VMs sent away. */
async function placeWith(
  context: TransitContext,
  decisions: readonly Decision[],
  more: readonly number[],
  evictable: readonly Wish[],
  pool: { states: number },
): Promise<MadeRoom | undefined> {
  const { instance, maker, wishes, run } = context
  const parameters = run.parameters.transit
  const chosen = decisions.slice()
  const open: { wish: number; targets: number[] }[] = []
  for (const wish of more) {
    const targets = openTargets(instance, wishes, chosen, wish)
    if (targets.length === 1) chosen[wish] = { choice: choiceOf(wishes[wish], targets[0]), parking: -1 }
    else open.push({ wish, targets })
  }
  const { places, wishOf, spaces } = placesOf(instance, maker, wishes, chosen)
  const movers: Mover[] = [
    ...places.movers,
    ...open.map(({ wish, targets }) => plainMover(instance, spaces, wishes[wish].vm, targets, false)),
    ...evictable.map((e) =>
      plainMover(instance, spaces, e.vm, [...new Set(e.choices.map((c) => c.node))], true),
    ),
  ]
  const wider: Places = { free: places.free, movers }
  const breathe = () => run.breathe()
  for (let evictions = 1; evictions <= parameters.roomEvictions && pool.states > 0; evictions++) {
    const states = Math.ceil((pool.states * parameters.roomShare) / movers.length)
    const outcome = await findSequence(wider, { states, evictions, parameters, breathe })
    pool.states -= outcome.states * movers.length
    if (await breathe()) return undefined
    if (outcome.status !== 'found') continue
    const end = new Map(outcome.steps.map(({ mover, to }) => [mover, to]))
    open.forEach(({ wish }, i) => {
      chosen[wish] = { choice: choiceOf(wishes[wish], end.get(wishOf.length + i) ?? -1), parking: -1 }
    })
    const first = wishOf.length + open.length
    const sent = evictable.flatMap((wish, i) => {
      const to = end.get(first + i)
      return to === undefined ? [] : [{ ...wish, choices: wish.choices.filter((c) => c.node === to) }]
    })
    return { evictions: sent, decisions: chosen }
  }
  return undefined
}

function choiceOf(wish: Wish, node: number): Decision['choice'] {
  return wish.choices.find((c) => c.node === node)
}

function plainMover(
  instance: Instance,
  spaces: readonly Space[],
  vm: number,
  targets: readonly number[],
  evictable: boolean,
): Mover {
  // Who else goes before it is left to whoever times the order.
  return {
    ...sizesOf(instance, spaces, vm),
    home: instance.vmNode[vm],
    targets,
    stops: [],
    evictable,
    after: [],
  }
}

/** Where the wish could go without meeting one of its groups at the end. */
function openTargets(
  { vmNode, vmGroups, groupPlaces }: Instance,
  wishes: readonly Wish[],
  decisions: readonly Decision[],
  w: number,
): number[] {
  const end = vmNode.slice()
  decisions.forEach(({ choice }, i) => {
    if (choice !== undefined) end[wishes[i].vm] = choice.node
  })
  const { vm } = wishes[w]
  const groups = vmGroups[vm]
  const isMet = (node: number) =>
    groups.length > 0 &&
    vmGroups.some(
      (other, o) =>
        o !== vm && other.some((g) => groups.includes(g) && groupPlaces[g][end[o]] === groupPlaces[g][node]),
    )
  const nodes = wishes[w].choices.filter((c) => !isInPlace(c.kind)).map((c) => c.node)
  return [...new Set(nodes)].filter((node) => !isMet(node))
}
