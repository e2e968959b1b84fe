/** Which VMs belong together, and which apart: anti-affinity classes and affinity rules of the cluster, and its fault domains. */

import type { Findings } from '../findings.js'
import { listNames, plainName } from '../words.js'
import type { Cluster } from './cluster.js'
import { RULE_TYPES } from './enums.js'
import type { Role, Roles } from './roles.js'
import { type Collected, originOf, type Row, rawOf, showValue } from './rows.js'
import { asBoolean, asEnum, asName, asText, asTexts } from './values.js'

/** What it is worth to a plan to keep apart what the cluster only wishes to. */
const SOFT_PENALTY_SECONDS = 300

/** Roles that one class or rule names. */
interface Members {
  label: string
  row: Row
  roles: Set<Role>
  /** The cluster gives it up where nothing else is left. */
  soft: boolean
}

class Groups {
  readonly #groups = new Map<string, Members>()

  add(label: string, row: Row, role: Role | undefined, soft = false): void {
    const group = this.#groups.get(label.toLowerCase()) ?? { label, row, roles: new Set<Role>(), soft }
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
  findings: Findings,
): void {
  const classes = readClasses(collected, roles, cluster?.enforcesAntiAffinity !== true, findings)
  const { together, apart, sameDomain } = readRules(collected, roles, findings)
  // A class of one binds nobody yet, and tells whoever adds the next VM.
  for (const group of classes.all()) separate(group, group.label)
  for (const group of apart.binding())
    separate(group, classes.has(group.label) ? `${group.label} (rule)` : group.label)
  const wishes = [...classes.binding(), ...apart.binding()].filter(({ soft }) => soft)
  if (wishes.length > 0) {
    findings.assume(
      originOf(wishes[0].row),
      `anti-affinity is a wish in this cluster (ClusterEnforcedAntiAffinity is not 1, or a rule has SoftAntiAffinity), and soft in the problem, at ${SOFT_PENALTY_SECONDS} s for each VM beyond the first on a node: ${listNames(wishes.map(({ label }) => label))}; without penaltySeconds they are kept apart in any case`,
    )
  }
  for (const group of together.binding()) {
    for (const { vm } of [...group.roles].flatMap((role) => role.vms))
      vm.affinity = [...(vm.affinity ?? []), group.label]
  }
  for (const group of sameDomain.binding())
    findings.assume(
      originOf(group.row),
      `affinity rule ${plainName(group.label)} wants one fault domain for its VMs, which no plan keeps: write allowedNodes into the problem where it matters`,
    )
  readDomains(collected, findings)
}

function readClasses({ rows }: Collected, roles: Roles, soft: boolean, findings: Findings): Groups {
  const classes = new Groups()
  for (const row of rows.get('antiAffinity') ?? []) {
    const label = asText(rawOf(row, 'ClassName'))
    if (label !== undefined) classes.add(label, row, roles.find(asName(rawOf(row, 'Group')) ?? ''), soft)
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
    for (const label of labels) classes.add(label, role.row, role, soft)
  }
  return classes
}

function separate({ roles, soft }: Members, group: string): void {
  const entry = soft ? { group, penaltySeconds: SOFT_PENALTY_SECONDS } : group
  for (const { vm } of [...roles].flatMap((role) => role.vms))
    vm.antiAffinity = [...(vm.antiAffinity ?? []), entry]
}

function readRules(
  { rows }: Collected,
  roles: Roles,
  findings: Findings,
): { together: Groups; apart: Groups; sameDomain: Groups } {
  const together = new Groups()
  const apart = new Groups()
  const sameDomain = new Groups()
  const told = new Set<string>()
  for (const row of rows.get('affinityRule') ?? []) {
    const name = asText(rawOf(row, 'Name')) ?? 'a rule'
    if (asBoolean(rawOf(row, 'Enabled')) === false) continue
    const type = asEnum(rawOf(row, 'RuleType'), RULE_TYPES)
    const member = asName(rawOf(row, 'Group'))
    const members = member === undefined ? asTexts(rawOf(row, 'Groups')) : [member]
    if (type === undefined || members === undefined) {
      const property = type === undefined ? 'RuleType' : 'Groups'
      const right =
        type === undefined
          ? `is ${showValue(row, 'RuleType')}; it must be SameNode, DifferentNode, SameFaultDomain or DifferentFaultDomain`
          : 'was cut off by ConvertTo-Json; export again with -Depth 3'
      findings.fault(originOf(row, property), right)
      continue
    }
    const groups = type === 'SameNode' ? together : type === 'SameFaultDomain' ? sameDomain : apart
    const soft = asBoolean(rawOf(row, 'SoftAntiAffinity')) === true
    for (const each of members) groups.add(name, row, roles.find(each), soft)
    if (type === 'DifferentFaultDomain' && !told.has(name)) {
      told.add(name)
      findings.assume(
        originOf(row),
        `affinity rule ${plainName(name)} wants different fault domains: different nodes are what a plan keeps`,
      )
    }
  }
  return { together, apart, sameDomain }
}

/** Sites, racks and chassis with something in them; a plan takes all nodes alike. */
function readDomains({ rows }: Collected, findings: Findings): void {
  const domains = rows.get('faultDomain') ?? []
  const parents = new Set(domains.map((row) => asName(rawOf(row, 'ParentName'))))
  const used = domains.filter((row) => parents.has(asName(rawOf(row, 'Name')) ?? ''))
  if (used.length < 2) return
  const names = used.map((row) => asName(rawOf(row, 'Name')) ?? '')
  findings.assume(
    originOf(used[0]),
    `the cluster has fault domains, such as sites and racks, which a plan does not know: ${listNames(names)}; write allowedNodes into the problem where VMs must not leave theirs`,
  )
}
