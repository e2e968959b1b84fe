/** Cluster roles (`Get-ClusterGroup`), and which VM each of them is. */
import { type Collected, type Row, rawOf } from './rows.js'
import { asName } from './values.js'
import { guidOf, type VmKey } from './vm-rows.js'
import type { ReadVm, ReadVms } from './vms.js'

export interface Role {
  name: string
  row: Row
  vms: ReadVm[]
  /** Its VM is a replica, which is left out. */
  replica: boolean
}

export interface Roles {
  /** In the order of the export; empty where it has none. */
  roles: readonly Role[]
  /** By name, of the role or of a VM in it. */
  find: (name: string) => Role | undefined
  of: (vm: ReadVm) => Role | undefined
}

const fold = (name: string) => name.toLowerCase()

/** A role and its VM have one name at first, but may be renamed: the id of the VM's resource ties them, where it is known. */
export function readRoles({ rows }: Collected, { vms, replicas }: ReadVms): Roles {
  const byName = new Map<string, Role>()
  for (const row of rows.get('group') ?? []) {
    const name = asName(rawOf(row, 'Name'))
    if (name !== undefined && !byName.has(fold(name)))
      byName.set(fold(name), { name, row, vms: [], replica: false })
  }
  const roleOfId = new Map<string, Role>()
  for (const row of rows.get('resource') ?? []) {
    const group = asName(rawOf(row, 'Group')) ?? asName(rawOf(row, 'OwnerGroup'))
    const role = group === undefined ? undefined : byName.get(fold(group))
    const id = guidOf(row, 'VMId')
    if (role !== undefined && id !== undefined) roleOfId.set(id, role)
  }
  // A role that is another VM's by its id is not this one's by its name.
  const claimed = new Set(roleOfId.values())
  const roleOfVm = new Map<ReadVm, Role>()
  const byVmName = new Map<string, Role>()
  const roleOf = ({ name, vmId }: VmKey): Role | undefined => {
    const named = byName.get(fold(name))
    return (
      (vmId === undefined ? undefined : roleOfId.get(vmId)) ??
      (named === undefined || claimed.has(named) ? undefined : named)
    )
  }
  for (const replica of replicas) {
    const role = roleOf(replica)
    if (role !== undefined) role.replica = true
  }
  for (const vm of vms) {
    const role = roleOf(vm)
    if (role === undefined) continue
    role.vms.push(vm)
    roleOfVm.set(vm, role)
    byVmName.set(fold(vm.name), role)
  }
  return {
    roles: [...byName.values()],
    find: (name) => byName.get(fold(name)) ?? byVmName.get(fold(name)),
    of: (vm) => roleOfVm.get(vm),
  }
}
