/** Sizes in bytes, and the memory that a node has for VMs. */

import { type Findings, Remarks } from '../findings.js'
import type { InventoryNode, InventoryVm } from '../inventory.js'
import type { NodeRows } from './node-rows.js'
import { originOf, type Row, rawOf, showValue } from './rows.js'
import { asNumber, asText } from './values.js'

/** What is said once of many, `{names}`. */
const REMARKS = {
  free: 'memory for VMs is what is free on a node and what its VMs have, at the time of the export ({names}); --reserve keeps some of it back',
  total:
    'memory for VMs is what is installed without 384 MiB and 64 MiB for each GiB, since the export does not tell what is free ({names}); export Win32_OperatingSystem too',
}

const MIB = 2 ** 20
/** More than any host of Hyper-V can have. */
const MAX_BYTES = 2 ** 52

/**
 * MiB of a size that the cmdlet gives in `unit` bytes; undefined where the property is missing, or has a fault, which is told then. 0 stays 0.
 */
export function readMiB(row: Row, property: string, findings: Findings, unit = 1): number | undefined {
  const raw = rawOf(row, property)
  if (asText(raw) === undefined) return undefined
  const value = asNumber(raw)
  const bytes = value === undefined ? Number.NaN : value * unit
  const what = unit === 1 ? 'bytes' : 'KiB'
  const fault = (message: string) => {
    findings.fault(originOf(row, property), `${showValue(row, property)} ${message}`)
    return undefined
  }
  if (!(bytes >= 0)) return fault(`is no size; the cmdlet gives a number of ${what}, 0 or more`)
  if (bytes > MAX_BYTES) return fault('is more memory than any host has; the cmdlet gives bytes')
  if (bytes > 0 && bytes < MIB) return fault(`is less than 1 MiB: was it converted? The cmdlet gives ${what}`)
  return bytes / MIB
}

/**
 * Gives every node the memory that VMs can have there together.
 *
 * What is free now and what the VMs there have now is what they can have: the host keeps the rest. Where no export tells what is free, the host
 * keeps what Hyper-V reserved for it by default in Windows Server 2008 R2, the last version whose formula is known: 384 MiB, and 64 MiB for each
 * GiB. Later versions keep less.
 */
export function readNodeMemory(
  nodes: readonly InventoryNode[],
  vms: readonly InventoryVm[],
  rows: NodeRows,
  findings: Findings,
): void {
  const assigned = new Map<string, number>()
  for (const { node, memoryMiB = 0, state } of vms) {
    if (state === 'running') assigned.set(node, (assigned.get(node) ?? 0) + memoryMiB)
  }
  const remarks = new Remarks()
  for (const node of nodes) {
    const used = assigned.get(node.id) ?? 0
    const { total, free } = installed(node.id, rows, findings)
    if (free !== undefined && (total === undefined || free <= total)) {
      node.memoryMiB = Math.floor(Math.min(free + used, total ?? Infinity))
      remarks.add('free', node.id, node.origin)
    } else if (total !== undefined) {
      const reserved = 384 + (64 * total) / 1024
      const left = Math.floor(Math.max(total - reserved, used))
      if (left > 0) node.memoryMiB = left
      remarks.add('total', node.id, node.origin)
    }
  }
  remarks.tell(findings, REMARKS)
}

function installed(
  id: string,
  rows: NodeRows,
  findings: Findings,
): { total: number | undefined; free: number | undefined } {
  const [host] = rows.of('host', id)
  const [system] = rows.of('memory', id)
  const [computer] = rows.of('computer', id)
  const capacity = host && readMiB(host, 'MemoryCapacity', findings)
  const physical = computer && readMiB(computer, 'TotalPhysicalMemory', findings)
  const visible = system && readMiB(system, 'TotalVisibleMemorySize', findings, 1024)
  const free = system && readMiB(system, 'FreePhysicalMemory', findings, 1024)
  return { total: capacity || physical || visible || undefined, free }
}
