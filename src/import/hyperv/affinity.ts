/** Which VMs belong together, and which apart: anti-affinity classes and affinity rules of the cluster. */
import type { InventoryNode } from '../inventory.js'
import { listNames } from '../words.js'
import type { Cluster } from './cluster.js'
import { RULE_TYPES } from './enums.js'
import type { Findings } from './findings.js'
import type { Role, Roles } from './roles.js'
import { type Collected, originOf, type Row, rawOf, showValue } from './rows.js'
import { asBoolean, asEnum, asText, asTexts } from './values.js'

/** Roles that one class or rule names. */
interface Members {
  label: string
  row: Row
  roles: Set<Role>
}

class Groups {
  readonly #groups = new Map<string, Members>()

  add(label: string, row: Row, role: Role | undefined): void {
    const group = this.#groups.get(label.toLowerCase()) ?? { label, row, roles: new Set<Role>() }
    this.#groups.set(label.toLowerCase(), group)
    if (role !== undefined) group.roles.add(role)
  }

  has(label: string): boolean {
    return this.#groups.has(label.toLowerCase())
  }

  all(): Iterable<Members> {
    return this.#groups.values()
  }

  /** Those that bind anyone: of two roles and more. */
  *binding(): Generator<Members> {
    for (const group of this.#groups.values()) if (group.roles.size > 1) yield group
  }
}

export function readAffinity(
  collected: Collected,
  cluster: Cluster | undefined,
  roles: Roles,
  nodes: readonly InventoryNode[],
  findings: Findings,
): void {
  const classes = readClasses(collected, roles, findings)
  const targets = nodes.filter(({ state }) => state !== 'down').length
  const soft = cluster?.enforcesAntiAffinity !== true
  const kept: Members[] = []
  for (const group of classes.all()) {
    if (soft && group.roles.size > targets) {
      findings.assume(
        originOf(group.row),
        `anti-affinity class "${group.label}" has ${group.roles.size} VMs for ${targets} nodes, and the cluster does not enforce it: left out`,
      )
      continue
    }
    // A class of one binds nobody yet, and tells whoever adds the next VM.
    if (group.roles.size > 1) kept.push(group)
    separate(group, group.label)
  }
  if (soft && kept.length > 0) {
    const labels = listNames(kept.map(({ label }) => `"${label}"`))
    findings.assume(
      originOf(kept[0].row),
      `anti-affinity is a wish in this cluster (ClusterEnforcedAntiAffinity is not 1), and a rule in a plan: ${labels}; take antiAffinity out of the problem where VMs may share a node`,
    )
  }
  readRules(collected, roles, classes, findings)
}

function readClasses({ rows }: Collected, roles: Roles, findings: Findings): Groups {
  const classes = new Groups()
  for (const row of rows.get('antiAffinity') ?? []) {
    const label = asText(rawOf(row, 'ClassName'))
    if (label !== undefined) classes.add(label, row, roles.find(asText(rawOf(row, 'Group')) ?? ''))
  }
  for (const role of roles.roles) {
    const labels = asTexts(rawOf(role.row, 'AntiAffinityClassNames'))
    if (labels === undefined) {
      findings.fault(
        originOf(role.row, 'AntiAffinityClassNames'),
        'was cut off by ConvertTo-Json: which VMs to keep apart is lost; export again with -Depth 3',
      )
      continue
    }
    for (const label of labels) classes.add(label, role.row, role)
  }
  return classes
}

function separate({ roles }: Members, label: string): void {
  for (const { vm } of [...roles].flatMap((role) => role.vms)) {
    vm.antiAffinity ??= []
    if (!vm.antiAffinity.includes(label)) vm.antiAffinity.push(label)
  }
}

function readRules({ rows }: Collected, roles: Roles, classes: Groups, findings: Findings): void {
  const together = new Groups()
  const apart = new Groups()
  const sites = new Groups()
  for (const row of rows.get('affinityRule') ?? []) {
    const name = asText(rawOf(row, 'Name')) ?? 'a rule'
    if (asBoolean(rawOf(row, 'Enabled')) === false) continue
    const type = asEnum(rawOf(row, 'RuleType'), RULE_TYPES)
    const members = asTexts(rawOf(row, 'Group') ?? rawOf(row, 'Groups'))
    if (type === undefined || members === undefined) {
      const property = type === undefined ? 'RuleType' : 'Groups'
      const right =
        type === undefined
          ? `is ${showValue(row, 'RuleType')}; it must be SameNode, DifferentNode, SameFaultDomain or DifferentFaultDomain`
          : 'was cut off by ConvertTo-Json; export again with -Depth 3'
      findings.fault(originOf(row, property), right)
      continue
    }
    const groups = type === 'SameNode' ? together : type === 'SameFaultDomain' ? sites : apart
    for (const member of members) groups.add(name, row, roles.find(member))
    if (type === 'DifferentFaultDomain' && !sites.has(name))
      findings.assume(
        originOf(row),
        `affinity rule "${name}" wants different fault domains, which vmferry does not know: different nodes are what a plan keeps`,
      )
  }
  for (const group of together.binding()) {
    for (const { vm } of [...group.roles].flatMap((role) => role.vms))
      vm.affinity = [...(vm.affinity ?? []), group.label]
  }
  for (const group of apart.binding())
    separate(group, classes.has(group.label) ? `${group.label} (rule)` : group.label)
  for (const group of sites.binding())
    findings.assume(
      originOf(group.row),
      `affinity rule "${group.label}" wants one fault domain for its VMs, which vmferry does not know: write allowedNodes into the problem where it matters`,
    )
}
