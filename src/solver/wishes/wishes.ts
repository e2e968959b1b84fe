/** What the request asks for, as wishes. */
import { InvalidProblemError } from '../../errors.js'
import type { Instance } from '../../model/instance.js'
import type { WishMaker } from './maker.js'
import type { Request, Wish } from './wish.js'

/** Ways from VMs to nodes that a request may leave open: each is an object, and some hundred bytes with what is made of it. */
const MOST_WAYS = 10_000_000

/** @throws InvalidProblemError where the request leaves so many VMs so many nodes that no memory holds them. */
function requireManageable({ problem, vmNode, drained, drainTargets, moves, nodeCount }: Instance): void {
  let vms = 0
  let ways = 0
  const moved = new Map(moves.map(({ vm, to }) => [vm, to]))
  problem.vms.forEach(({ allowedNodes }, vm) => {
    const isMoved = moved.has(vm)
    if (!isMoved && drained[vmNode[vm]] !== 1) return
    const targets = isMoved ? moved.get(vm) : drainTargets.get(vmNode[vm])
    vms++
    ways += Math.min(targets?.length ?? nodeCount, allowedNodes?.size ?? nodeCount)
  })
  if (ways <= MOST_WAYS) return
  const facts = `leaves ${vms} VMs the choice among ${ways} ways to nodes; vmferry holds ${MOST_WAYS}`
  throw new InvalidProblemError([
    { path: 'request.drain', message: `${facts}: drain fewer nodes at once, or give VMs fewer allowedNodes` },
  ])
}

/** The request as wishes: moves first, then drains in the order asked. @throws InvalidProblemError */
export function makeWishes(instance: Instance, maker: WishMaker): Request {
  requireManageable(instance)
  const { problem, vmNode, vmCount, drained } = instance
  const wishes: Wish[] = []
  const alreadyThere: number[] = []
  const wishOf = new Int32Array(vmCount).fill(-1)
  const add = (wish: Wish) => {
    wishOf[wish.vm] = wishes.length
    wishes.push(wish)
  }
  const asked = new Uint8Array(vmCount)
  for (const { vm, to, given } of instance.moves) {
    asked[vm] = 1
    if (to?.includes(vmNode[vm])) alreadyThere.push(vm)
    else add(maker.wish(vm, to, given))
  }
  for (let vm = 0; vm < vmCount; vm++) {
    const mode = drained[vmNode[vm]]
    if (mode === 0 || asked[vm] === 1) continue
    if (mode === 1) add(maker.leave(vm))
    else if (problem.vms[vm].state === 'running') add(maker.saveInPlace(vm))
  }
  return { wishes, alreadyThere, wishOf }
}
