/** Cluster roles (`Get-ClusterGroup`), and which VM each of them is. */
import { type Collected, type Row, rawOf } from './rows.js'
import { asText } from './values.js'
import { guidOf } from './vm-rows.js'
import type { ReadVm } from './vms.js'

export interface Role {
  name: string
  row: Row
  vms: ReadVm[]
}

export interface Roles {
  /** In the order of the export; empty where it has none. */
  roles: readonly Role[]
  /** By name, of the role or of a VM in it. */
  find: (name: string) => Role | undefined
  of: (vm: ReadVm) => Role | undefined
}

const fold = (name: string) => name.trim().toLowerCase()

/** A role and its VM have one name at first, but may be renamed: the id of the VM's resource ties them, where it is known. */
export function readRoles({ rows }: Collected, vms: readonly ReadVm[]): Roles {
  const byName = new Map<string, Role>()
  for (const row of rows.get('group') ?? []) {
    const name = asText(rawOf(row, 'Name'))
    if (name !== undefined && !byName.has(fold(name))) byName.set(fold(name), { name, row, vms: [] })
  }
  const roleOfId = new Map<string, Role>()
  for (const row of rows.get('resource') ?? []) {
    const group = asText(rawOf(row, 'Group')) ?? asText(rawOf(row, 'OwnerGroup'))
    const role = group === undefined ? undefined : byName.get(fold(group))
    const id = guidOf(row, 'VMId')
    if (role !== undefined && id !== undefined) roleOfId.set(id, role)
  }
  // A role that is another VM's by its id is not this one's by its name.
  const claimed = new Set(roleOfId.values())
  const roleOfVm = new Map<ReadVm, Role>()
  const byVmName = new Map<string, Role>()
  for (const vm of vms) {
    const named = byName.get(fold(vm.name))
    const role =
      (vm.vmId === undefined ? undefined : roleOfId.get(vm.vmId)) ??
      (named === undefined || claimed.has(named) ? undefined : named)
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
