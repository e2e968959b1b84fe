/**
 * Choices that VMs which cannot leave rule out: their memory and their anti-affinity groups stay on the node whatever is planned, and so
 * does what is tied to them by affinity. A wish that loses its last choice cannot leave either, so this goes on until nothing changes.
 */
import type { Instance } from '../model/instance.js'
import { refuseByAffinity } from './affinity.js'
import type { Request, Wish } from './wishes.js'

const MIB = 1024

export function refuseByResidents(instance: Instance, request: Request): void {
  const { wishes, wishOf } = request
  const { problem, vmNode, vmMemory, nodeMemory } = instance
  // With allowMakeRoom a VM that was not asked for may leave, if it can run elsewhere: it rules nothing out for certain.
  const stays = (vm: number) =>
    wishOf[vm] < 0 ? !problem.policy.allowMakeRoom : wishes[wishOf[vm]].choices.length === 0
  const counted = new Uint8Array(instance.vmCount)
  const staying = new Float64Array(instance.nodeCount)
  const groups: Map<string, string>[] = Array.from({ length: instance.nodeCount }, () => new Map())
  for (let changed = true; changed; ) {
    changed = false
    for (let vm = 0; vm < instance.vmCount; vm++) {
      const saves = wishOf[vm] >= 0 && savesInPlace(wishes[wishOf[vm]])
      if (counted[vm] === 1 || !(stays(vm) || saves)) continue
      counted[vm] = 1
      changed = true
      if (!saves) staying[vmNode[vm]] += vmMemory[vm]
      for (const group of problem.vms[vm].antiAffinity) groups[vmNode[vm]].set(group, problem.vms[vm].id)
    }
    if (refuseByAffinity(instance, request, { counted, memory: staying })) changed = true
    if (!changed) break
    for (const wish of wishes) {
      const { vm } = wish
      wish.choices = wish.choices.filter(({ node, kind }) => {
        if (kind === 'save-in-place') return true
        const target = problem.nodes[node].id
        const rival = problem.vms[vm].antiAffinity.find((g) => groups[node].has(g))
        if (rival !== undefined) {
          const detail = `${groups[node].get(rival)} of its group ${rival} stays on ${target}`
          wish.refusals.set(node, { reason: 'anti-affinity', detail })
          return false
        }
        const missing = vmMemory[vm] - (nodeMemory[node] - staying[node])
        if (missing > 0 && vmMemory[vm] > 0) {
          const detail = `${target} lacks ${Math.ceil(missing / MIB)} MiB for it, even once all that can leave has left`
          wish.refusals.set(node, { reason: 'memory', detail })
          return false
        }
        return true
      })
    }
  }
}

function savesInPlace(wish: Wish): boolean {
  return wish.choices.length > 0 && wish.choices[0].kind === 'save-in-place'
}
