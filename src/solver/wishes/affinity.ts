/**
 * Choices that affinity sets rule out for certain: where one VM of a set moves, all of it ends on one node, so that node has to be open to
 * every one of them. What is refused here no plan can do.
 */
import type { Instance } from '../../model/instance.js'
import type { Refusal, Request, Wish } from './wishes.js'

const MIB = 1024

/** What is known to end on each node whatever is planned. */
export interface Staying {
  /** [V] 1: the VM stays where it is, and is counted in `memory`. */
  counted: Uint8Array
  /** [N] KiB at the end. */
  memory: Float64Array
}

/** Takes choices from VMs of affinity sets; true where it took one. */
export function refuseByAffinity(instance: Instance, request: Request, staying: Staying): boolean {
  let changed = false
  for (const wish of request.wishes) {
    const set = instance.affinityOf[wish.vm]
    if (set < 0 || wish.choices.length === 0 || wish.choices[0].kind === 'save-in-place') continue
    const known = new Map<number, Refusal | undefined>()
    const kept = wish.choices.filter(({ node }) => {
      if (!known.has(node)) known.set(node, refusal(instance, request, staying, wish, node))
      const found = known.get(node)
      if (found !== undefined) wish.refusals.set(node, found)
      return found === undefined
    })
    if (kept.length === wish.choices.length) continue
    wish.choices = kept
    changed = true
  }
  return changed
}

function refusal(
  instance: Instance,
  request: Request,
  staying: Staying,
  wish: Wish,
  node: number,
): Refusal | undefined {
  const { problem, groups, vmGroups, vmMemory, vmNode, nodeMemory } = instance
  const members = instance.affinitySets[instance.affinityOf[wish.vm]]
  const target = problem.nodes[node].id
  const refuse = (detail: string): Refusal => ({ reason: 'affinity', detail })
  let memory = 0
  let arriving = 0
  for (const member of members) {
    const other = problem.vms[member]
    if (member !== wish.vm) {
      const rival = vmGroups[wish.vm].find((group) => vmGroups[member].includes(group))
      if (rival !== undefined)
        return refuse(
          `its affinity group keeps it with ${other.id}, its group ${groups[rival]} apart from it`,
        )
      if (vmNode[member] !== node && !canCome(request, problem.policy.allowMakeRoom, member, node)) {
        return refuse(`${other.id} of its affinity group cannot move to ${target} with it`)
      }
    }
    if (vmNode[member] !== node) arriving += vmMemory[member]
    if (vmNode[member] !== node || staying.counted[member] === 0) memory += vmMemory[member]
  }
  const missing = memory - (nodeMemory[node] - staying.memory[node])
  if (arriving === 0 || missing <= 0) return undefined
  const missingMiB = Math.ceil(missing / MIB)
  const detail = `${target} lacks ${missingMiB} MiB for its affinity group, even once all that can leave has left`
  return { reason: 'affinity', detail, missingMiB }
}

/** May some plan move this VM to the node? Of one that may only make room that is left open. */
function canCome(request: Request, allowMakeRoom: boolean, vm: number, node: number): boolean {
  const w = request.wishOf[vm]
  if (w < 0) return allowMakeRoom && !request.alreadyThere.includes(vm)
  return request.wishes[w].choices.some((choice) => choice.node === node)
}
