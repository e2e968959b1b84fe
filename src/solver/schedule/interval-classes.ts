/** Lists of intervals as the kernel has them: each once, known by its number, one behind the other. */
import type { Intervals } from '../../model/instance.js'

interface FlatLists {
  /** [lists + 1] pairs before each list. */
  forbiddenOffset: Int32Array
  forbidden: Int32Array
}

export function flatLists(lists: readonly Intervals[]): FlatLists {
  const forbiddenOffset = new Int32Array(lists.length + 1)
  lists.forEach((list, i) => {
    forbiddenOffset[i + 1] = forbiddenOffset[i] + list.length / 2
  })
  const forbidden = new Int32Array(2 * forbiddenOffset[lists.length])
  lists.forEach((list, i) => {
    forbidden.set(list, 2 * forbiddenOffset[i])
  })
  return { forbiddenOffset, forbidden }
}

/** Numbers lists in the order in which they are first asked for; shared lists have one number. */
export class IntervalClasses {
  readonly #numbers = new Map<Intervals, number>()

  of(list: Intervals): number {
    const number = this.#numbers.get(list) ?? this.#numbers.size
    this.#numbers.set(list, number)
    return number
  }

  flat(): FlatLists {
    return flatLists([...this.#numbers.keys()])
  }
}
