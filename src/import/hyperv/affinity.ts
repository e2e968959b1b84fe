/** Which VMs belong together, and which apart: anti-affinity classes and affinity rules of the cluster, and its fault domains. */

import type { Findings } from '../findings.js'
import type { InventoryNode } from '../inventory.js'
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
  nodes: readonly InventoryNode[],
  findings: Findings,
): void {
  const classes = readClasses(collected, roles, cluster?.enforcesAntiAffinity !== true, findings)
  const { together, apart, sameDomain, otherDomain } = readRules(collected, roles, findings)
  const domain = readDomains(collected, nodes)
  // A class of one binds nobody yet, and tells whoever adds the next VM.
  for (const group of classes.all()) separate(group, group.label)
  for (const group of apart.binding())
    separate(group, classes.has(group.label) ? `${group.label} (rule)` : group.label)
  const wishes = [...classes.binding(), ...apart.binding(), ...otherDomain.binding()].filter(
    ({ soft }) => soft,
  )
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
  for (const group of sameDomain.binding()) {
    tell(group, 'one fault domain', domain, 'is left out', findings)
    if (domain === undefined) continue
    for (const { vm } of [...group.roles].flatMap((role) => role.vms))
      vm.affinity = [...(vm.affinity ?? []), { group: `${group.label} (${domain})`, domain }]
  }
  for (const group of otherDomain.binding()) {
    tell(group, 'different fault domains', domain, 'is kept as different nodes', findings)
    separate(group, domain === undefined ? group.label : `${group.label} (${domain})`, domain)
  }
}

/** What a rule about fault domains has become; the cluster does not say which kind of them it means. */
function tell(
  { label, row }: Members,
  wanted: string,
  domain: string | undefined,
  otherwise: string,
  findings: Findings,
): void {
  const what =
    domain === undefined ? `no two are known, and it ${otherwise}` : `taken as one about a ${domain}`
  findings.assume(originOf(row), `affinity rule ${plainName(label)} wants ${wanted}: ${what}`)
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

function separate({ roles, soft }: Members, group: string, domain?: string): void {
  const about = domain === undefined ? {} : { domain }
  const isPlain = !soft && domain === undefined
  const entry = isPlain
    ? group
    : { group, ...(soft ? { penaltySeconds: SOFT_PENALTY_SECONDS } : {}), ...about }
  for (const { vm } of [...roles].flatMap((role) => role.vms))
    vm.antiAffinity = [...(vm.antiAffinity ?? []), entry]
}

function readRules(
  { rows }: Collected,
  roles: Roles,
  findings: Findings,
): Record<'together' | 'apart' | 'sameDomain' | 'otherDomain', Groups> {
  const together = new Groups()
  const apart = new Groups()
  const sameDomain = new Groups()
  const otherDomain = new Groups()
  const groupsOf = {
    SameNode: together,
    DifferentNode: apart,
    SameFaultDomain: sameDomain,
    DifferentFaultDomain: otherDomain,
  }
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
    const soft = asBoolean(rawOf(row, 'SoftAntiAffinity')) === true
    for (const each of members) groupsOf[type].add(name, row, roles.find(each), soft)
  }
  return { together, apart, sameDomain, otherDomain }
}

/** Kinds of fault domains, the widest first. */
const KINDS = ['site', 'rack', 'chassis']
/** A node is in a chassis, in a rack, in a site. */
const MOST_LEVELS = 8

/** Gives nodes the domains that they are in. The widest kind of which there are several: rules are taken to be about it. */
function readDomains({ rows }: Collected, nodes: readonly InventoryNode[]): string | undefined {
  const byName = new Map<string, Row>()
  for (const row of rows.get('faultDomain') ?? [])
    byName.set((asName(rawOf(row, 'Name')) ?? '').toLowerCase(), row)
  const found = new Map(KINDS.map((kind) => [kind, new Set<string>()]))
  for (const node of nodes) {
    const names = [node.id, ...(node.aliases ?? [])]
    let row = names.map((name) => byName.get(name.toLowerCase())).find((each) => each !== undefined)
    const domains: Record<string, string> = {}
    for (let level = 0; row !== undefined && level < MOST_LEVELS; level++) {
      const kind = (asText(rawOf(row, 'Type')) ?? '').toLowerCase()
      const name = asName(rawOf(row, 'Name')) ?? ''
      if (found.has(kind)) {
        domains[kind] = name
        found.get(kind)?.add(name)
      }
      row = byName.get((asName(rawOf(row, 'ParentName')) ?? '').toLowerCase())
    }
    if (Object.keys(domains).length > 0) node.domains = domains
  }
  return KINDS.find((kind) => (found.get(kind)?.size ?? 0) > 1)
}
