/** Where VMs may go: roles, possible owners, and what keeps a VM where it is. */

import { type Findings, Remarks } from '../findings.js'
import type { Cluster } from './cluster.js'
import { GROUP_STATUS } from './enums.js'
import type { NodeRows } from './node-rows.js'
import type { Role, Roles } from './roles.js'
import { type Collected, mustBe, originOf, type Row, rawOf } from './rows.js'
import { asFlags, asName, asNumber, asText, asTexts } from './values.js'
import { pin, type ReadVm } from './vms.js'

/** What is said once of many, `{names}`. */
const REMARKS = {
  local:
    'VMs that are no role of the cluster stay where they are: {names}; Add-ClusterVirtualMachineRole makes them one',
  roleless: 'clustered VMs whose role is not in the export stay where they are: {names}',
  rolesMissing:
    'priorities, owners and anti-affinity of clustered VMs are not known: {names}; export Get-ClusterGroup too',
  absent:
    'roles whose VM no node has, since they are offline or their node was not read, are left out: {names}',
  renamed:
    "VMs whose role has another name go by their own in a plan, and commands that move roles need the role's: {names}; rename the roles before a runbook is made",
  locked: 'VMs whose role is locked stay where they are: {names}',
  queued:
    'VMs whose role waits for a migration of somebody else stay where they are: {names}; export again once that is over',
  shared:
    'VMs that share a role move only together, which a plan does not do: they stay where they are: {names}',
  unread:
    'VMs whose possible owners could not be read stay where they are: {names}; export again with the rights for it',
  owned: 'VMs that only their own node may have stay there: {names}',
  preferred:
    'preferred owners are a wish, and so they are in the problem, as preferredNodes of {names}: ending elsewhere costs preferencePenaltySeconds',
}

const PRIORITIES: Readonly<Record<string, number>> = { high: 3000, medium: 2000, low: 1000, noautostart: 0 }
/** What the collect script writes where owners could not be read. */
const UNREAD = '?'

/** Possible owners of one resource. */
interface Owners {
  row: Row
  nodes: Set<string>
  unread: boolean
}

/** Sets priorities and possible owners, and pins what no plan may move. */
export function readOwners(
  collected: Collected,
  cluster: Cluster | undefined,
  vms: readonly ReadVm[],
  roles: Roles,
  nodes: NodeRows,
  findings: Findings,
): void {
  const remarks = new Remarks()
  const hasRoles = roles.roles.length > 0
  for (const vm of vms) {
    const role = roles.of(vm)
    if (role !== undefined) readRole(vm, role, findings, remarks)
    else if (hasRoles || cluster !== undefined || vm.clustered === true) {
      const local = vm.clustered === false || (hasRoles && vm.clustered !== true)
      if (local || hasRoles) pin(vm)
      if (local) remarks.add('local', vm.name, originOf(vm.row))
      else remarks.add(hasRoles ? 'roleless' : 'rolesMissing', vm.name, originOf(vm.row))
    }
  }
  for (const role of roles.roles) {
    const isVm = /^(?:VirtualMachine|111)$/i.test(asText(rawOf(role.row, 'GroupType')) ?? '')
    if (isVm && role.vms.length === 0 && !role.replica) remarks.add('absent', role.name, originOf(role.row))
  }
  const { rows } = collected
  if (vms.some((vm) => roles.of(vm) !== undefined) && !rows.has('possibleOwner') && !rows.has('owners'))
    findings.assume(
      originOf(roles.roles[0].row),
      "possible owners are not known, so that every node is taken for one; export Get-ClusterOwnerNode of the VMs' resources too",
    )
  restrict(collected, roles, nodes, findings, remarks)
  remarks.tell(findings, REMARKS)
}

function readRole(vm: ReadVm, role: Role, findings: Findings, remarks: Remarks): void {
  const { row } = role
  const text = asText(rawOf(row, 'Priority'))
  if (text !== undefined) {
    const priority = asNumber(text) ?? PRIORITIES[text.toLowerCase().replace(/\s/g, '')]
    if (priority !== undefined && Number.isInteger(priority) && priority >= 0) vm.vm.priority = priority
    else mustBe(findings, row, 'Priority', '3000, 2000, 1000 or 0, as Get-ClusterGroup has it')
  }
  if (role.name.toLowerCase() !== vm.name.toLowerCase())
    remarks.add('renamed', `${vm.name} (role ${role.name})`, originOf(row, 'Name'))
  const locked = asText(rawOf(row, 'LockedFromMoving'))?.toLowerCase()
  const status = asFlags(rawOf(row, 'StatusInformation'), GROUP_STATUS)
  if ((locked !== undefined && locked !== '0' && locked !== 'false') || status.has('Locked')) {
    pin(vm)
    remarks.add('locked', vm.name, originOf(row))
  }
  if (status.has('Queued')) {
    pin(vm)
    remarks.add('queued', vm.name, originOf(row, 'StatusInformation'))
  }
  if (role.vms.length > 1) {
    pin(vm)
    remarks.add('shared', vm.name, originOf(row))
  }
}

/** A VM may go where each of its resources may. */
function restrict(
  { rows }: Collected,
  roles: Roles,
  nodes: NodeRows,
  findings: Findings,
  remarks: Remarks,
): void {
  const byRole = new Map<Role, Map<string, Owners>>()
  const ownersOf = (role: Role, resource: string, row: Row): Owners => {
    const resources = byRole.get(role) ?? new Map<string, Owners>()
    byRole.set(role, resources)
    const owners = resources.get(resource) ?? { row, nodes: new Set(), unread: false }
    resources.set(resource, owners)
    return owners
  }
  for (const row of rows.get('possibleOwner') ?? []) {
    const role = roles.find(asName(rawOf(row, 'Group')) ?? '')
    if (role === undefined) continue
    const owners = ownersOf(role, asText(rawOf(row, 'Resource')) ?? '', row)
    const node = asText(rawOf(row, 'Node'))
    if (node === UNREAD) owners.unread = true
    else if (node !== undefined) owners.nodes.add(node)
  }
  for (const row of rows.get('owners') ?? []) readExportedOwners(row, roles, ownersOf, nodes, remarks)
  for (const row of rows.get('preferredOwner') ?? []) {
    const role = roles.find(asName(rawOf(row, 'Group')) ?? '')
    if (role === undefined) continue
    prefer(role, [asName(rawOf(row, 'Node')) ?? ''], nodes)
    if (asNumber(rawOf(row, 'Order')) === 1) remarks.add('preferred', role.name, originOf(row))
  }
  for (const [role, resources] of byRole) {
    for (const owners of resources.values()) {
      // Owners that are not there now (evicted, or left out) are none.
      const allowed = new Set<string>()
      for (const name of owners.nodes) {
        const { id } = nodes.names.find(name)
        if (id !== undefined) allowed.add(id)
      }
      for (const vm of role.vms) {
        if (owners.unread) {
          pin(vm)
          remarks.add('unread', vm.name, originOf(owners.row))
        } else if (allowed.size < nodes.ids.length || vm.vm.allowedNodes !== undefined)
          vm.vm.allowedNodes = (vm.vm.allowedNodes ?? [...allowed]).filter((id) => allowed.has(id))
      }
      const [only, second] = allowed
      if (second === undefined)
        for (const vm of role.vms) if (vm.node === only) remarks.add('owned', vm.name, originOf(owners.row))
      if (owners.nodes.size > 0 && allowed.size === 0)
        findings.assume(
          originOf(owners.row),
          `no possible owner of ${role.name} is among the nodes: it stays where it is`,
        )
    }
  }
}

/** Preferred owners that are not there now are none. */
function prefer({ vms }: Role, names: readonly string[], nodes: NodeRows): void {
  const ids = names.flatMap((name) => nodes.names.find(name).id ?? [])
  if (ids.length > 0) for (const { vm } of vms) vm.preferredNodes = [...(vm.preferredNodes ?? []), ...ids]
}

/** `Get-ClusterOwnerNode` by hand: possible owners of a resource, or preferred ones of a role. */
function readExportedOwners(
  row: Row,
  roles: Roles,
  ownersOf: (role: Role, resource: string, row: Row) => Owners,
  nodes: NodeRows,
  remarks: Remarks,
): void {
  const object = asName(rawOf(row, 'ClusterObject')) ?? ''
  const resource = /^Virtual Machine (?:Configuration )?(.+)$/i.exec(object)
  const role = roles.find(resource?.[1] ?? object)
  if (role === undefined) return
  const names = asTexts(rawOf(row, 'OwnerNodes'))
  if (resource === null) {
    prefer(role, names ?? [], nodes)
    if (names?.length !== 0) remarks.add('preferred', role.name, originOf(row))
    return
  }
  const owners = ownersOf(role, object, row)
  if (names === undefined) owners.unread = true
  else for (const name of names) owners.nodes.add(name)
}
