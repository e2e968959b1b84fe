/** Which nodes have what a VM needs: its virtual switches, a Hyper-V that takes its version, the keys of its TPM. */
import { type Findings, Remarks } from '../findings.js'
import type { NodeRows } from './node-rows.js'
import { type Collected, originOf, rawOf } from './rows.js'
import { asBoolean, asName, asText, asTexts } from './values.js'
import { VmRows } from './vm-rows.js'
import { type ReadVm, restrict } from './vms.js'

export function readTargets(
  collected: Collected,
  vms: readonly ReadVm[],
  nodes: NodeRows,
  findings: Findings,
): void {
  const remarks = new Remarks()
  bySwitch(collected, vms, nodes, remarks)
  byVersion(vms, nodes, remarks)
  byGuardian(collected, vms, nodes, remarks)
  remarks.reportAll(findings, (what, names) => `VMs go only to nodes that ${what}: ${names}`)
}

function bySwitch({ rows }: Collected, vms: readonly ReadVm[], nodes: NodeRows, remarks: Remarks): void {
  if (!rows.has('switch')) return
  const adapters = new VmRows(rows, 'vmAdapter', nodes)
  const switches = new Map(
    nodes.ids.map((id) => [
      id,
      new Set(nodes.of('switch', id).map((row) => asName(rawOf(row, 'Name'))?.toLowerCase())),
    ]),
  )
  for (const vm of vms) {
    for (const row of adapters.of(vm)) {
      const name = asName(rawOf(row, 'SwitchName'))
      if (name === undefined) continue
      const key = name.toLowerCase()
      if (restrict(vm, nodes.ids, (node) => switches.get(node)?.has(key) === true))
        remarks.add('have their virtual switch', `${vm.name} (${name})`, originOf(row, 'SwitchName'))
    }
  }
}

function byVersion(vms: readonly ReadVm[], nodes: NodeRows, remarks: Remarks): void {
  const supported = new Map(
    nodes.ids.map((id) => {
      const [host] = nodes.of('host', id)
      const texts = (host && asTexts(rawOf(host, 'SupportedVmVersions'))) ?? []
      return [id, texts.flatMap((text) => text.split(/[,\s]+/))]
    }),
  )
  if ([...supported.values()].every((versions) => versions.length === 0)) return
  for (const vm of vms) {
    const version = asText(rawOf(vm.row, 'Version'))
    if (version === undefined) continue
    if (restrict(vm, nodes.ids, (node) => supported.get(node)?.includes(version) === true))
      remarks.add('support their version', `${vm.name} (${version})`, originOf(vm.row, 'Version'))
  }
}

/** Who unlocks virtual TPMs on a node. */
interface Guardian {
  /** Attested by a Host Guardian Service. */
  guarded: boolean
  /** Thumbprints of certificates with a private key. */
  certificates: readonly string[]
}

/** A shielded VM runs where the Host Guardian Service gives its key; one with a TPM of its own also where the node has the certificates itself. */
function byGuardian({ rows }: Collected, vms: readonly ReadVm[], nodes: NodeRows, remarks: Remarks): void {
  const security = new VmRows(rows, 'security', nodes)
  const guardians = new Map<string, Guardian>()
  for (const id of nodes.ids) {
    const [row] = nodes.of('guardian', id)
    if (row === undefined) continue
    const guarded = asText(rawOf(row, 'Mode')) === 'HostGuardianService'
    guardians.set(id, { guarded, certificates: (asText(rawOf(row, 'Certificates')) ?? '').split(/[,\s]+/) })
  }
  for (const vm of vms) {
    const [row] = security.of(vm)
    if (row === undefined) continue
    const shielded = asBoolean(rawOf(row, 'Shielded')) === true
    if (!shielded && asBoolean(rawOf(row, 'TpmEnabled')) !== true) continue
    const home = vm.node === undefined ? undefined : guardians.get(vm.node)
    const may = (node: string) => {
      const there = guardians.get(node)
      if (home === undefined || there === undefined) return false
      if (home.guarded || shielded) return home.guarded && there.guarded
      return home.certificates.every((key) => key !== '' && there.certificates.includes(key))
    }
    if (!restrict(vm, nodes.ids, may)) continue
    if (shielded)
      remarks.add('are known to be guarded like their own, since they are shielded', vm.name, originOf(row))
    else
      remarks.add(
        'are known to have the keys of their virtual TPM (certificates of the store Shielded VM Local Certificates, or a Host Guardian Service)',
        vm.name,
        originOf(row),
      )
  }
}
