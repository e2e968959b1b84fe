/** Bipartite graphs: without odd cycles the busiest node's load is all that keeps migrations apart (Kőnig 1916). */
import { append } from '../../lists.js'

/** Can the ends be split in two so that every edge goes across? */
export function isBipartite(edges: readonly { from: number; to: number }[]): boolean {
  const neighbours = new Map<number, number[]>()
  const join = (a: number, b: number) => {
    append(neighbours, a, b)
  }
  for (const { from, to } of edges) {
    join(from, to)
    join(to, from)
  }
  const side = new Map<number, boolean>()
  for (const root of neighbours.keys()) {
    if (side.has(root)) continue
    side.set(root, true)
    const reached = [root]
    for (const node of reached) {
      for (const next of neighbours.get(node) ?? []) {
        if (side.get(next) === side.get(node)) return false
        if (side.has(next)) continue
        side.set(next, !side.get(node))
        reached.push(next)
      }
    }
  }
  return true
}
