/** The request's `order`: lists of VMs of which each goes before all later ones. */
import type { IdRegister } from './ids.js'
import { type IssueList, quote } from './issues.js'
import { orderSchema } from './schema.js'
import { eachElement, parseValue } from './shape.js'

/** VMs of a circle that a message names. */
const MOST_NAMED = 5

export function readOrder(list: unknown, vmIds: IdRegister, issues: IssueList): readonly string[][] {
  const lists: string[][] = []
  eachElement(list, 'request.order', issues, (raw, path) => {
    const ids = parseValue(orderSchema, raw, path, issues)
    if (ids === undefined) return
    const first = new Map<string, number>()
    ids.forEach((id, index) => {
      vmIds.check(id, `${path}[${index}]`)
      const known = first.get(id)
      if (known === undefined) first.set(id, index)
      else {
        const where = `${path}[${known}]`
        issues.add(
          `${path}[${index}]`,
          `${quote(id)} is in this list already, as ${where}; name each VM once`,
        )
      }
    })
    lists.push([...first.keys()])
  })
  const circle = findCircle(lists)
  if (circle !== undefined) {
    const more = circle.length > MOST_NAMED ? ` and ${circle.length - MOST_NAMED} more` : ''
    const named = circle.slice(0, MOST_NAMED).map((id) => quote(id))
    const what = `has each of these VMs go before the next, and the last before the first: ${named.join(', ')}${more}`
    issues.add('request.order', `${what}; take one of them out of a list`)
  }
  return lists
}

/** VMs each of which goes right before the next in some list, and the last before the first; undefined: the lists agree. */
function findCircle(lists: readonly (readonly string[])[]): string[] | undefined {
  const after = new Map<string, string[]>()
  for (const list of lists) {
    list.forEach((id, i) => {
      const next = list[i + 1]
      const known = after.get(id) ?? []
      after.set(id, known)
      if (next !== undefined) known.push(next)
    })
  }
  const done = new Set<string>()
  for (const start of after.keys()) {
    if (done.has(start)) continue
    const path = [start]
    const onPath = new Map([[start, 0]])
    const looked = [0]
    while (path.length > 0) {
      const id = path.at(-1)!
      const next = after.get(id)![looked[looked.length - 1]++]
      if (next === undefined) {
        done.add(id)
        onPath.delete(id)
        path.pop()
        looked.pop()
      } else if (onPath.has(next)) return path.slice(onPath.get(next))
      else if (!done.has(next)) {
        onPath.set(next, path.length)
        path.push(next)
        looked.push(0)
      }
    }
  }
  return undefined
}
