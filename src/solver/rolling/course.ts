/** What the parts of the decoder share: the night so far, nodes still to be worked on, and when what has failed may be tried again. */
import { Random } from '../random.js'
import type { Night } from './night.js'
import type { Settings } from './settings.js'
import { DROPPED, PENDING, State } from './state.js'
import { Targets } from './targets.js'

/** What an instant and a migration cost, in looks at pairs. */
export const STEP_WORK = 30

export class Course {
  readonly night: Night
  readonly settings: Settings
  readonly state: State
  readonly random: Random
  readonly targets: Targets
  /** Nodes that are still to be worked on, the next first. */
  readonly order: number[]
  /** Nodes being emptied, in the order in which that began. */
  readonly active: number[] = []
  /** The one of them that is emptied in part, −1 none. */
  partial = -1
  /** [N] ticks; −1: not done. */
  readonly workStart: Int32Array
  /** What has failed is tried again only when this has changed. */
  stamp = 0
  #lastLanded = 0
  /** Looks of what is no choice of targets. */
  #work = 0

  /** @param usual ticks of a migration of middle length */
  constructor(night: Night, order: readonly number[], settings: Settings, usual: number) {
    this.night = night
    this.settings = settings
    this.state = new State(night, night.returnHome && settings.homing === 1, settings.timid)
    this.random = new Random(settings.seed)
    this.targets = new Targets(this.state, settings, this.random, usual)
    this.order = [...order]
    this.workStart = new Int32Array(night.nodes).fill(-1)
    for (const n of night.worked) if (!order.includes(n)) this.state.status[n] = DROPPED
    this.#number()
  }

  /** Looks at pairs of VM and node, or at what waits. */
  get work(): number {
    return this.#work + this.targets.work
  }

  spend(looks: number): void {
    this.#work += looks
  }

  changed(): void {
    this.stamp++
    this.#lastLanded = this.state.landed
  }

  /** So many migrations have ended since the last change that others may be possible now. */
  hasLanded(): void {
    if (this.state.landed - this.#lastLanded >= Math.max(1, Math.min(10, this.night.vms / 20))) this.changed()
  }

  /** The node begins to be emptied, or (`partly`) those of its VMs that can leave. */
  activate(n: number, partly: boolean): void {
    this.order.splice(this.order.indexOf(n), 1)
    this.#number()
    this.active.push(n)
    if (partly) this.partial = n
  }

  /** Nothing more is to be done about the node. */
  leaveOut(n: number): void {
    for (const list of [this.order, this.active]) {
      const i = list.indexOf(n)
      if (i >= 0) list.splice(i, 1)
    }
    if (this.partial === n) this.partial = -1
    this.#number()
  }

  #number(): void {
    this.order.forEach((n, i) => {
      this.targets.position[n] = i
    })
  }

  /** Those that go before the node have at least begun to be emptied. */
  isNext(n: number): boolean {
    const { after, rank } = this.night
    const begun = (m: number) => this.state.status[m] !== PENDING
    if (after[n].some((before) => !begun(before))) return false
    return rank[n] === 0 || !this.order.some((m) => rank[m] < rank[n])
  }
}
