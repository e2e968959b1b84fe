/** A binary heap of items by (time, item) that knows where each item stands, in typed arrays (assembly/matching-queue.ts). */
export class EventHeap {
  readonly #times: Float64Array
  readonly #items: Int32Array
  /** [items] place in the heap, −1 out of it. */
  readonly #places: Int32Array
  #size = 0

  constructor(capacity: number) {
    this.#times = new Float64Array(capacity)
    this.#items = new Int32Array(capacity)
    this.#places = new Int32Array(capacity).fill(-1)
  }

  get size(): number {
    return this.#size
  }

  get time(): number {
    return this.#times[0]
  }

  #put(place: number, time: number, item: number): void {
    this.#times[place] = time
    this.#items[place] = item
    this.#places[item] = place
  }

  #siftUp(from: number, time: number, item: number): void {
    const times = this.#times
    const items = this.#items
    let place = from
    while (place > 0) {
      const parent = (place - 1) >> 1
      const above = times[parent]
      if (above < time || (above === time && items[parent] <= item)) break
      this.#put(place, above, items[parent])
      place = parent
    }
    this.#put(place, time, item)
  }

  #siftDown(from: number, time: number, item: number): void {
    const times = this.#times
    const items = this.#items
    const size = this.#size
    let place = from
    for (;;) {
      let child = 2 * place + 1
      if (child >= size) break
      if (child + 1 < size) {
        const difference = times[child + 1] - times[child]
        if (difference < 0 || (difference === 0 && items[child + 1] < items[child])) child++
      }
      const below = times[child]
      if (time < below || (time === below && item <= items[child])) break
      this.#put(place, below, items[child])
      place = child
    }
    this.#put(place, time, item)
  }

  /** Adds an item out of order: `order` must follow. */
  append(item: number, time: number): void {
    this.#put(this.#size++, time, item)
  }

  order(): void {
    for (let place = (this.#size >> 1) - 1; place >= 0; place--) {
      this.#siftDown(place, this.#times[place], this.#items[place])
    }
  }

  /** Queues the item, or moves it to `time` where that is earlier. */
  advance(item: number, time: number): void {
    const place = this.#places[item]
    if (place < 0) this.#siftUp(this.#size++, time, item)
    else if (time < this.#times[place]) this.#siftUp(place, time, item)
  }

  /** Queues the item at `time`, wherever it stood. */
  set(item: number, time: number): void {
    const place = this.#places[item]
    if (place < 0) this.#siftUp(this.#size++, time, item)
    else if (time < this.#times[place]) this.#siftUp(place, time, item)
    else this.#siftDown(place, time, item)
  }

  take(): number {
    const first = this.#items[0]
    this.#places[first] = -1
    const last = --this.#size
    if (last > 0) this.#siftDown(0, this.#times[last], this.#items[last])
    return first
  }
}
