/** States of the single-node search: a hash table from key to state, and a heap of the open ones (assembly/single-node-states.ts). */
export const UNSEEN = 0x7fff_ffff

export class StateTable {
  /** [states] */
  readonly key: Float64Array
  /** [states] earliest finish known, UNSEEN in a state just added. */
  readonly finish: Int32Array
  /** [states] class of the job taken last. */
  readonly last: Int32Array
  readonly #place: Int32Array
  readonly #slots: Int32Array
  readonly #shift: number
  // The heap: by finish, then by work left.
  readonly #finishes: Int32Array
  readonly #works: Int32Array
  readonly #states: Int32Array
  #count = 0
  #size = 0

  constructor(room: number) {
    this.key = new Float64Array(room)
    this.finish = new Int32Array(room)
    this.last = new Int32Array(room)
    this.#place = new Int32Array(room)
    const bits = Math.max(1, Math.ceil(Math.log2(2 * room + 1)))
    this.#slots = new Int32Array(2 ** bits)
    this.#shift = 32 - bits
    this.#finishes = new Int32Array(room)
    this.#works = new Int32Array(room)
    this.#states = new Int32Array(room)
  }

  get queued(): number {
    return this.#size
  }

  get leastFinish(): number {
    return this.#finishes[0]
  }

  /** The state of the key, added where there is none; −1 where there is no room for it. */
  find(key: number): number {
    const slots = this.#slots
    const keys = this.key
    const mask = slots.length - 1
    let slot =
      Math.imul((key | 0) ^ Math.imul((key / 0x1_0000_0000) | 0, 0x85eb_ca6b), 0x9e37_79b1) >>> this.#shift
    for (let entry = slots[slot]; entry !== 0; entry = slots[slot]) {
      if (keys[entry - 1] === key) return entry - 1
      slot = (slot + 1) & mask
    }
    if (this.#count === keys.length) return -1
    const state = this.#count++
    slots[slot] = state + 1
    keys[state] = key
    this.finish[state] = UNSEEN
    this.last[state] = -1
    this.#place[state] = -1
    return state
  }

  #put(place: number, finish: number, work: number, state: number): void {
    this.#finishes[place] = finish
    this.#works[place] = work
    this.#states[place] = state
    this.#place[state] = place
  }

  #siftUp(from: number, finish: number, work: number, state: number): void {
    const finishes = this.#finishes
    const works = this.#works
    let place = from
    while (place > 0) {
      const parent = (place - 1) >> 1
      const above = finishes[parent]
      if (above < finish || (above === finish && works[parent] <= work)) break
      this.#put(place, above, works[parent], this.#states[parent])
      place = parent
    }
    this.#put(place, finish, work, state)
  }

  #siftDown(from: number, finish: number, work: number, state: number): void {
    const finishes = this.#finishes
    const works = this.#works
    const size = this.#size
    let place = from
    for (;;) {
      let child = 2 * place + 1
      if (child >= size) break
      if (child + 1 < size) {
        const difference = finishes[child + 1] - finishes[child]
        if (difference < 0 || (difference === 0 && works[child + 1] < works[child])) child++
      }
      const below = finishes[child]
      if (finish < below || (finish === below && work <= works[child])) break
      this.#put(place, below, works[child], this.#states[child])
      place = child
    }
    this.#put(place, finish, work, state)
  }

  /** Queues the state, or gives it another priority. */
  queue(state: number, finish: number, work: number): void {
    const place = this.#place[state]
    if (place < 0) {
      this.#siftUp(this.#size++, finish, work, state)
      return
    }
    const own = this.#finishes[place]
    if (finish < own || (finish === own && work <= this.#works[place]))
      this.#siftUp(place, finish, work, state)
    else this.#siftDown(place, finish, work, state)
  }

  take(): number {
    const state = this.#states[0]
    this.#place[state] = -1
    const last = --this.#size
    if (last > 0) this.#siftDown(0, this.#finishes[last], this.#works[last], this.#states[last])
    return state
  }
}
