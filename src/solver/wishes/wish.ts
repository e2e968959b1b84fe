/**
 * What is asked for, VM by VM: a wish, with every way to fulfil it (node and kind of migration) and the reason why each other
 * node is out. What a wish cannot get by itself, no plan can give it: these reasons are proofs.
 */
import type { Duration, Slots } from '../../model/duration.js'
import type { Obstacle } from '../../model/explanation.js'
import type { MigrationKind } from '../../model/plan.js'

/** One way to fulfil a wish. */
export interface Choice {
  /** Target node; of a save or a stop in place, the VM's own. */
  node: number
  kind: MigrationKind
  /** Ticks. */
  duration: number
  blackoutSeconds: number
  /** What it takes of its ends, and of networks, as in `LiveWay`; of other kinds one place in a round. */
  slots: Slots
  mibps: number
  /** Ticks of cost besides the makespan; a fraction where the policy's penalties are finer than a tick. */
  penalty: number
}

/** Why a VM cannot go to a node, but for windows. */
export type Refusal = Omit<Obstacle, 'windows' | 'longestGapSeconds'>

export interface Wish {
  vm: number
  /** Where it may end as far as the request goes, its own node for what stays in place; undefined: on any other. */
  targets: readonly number[] | undefined
  /** Duration that the request gives for the leg that ends where the VM ends, undefined: the model decides. */
  given: Duration | undefined
  /** It need not move: moved so that another finds room, or on one of several nodes where it may end. */
  makesRoom: boolean
  choices: Choice[]
  /** By node index: why it is out. Nodes with a choice have none. */
  refusals: Map<number, Refusal>
}

export interface Request {
  wishes: Wish[]
  /** Requested moves of VMs that are at their target already. */
  alreadyThere: number[]
  /** [V] index into `wishes`, −1: not asked for. */
  wishOf: Int32Array
}
