/** VMs of hard affinity groups, which end together or where they were: where one ends elsewhere, all of them are sent to one place. */
import type { Course } from './course.js'
import type { Company } from './end-groups.js'
import { LEAVES, ROAMS } from './night.js'
import { ACTIVE, PENDING, WORKING } from './state.js'
import { ASKED, DRAIN } from './targets.js'

/** A company is gathered so often at most: each time something else may have been in the way. */
const MOST_TRIES = 3

export class Gathering {
  readonly #course: Course
  readonly #tries: Uint8Array

  constructor(course: Course) {
    this.#course = course
    this.#tries = new Uint8Array(course.night.ends.companies.length)
  }

  /** Nothing else is to be done any more. True: VMs have been sent on. */
  gather(): boolean {
    const { night, state } = this.#course
    if (state.timid) return false
    for (const [c, company] of night.ends.companies.entries()) {
      if (this.#tries[c] >= MOST_TRIES) continue
      const asked = this.#isAsked(company)
      const holds = night.ends.holds(company, (v) => state.at[v])
      if (!asked && holds) continue
      this.#tries[c]++
      if ((asked && this.#together(company, true)) || (!holds && this.#together(company, false))) return true
    }
    return false
  }

  /** Moves and drains ask for some of it, which are still where they were. */
  #isAsked({ vms }: Company): boolean {
    return vms.some((v) => this.#course.night.role[v] === LEAVES && !this.#hasLeft(v))
  }

  #hasLeft(v: number): boolean {
    const { night, state } = this.#course
    return state.at[v] !== night.instance.vmNode[v]
  }

  /** Sends the company of one that was asked to leave, if none of it has to go elsewhere first. */
  ask(company: Company): void {
    const { night, state } = this.#course
    if (state.timid || !this.#isAsked(company)) return
    const ready = company.vms.every((v) => {
      if (state.to[v] >= 0 || state.busy[v] === 1) return false
      const status = state.status[state.at[v]]
      return night.role[v] !== ROAMS || (status !== PENDING && status !== ACTIVE && status !== WORKING)
    })
    if (ready) this.#together(company, true)
  }

  /**
   * Sends all of the company to one place, or home; false, and nothing is changed, where that cannot be.
   *
   * @param asked for by a move or a drain: home is no place.
   */
  #together(company: Company, asked: boolean): boolean {
    const { night, state } = this.#course
    if (!asked && this.#send(company, -1, false)) return true
    // Where most of it is already, first.
    const there = (n: number) => company.vms.reduce((count, v) => count + (state.at[v] === n ? 1 : 0), 0)
    const nodes = Array.from({ length: night.nodes }, (_, n) => n)
    nodes.sort((a, b) => there(b) - there(a) || a - b)
    this.#course.spend(night.nodes * company.vms.length)
    return nodes.some((n) => this.#send(company, n, asked))
  }

  /** @param place a node on which, or (of groups about domains) near which all are to be; −1: where they were. */
  #send(company: Company, place: number, asked: boolean): boolean {
    const { night, state, targets } = this.#course
    const sent: number[] = []
    const ends = new Map<number, number>()
    const all = company.vms.every((v) => {
      const leaves = night.role[v] === LEAVES && !this.#hasLeft(v)
      const now = state.at[v]
      const mayStay = !(asked && leaves)
      const to = this.#near(company, v, place).find((n) =>
        n === now
          ? mayStay
          : (leaves || night.role[v] === ROAMS) && state.sequence.frozen[v] === 0 && targets.mayEnd(v, n),
      )
      if (to === undefined) return false
      ends.set(v, to)
      if (to === now) return true
      targets.commit(v, to, leaves ? ASKED : DRAIN)
      sent.push(v)
      return true
    })
    if (all && sent.length > 0 && night.ends.holds(company, (v) => ends.get(v)!)) {
      for (const v of company.vms) state.pinned[v] = 1
      return true
    }
    for (const v of sent.reverse()) targets.takeBack(v)
    return false
  }

  /** Nodes that are the place for the VM: where it is first, if that is one. */
  #near({ sets }: Company, v: number, place: number): number[] {
    const { night, state } = this.#course
    if (place < 0) return [night.home[v]]
    const own = sets.filter(({ vms }) => vms.has(v))
    const found: number[] = [state.at[v], place]
    for (let n = 0; n < night.nodes; n++) found.push(n)
    return found.filter((n) =>
      own.every(({ places }) => (places === undefined ? n === place : places[n] === places[place])),
    )
  }
}
