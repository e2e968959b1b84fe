/** The planner's own parts over a small problem, put together as the planner does it. */
import { loadKernel } from '../../src/kernel/kernel.js'
import type { Kernel } from '../../src/kernel/types.js'
import type { Instance } from '../../src/model/instance.js'
import type { Problem } from '../../src/model/problem.js'
import { checkPlanOptions, type PlanOptions } from '../../src/plan-options.js'
import { AssignmentState } from '../../src/solver/assignment/state.js'
import { NodeAvailability } from '../../src/solver/bounds/node-availability.js'
import { shortestByNode } from '../../src/solver/bounds/node-load.js'
import { earliestEnds } from '../../src/solver/bounds/plan-bound.js'
import { parametersAt } from '../../src/solver/parameters.js'
import { Run } from '../../src/solver/run.js'
import { readAsked } from '../../src/solver/wishes/asked.js'
import type { ForbiddenIntervals } from '../../src/solver/wishes/forbidden.js'
import type { WishMaker } from '../../src/solver/wishes/maker.js'
import type { Request, Wish } from '../../src/solver/wishes/wish.js'
import { instanceOf, type ProblemParts } from './problems.js'

export const kernel: Kernel = await loadKernel()
/** Of the least effort. */
export const PARAMETERS = parametersAt(1)

export interface Parts {
  instance: Instance
  forbidden: ForbiddenIntervals
  maker: WishMaker
  request: Request
  /** Wishes that have a choice. */
  open: Wish[]
  availability: NodeAvailability
  state: AssignmentState
}

export function partsOf(problem: Problem | ProblemParts): Parts {
  const instance = instanceOf(problem)
  const { forbidden, maker, request } = readAsked(instance, kernel)
  const open = request.wishes.filter((w) => w.choices.length > 0)
  const availability = new NodeAvailability(instance, shortestByNode(instance, open))
  const state = new AssignmentState(instance, open, availability, earliestEnds(instance, forbidden, open))
  return { instance, forbidden, maker, request, open, availability, state }
}

export function newRun(options: PlanOptions = {}): Run {
  return new Run(checkPlanOptions({ effort: 1, thread: 'caller', ...options }))
}

/** Ticks of cost besides the choices' own: VMs that stay where they prefer not to be, and soft groups, counted one by one. */
export function endPenalty(
  { instance, open }: Pick<Parts, 'instance' | 'open'>,
  chosen: ArrayLike<number>,
): number {
  const end = instance.vmNode.slice()
  let penalty = instance.stayPenalty.reduce((a, b) => a + b, 0)
  open.forEach(({ vm, choices }, w) => {
    if (chosen[w] < 0) return
    end[vm] = choices[chosen[w]].node
    penalty -= instance.stayPenalty[vm]
  })
  for (const { kind, vms, places, penalty: each } of instance.softGroups) {
    const ends = [...vms].map((vm) => places[end[vm]])
    const counts = [...new Set(ends)].map((place) => ends.filter((other) => other === place).length)
    penalty += each * (vms.length - (kind === 'affinity' ? Math.max(...counts) : counts.length))
  }
  return penalty
}

/**
 * What is wrong with where everything ends: an overfull node, an arrival that shares an anti-affinity group or is apart from its affinity
 * set; [] where nothing is.
 */
export function endFaults({ instance, open, state }: Parts): string[] {
  const { problem } = instance
  const end = problem.vms.map((vm) => vm.node)
  const arrived = new Set<number>()
  const saved = new Set<number>()
  open.forEach((wish, w) => {
    const c = state.chosen[w]
    if (c < 0) return
    const { kind, node } = wish.choices[c]
    if (kind === 'save-in-place') saved.add(wish.vm)
    else {
      end[wish.vm] = problem.nodes[node].id
      arrived.add(wish.vm)
    }
  })
  const faults: string[] = []
  for (const { id, memoryMiB } of problem.nodes) {
    const receives = [...arrived].some((v) => end[v] === id && problem.vms[v].state === 'running')
    const limit = memoryMiB - (receives ? problem.policy.reserveMiB : 0)
    const sum = problem.vms.reduce((total, vm, v) => {
      return total + (end[v] === id && vm.state === 'running' && !saved.has(v) ? vm.memoryMiB : 0)
    }, 0)
    if (sum > limit) faults.push(`${id} holds ${sum} of ${limit} MiB`)
  }
  for (const v of arrived) {
    const set = instance.affinityOf[v] < 0 ? [] : [...instance.affinitySets[instance.affinityOf[v]]]
    for (const o of set) {
      if (end[o] !== end[v]) faults.push(`${problem.vms[v].id} ends apart from ${problem.vms[o].id}`)
    }
    problem.vms.forEach((other, o) => {
      if (o === v || end[o] !== end[v]) return
      const group = problem.vms[v].antiAffinity.find((g) => other.antiAffinity.includes(g))
      if (group !== undefined)
        faults.push(`${problem.vms[v].id} ends with ${other.id} of ${group} on ${end[v]}`)
    })
  }
  return faults
}
