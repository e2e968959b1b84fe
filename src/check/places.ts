/** What a group takes for one place: a node, or all nodes of one domain. */
import type { ResolvedProblem } from '../model/problem.js'

/** @param domain kind of domain that the group is about; undefined: nodes. A node that is in none of that kind is a place of its own. */
export function placeOf({ nodeById }: ResolvedProblem, domain: string | undefined, node: string): string {
  const within = domain === undefined ? undefined : nodeById.get(node)?.domains.get(domain)
  // A node may have the name of a domain.
  return within === undefined ? `node ${node}` : `${domain} ${within}`
}
