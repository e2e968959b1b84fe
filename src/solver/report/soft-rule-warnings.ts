/** Soft rules that a plan breaks: each soft group, and each VM that prefers other nodes. */
import { append } from '../../lists.js'
import type { Instance, SoftGroup } from '../../model/instance.js'
import type { Migration, PlanWarning } from '../../model/plan.js'
import { toMicroseconds } from '../../model/ticks.js'

/** VMs and places that one warning names. */
const MOST_NAMED = 6

export function softRuleWarnings(instance: Instance, migrations: readonly Migration[]): PlanWarning[] {
  const { problem, vmIndex, nodeIndex, softGroups } = instance
  const end = instance.vmNode.slice()
  // By start: the last of a VM counts.
  for (const { vm, to } of migrations) end[vmIndex.get(vm) ?? -1] = nodeIndex.get(to) ?? -1
  const warnings: PlanWarning[] = []
  softGroups.forEach((group, g) => {
    const message = brokenGroup(instance, group, g, end)
    if (message !== undefined) warnings.push({ code: 'soft-rule', message })
  })
  problem.vms.forEach(({ id, preferredNodes }, vm) => {
    const node = problem.nodes[end[vm]].id
    if (preferredNodes?.has(node) !== false) return
    const message = `${id} ends on ${node}, which is none of the nodes that it prefers (${named([...preferredNodes])})`
    warnings.push({ code: 'soft-rule', vm: id, node, message })
  })
  return warnings
}

function brokenGroup(
  { problem }: Instance,
  { kind, vms, places, penalty }: SoftGroup,
  g: number,
  end: Int32Array,
): string | undefined {
  const byPlace = new Map<number, string[]>()
  for (const vm of vms) {
    const place = places[end[vm]]
    append(byPlace, place, problem.vms[vm].id)
  }
  const { group, domain } = problem.softRules[g]
  const nameOf = (place: number) => {
    const { id, domains } = problem.nodes[place]
    const within = domain === undefined ? undefined : domains.get(domain)
    return within === undefined ? id : `${domain} ${within}`
  }
  const cost = (count: number) => `costs ${toMicroseconds(count * penalty)} s`
  if (kind === 'anti-affinity') {
    const shared = [...byPlace].filter(([, there]) => there.length > 1)
    if (shared.length === 0) return undefined
    const together = shared.map(([place, there]) => `${named(there)} end together on ${nameOf(place)}`)
    return `of the group ${group}, to be kept apart, ${named(together, '; ')}: this ${cost(vms.length - byPlace.size)}`
  }
  if (byPlace.size < 2) return undefined
  let most: [number, string[]] = [-1, []]
  for (const entry of byPlace) if (entry[1].length > most[1].length) most = entry
  const apart = [...byPlace]
    .filter(([place]) => place !== most[0])
    .flatMap(([place, there]) => there.map((id) => `${id} (${nameOf(place)})`))
  return `of the group ${group}, to be kept together, ${named(apart)} ends apart from most, on ${nameOf(most[0])}: this ${cost(apart.length)}`
}

function named(ids: readonly string[], separator = ', '): string {
  const shown = ids.slice(0, MOST_NAMED).join(separator)
  return ids.length > MOST_NAMED ? `${shown} and ${ids.length - MOST_NAMED} more` : shown
}
