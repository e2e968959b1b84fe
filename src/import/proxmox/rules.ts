/** Affinity rules of Proxmox's high availability, since version 9. */
import { greatest } from '../../lists.js'
import { quote, show } from '../../model/issues.js'
import type { Assumption, ImportIssue, InventoryVm, Origin } from '../inventory.js'
import { field, type JsonObject } from '../json.js'
import { listNames } from '../words.js'

const listed = (value: unknown): string[] =>
  typeof value === 'string' ? value.split(/[\s,;]+/).filter((part) => part !== '') : []

const isSet = (value: unknown): boolean => value === 1 || value === '1' || value === true

/** @param vms by VMID @param dead names of nodes that are left out, in lower case */
export function applyRules(
  file: string,
  rows: readonly JsonObject[],
  vms: ReadonlyMap<string, InventoryVm>,
  dead: ReadonlySet<string>,
  issues: ImportIssue[],
  assumptions: Assumption[],
): void {
  rows.forEach((row, index) => {
    const [rule, type] = [field(row, 'rule'), field(row, 'type')]
    const origin: Origin = { file, place: `[${index}]` }
    if (typeof rule !== 'string') {
      issues.push({ origin, message: `rule is ${show(rule)}, not a name` })
      return
    }
    if (isSet(field(row, 'disable'))) return
    const members = listed(field(row, 'resources')).flatMap((resource) => {
      const vm = vms.get(/^vm:(\d+)$/.exec(resource)?.[1] ?? '')
      return vm === undefined ? [] : [vm]
    })
    if (type === 'node-affinity') nodeAffinity(rule, row, members, dead, origin, assumptions)
    else if (type === 'resource-affinity')
      resourceAffinity(rule, field(row, 'affinity'), members, origin, issues)
    else
      assumptions.push({
        origin,
        text: `the rule ${quote(rule)} of type ${show(type)} is left out: vmferry does not know it`,
      })
  })
}

function nodeAffinity(
  rule: string,
  row: JsonObject,
  members: readonly InventoryVm[],
  dead: ReadonlySet<string>,
  origin: Origin,
  assumptions: Assumption[],
): void {
  // Behind a colon stands how much a node is preferred.
  const listing = listed(field(row, 'nodes'))
    .map((node) => node.split(':'))
    .map(([node, rank = '0']) => ({ node, rank: Number(rank) || 0 }))
    .filter(({ node }) => !dead.has(node.toLowerCase()))
  const nodes = listing.map(({ node }) => node)
  const highest = greatest(listing.map(({ rank }) => rank))
  const preferred = listing.filter(({ rank }) => rank === highest).map(({ node }) => node)
  const isStrict = isSet(field(row, 'strict'))
  if (!isStrict || preferred.length < nodes.length)
    for (const vm of members) vm.preferredNodes = [...(vm.preferredNodes ?? []), ...preferred]
  if (!isStrict) {
    const ids = listNames(members.map(({ id }) => id))
    const text = `the rule ${quote(rule)} only prefers nodes, and so does the problem, as preferredNodes (${ids}); give these VMs allowedNodes to bind them`
    if (members.length > 0) assumptions.push({ origin, text })
    return
  }
  for (const vm of members)
    vm.allowedNodes = (vm.allowedNodes ?? nodes).filter((node) => nodes.includes(node))
}

function resourceAffinity(
  rule: string,
  affinity: unknown,
  members: readonly InventoryVm[],
  origin: Origin,
  issues: ImportIssue[],
): void {
  if (affinity !== 'positive' && affinity !== 'negative') {
    issues.push({
      origin,
      message: `affinity of the rule ${quote(rule)} is ${show(affinity)}, not "positive" or "negative"`,
    })
    return
  }
  for (const vm of members) {
    if (affinity === 'positive') vm.affinity = [...(vm.affinity ?? []), rule]
    else vm.antiAffinity = [...(vm.antiAffinity ?? []), rule]
  }
}
