/** Source `hyperv`: the file of `collect/Get-VmferryInventory.ps1`, or what cmdlets gave to `ConvertTo-Json`, one file or several. */
import { Findings } from '../findings.js'
import type { InputFile, Inventory } from '../inventory.js'
import type { ReaderOptions } from '../options.js'
import { readAffinity } from './affinity.js'
import { readBackups } from './backups.js'
import { readCluster } from './cluster.js'
import { readNodeMemory } from './memory.js'
import { readNodes } from './nodes.js'
import { readOwners } from './owners.js'
import { readPins } from './pins.js'
import { readRoles } from './roles.js'
import { readRows } from './rows.js'
import { readTargets } from './targets.js'
import { SETUP_SECONDS } from './transport.js'
import { readVms } from './vms.js'
import { readWarnings } from './warnings.js'

/**
 * Reads all files as one cluster. Values are taken as Windows PowerShell 5.1 and PowerShell 7 write them; what is unsafe to guess is an
 * issue, and what was guessed an assumption.
 */
export function readHyperV(files: readonly InputFile[], { localDisks }: ReaderOptions = {}): Inventory {
  const findings = new Findings()
  const collected = readRows(files, findings)
  const cluster = readCluster(collected.rows.get('cluster') ?? [], findings)
  const { nodes, rows } = readNodes(collected, cluster, findings)
  const read = readVms(collected, rows, findings)
  const { vms } = read
  const roles = readRoles(collected, read)
  readPins(collected, vms, roles, rows, localDisks, findings)
  readTargets(collected, vms, rows, findings)
  readOwners(collected, cluster, vms, roles, rows, findings)
  readAffinity(collected, cluster, roles, nodes, findings)
  const inventory = vms.map(({ vm }) => vm)
  readNodeMemory(nodes, inventory, rows, findings)
  const windows = readBackups(collected, rows, vms, cluster?.name, findings)
  readWarnings(collected, findings)
  const { assumptions, issues } = findings
  return {
    ...(cluster?.name === undefined ? {} : { name: cluster.name }),
    nodes: [...nodes],
    vms: inventory,
    windows,
    ...(nodes.some(({ linkEfficiency }) => linkEfficiency !== undefined)
      ? { setupSeconds: SETUP_SECONDS }
      : {}),
    assumptions,
    issues,
  }
}
