/** What may be done with each VM in a night, how long it takes and what it costs, migrating live aside. V VMs. */
import type { Duration } from '../../model/duration.js'
import type { Instance } from '../../model/instance.js'
import { penaltyToTicks } from '../../model/ticks.js'
import { allowsSaveInPlace, allowsWay } from '../../model/ways.js'

/** What may be done with a VM. */
export const STAYS = 0
/** Migrates any number of times. */
export const ROAMS = 1
/** Is put to rest where it is: for the work on its node, and woken after it, or, on a node that is drained, for good. */
export const RESTS = 2
/** Was asked for by a move or a drain: one migration. */
export const LEAVES = 3

/** Kinds of legs. */
export const LIVE = 0
export const SAVE = 1
export const RESUME = 2
export const STOP = 3
export const START = 4
/** Saved, moved and resumed. */
export const CARRY = 5
export const RESTART = 6
export const KIND_NAMES = [
  'live',
  'save-in-place',
  'resume-in-place',
  'stop-in-place',
  'start-in-place',
  'save',
  'restart',
] as const

export class Ways {
  readonly #instance: Instance
  /** [V] STAYS, ROAMS, RESTS, LEAVES. */
  readonly role: Uint8Array
  /** [V] the targets of one that leaves; undefined: any. */
  readonly goals: (readonly number[] | undefined)[]
  /** [V] nodes on one of which one that roams is to end, as its move asks; undefined: anywhere. */
  readonly wanted: (ReadonlySet<number> | undefined)[]
  /** [V] 1: it may go to another node so. */
  readonly live: Uint8Array
  readonly carry: Uint8Array
  readonly restart: Uint8Array
  /** [V] 1: live is its only way to another node. */
  readonly plain: Uint8Array
  /** [V] how it may be put to rest where it is: SAVE, else STOP; 0: in no way. */
  readonly rest: Uint8Array
  /** [V] 1: it may be shut down where it is. */
  readonly stops: Uint8Array
  /** By kind: [V] */
  readonly #ticks: readonly Int32Array[]

  constructor(instance: Instance) {
    this.#instance = instance
    this.#ticks = KIND_NAMES.map((_, kind) =>
      Int32Array.from(instance.problem.vms, (_vm, v) => this.duration(v, kind).ticks),
    )
    const { problem, vmNode, drained, drainTargets, moves, vmCount } = instance
    const { vms, policy } = problem
    const worked = new Map(
      (problem.works ?? []).map(({ node, mode }) => [instance.nodeIndex.get(node)!, mode]),
    )
    const runs = vms.map(({ state }) => state === 'running')
    const may = (way: 'live' | 'save' | 'restart') =>
      Uint8Array.from(vms, (vm, v) => Number(runs[v] ? allowsWay(vm, policy, way) : way === 'live'))
    this.live = may('live')
    this.carry = may('save')
    this.restart = may('restart')
    this.plain = Uint8Array.from(vms, (_, v) => this.live[v] & ~this.carry[v] & ~this.restart[v] & 1)
    this.stops = Uint8Array.from(vms, (vm, v) => Number(runs[v] && allowsWay(vm, policy, 'stop')))
    this.role = new Uint8Array(vmCount)
    this.goals = new Array(vmCount).fill(undefined)
    this.wanted = new Array(vmCount).fill(undefined)
    this.rest = new Uint8Array(vmCount)
    vms.forEach((vm, v) => {
      const n = vmNode[v]
      const mode = worked.get(n) ?? (drained[n] === 0 ? undefined : drained[n] === 2 ? 'save' : 'live')
      const maintained = worked.has(n)
      if (runs[v] && mode !== undefined && problem.nodes[n].state !== 'down') {
        if (mode === 'save' && allowsSaveInPlace(vm)) this.rest[v] = SAVE
        else if (this.stops[v] === 1) this.rest[v] = STOP
      }
      const moves = this.live[v] === 1 || this.carry[v] === 1 || this.restart[v] === 1
      if (mode === 'save') {
        if (runs[v] && this.rest[v] !== 0) this.role[v] = RESTS
        else if (runs[v] && !maintained) {
          this.role[v] = LEAVES
          this.goals[v] = []
        }
      } else if (mode === 'live') {
        if (!moves && this.rest[v] !== 0) this.role[v] = RESTS
        else if (maintained) this.role[v] = runs[v] ? ROAMS : STAYS
        else {
          this.role[v] = LEAVES
          this.goals[v] = drainTargets.get(n)
        }
      } else if (runs[v] && (policy.allowMakeRoom || (policy.returnHome && vm.home !== vm.node)))
        this.role[v] = ROAMS
    })
    for (const { vm, to } of moves) {
      this.rest[vm] = 0
      if (worked.has(vmNode[vm]) && runs[vm]) {
        this.role[vm] = ROAMS
        this.wanted[vm] = new Set(to ?? [...problem.nodes.keys()].filter((n) => n !== vmNode[vm]))
        continue
      }
      this.role[vm] = to?.includes(vmNode[vm]) === true ? STAYS : LEAVES
      this.goals[vm] = to
    }
  }

  /** Of a leg that is not live. */
  duration(v: number, kind: number): Duration {
    const { durations, problem } = this.#instance
    if (kind === CARRY) return durations.save(v)
    if (kind === RESTART) return durations.restart()
    if (kind === STOP) return durations.stop()
    if (kind === START) return durations.whole(problem.policy.startSeconds)
    return durations.saveInPlace(v)
  }

  /** Ticks of it. */
  ticks(v: number, kind: number): number {
    return this.#ticks[kind][v]
  }

  /** Ticks of cost of a leg that is not live, features lost by a restart aside. */
  penalty(kind: number): number {
    const { penalties, problem } = this.#instance
    const move = penaltyToTicks(problem.policy.migrationPenaltySeconds)
    if (kind === CARRY) return penalties.save + move
    if (kind === RESTART) return penalties.restart + move
    if (kind === SAVE) return penalties.save
    return kind === STOP ? penalties.stop : 0
  }

  /** What wakes it again. */
  waking(v: number): number {
    return this.rest[v] === SAVE ? RESUME : START
  }
}
