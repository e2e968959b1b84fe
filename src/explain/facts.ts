/** What an explanation rests on: the solver's proofs about the request, and the plan. */

import { loadKernel } from '../kernel/kernel.js'
import { append } from '../lists.js'
import { compileInstance } from '../model/compile.js'
import type { Instance } from '../model/instance.js'
import type { Migration, Plan, UnplacedVm } from '../model/plan.js'
import type { ResolvedProblem } from '../model/problem.js'
import { isInPlace } from '../model/ways.js'
import type { Parameters } from '../solver/parameters.js'
import { type Asked, readAsked } from '../solver/wishes/asked.js'

export interface Facts extends Asked {
  problem: ResolvedProblem
  instance: Instance
  plan: Plan
  limits: Parameters['explain']
  /** By VM id, by start. */
  migrationsOf: ReadonlyMap<string, readonly Migration[]>
  unplacedOf: ReadonlyMap<string, UnplacedVm>
  /** [V] index of the node where the plan leaves each VM. */
  endNode: Int32Array
  /** By space of the instance: [N] what VMs take at the plan's end. */
  endUsed: readonly Float64Array[]
  /** By node: VMs, by index, that the plan leaves there. */
  endVms: readonly (readonly number[])[]
}

export async function gatherFacts(
  problem: ResolvedProblem,
  plan: Plan,
  limits: Parameters['explain'],
): Promise<Facts> {
  const instance = compileInstance(problem)
  const asked = readAsked(instance, await loadKernel())
  const migrationsOf = new Map<string, Migration[]>()
  const endNode = instance.vmNode.slice()
  const off = new Set<string>()
  for (const migration of plan.migrations) {
    const { vm, to, kind } = migration
    append(migrationsOf, vm, migration)
    endNode[instance.vmIndex.get(vm) ?? -1] = instance.nodeIndex.get(to) ?? -1
    if (isInPlace(kind)) off.add(vm)
  }
  const endUsed = instance.spaces.map(() => new Float64Array(instance.nodeCount))
  const endVms: number[][] = Array.from({ length: instance.nodeCount }, () => [])
  problem.vms.forEach((vm, v) => {
    endVms[endNode[v]].push(v)
    instance.spaces.forEach(({ size, heldInAnyState }, s) => {
      if (heldInAnyState || !off.has(vm.id)) endUsed[s][endNode[v]] += size[v]
    })
  })
  const unplacedOf = new Map(plan.unplaced.map((entry) => [entry.vm, entry]))
  return { ...asked, problem, instance, plan, limits, migrationsOf, unplacedOf, endNode, endUsed, endVms }
}
