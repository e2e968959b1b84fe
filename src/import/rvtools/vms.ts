/** Tab vInfo: the VMs. */

import { addAll } from '../../lists.js'
import { quote, show } from '../../model/issues.js'
import type { VmState } from '../../model/problem.js'
import type { Assumption, ImportIssue, InventoryVm } from '../inventory.js'
import { Skipped } from '../skipped.js'
import { clusterKey, flagOf, textOf } from './cells.js'
import { MemoryColumn, readProcessors } from './numbers.js'
import { RuleReader } from './rules.js'
import { INFO, type Row, type Tab } from './table.js'

export interface FoundVm {
  vm: InventoryVm
  /** See `clusterKey`. */
  cluster: string
  /** What tells VMs of one name apart: the id in vCenter, or the UUID; `''` where the export has neither. */
  key: string
}

const POWER_STATES: Readonly<Record<string, VmState>> = {
  poweredon: 'running',
  poweredoff: 'off',
  // Its memory is on disk, as that of a saved VM of Hyper-V.
  suspended: 'saved',
}

/** vSphere's five steps on the format's scale. Without HA restart a VM counts least. */
const PRIORITIES: Readonly<Record<string, number>> = {
  disabled: 0,
  lowest: 500,
  low: 1000,
  medium: 2000,
  high: 3000,
  highest: 4000,
}

export function readVms({ rows }: Tab, issues: ImportIssue[], assumptions: Assumption[]): FoundVm[] {
  const memory = new MemoryColumn(INFO.memory, issues)
  const skipped = new Skipped()
  const rules = new RuleReader()
  const priorities = new Map<string, Row>()
  const found: FoundVm[] = []
  for (const row of rows) {
    const id = textOf(row, INFO.vm)
    if (id === '') {
      issues.push({ origin: row.origin(...INFO.vm), message: 'a VM without name' })
      continue
    }
    const why = reasonToSkip(row, id, issues)
    if (why !== undefined) {
      skipped.add(why, row.origin(...INFO.vm), id)
      continue
    }
    const node = textOf(row, INFO.host)
    const cluster = clusterKey(textOf(row, INFO.datacenter), textOf(row, INFO.cluster))
    const memoryMiB = memory.read(row)
    const vcpus = readProcessors(row, INFO.vcpus, issues)
    const state = powerState(row, issues)
    const priority = priorityOf(row, priorities)
    found.push({
      cluster,
      key: textOf(row, INFO.id) || textOf(row, INFO.uuid),
      vm: {
        id,
        node,
        ...(memoryMiB === undefined ? {} : { memoryMiB }),
        ...(vcpus === undefined ? {} : { vcpus }),
        ...(state === undefined ? {} : { state }),
        ...(priority === undefined ? {} : { priority }),
        ...rules.read(row, cluster),
        origin: row.origin(...INFO.vm),
        nodeOrigin: row.origin(...INFO.host),
      },
    })
  }
  for (const [value, row] of priorities) {
    assumptions.push({
      origin: row.origin(...INFO.priority),
      text: `HA restart priority ${quote(value)} is not known; VMs with it get the default priority`,
    })
  }
  addAll(assumptions, skipped.assumptions())
  addAll(assumptions, rules.assumptions())
  return found
}

function reasonToSkip(row: Row, id: string, issues: ImportIssue[]): string | undefined {
  if (flagOf(row, INFO.template, issues)) return 'templates, which never run'
  if (flagOf(row, INFO.placeholder, issues))
    return 'placeholders of Site Recovery Manager, which hold no memory here'
  if (/^vCLS(?:-| \()/.test(id))
    return 'agents of vSphere Cluster Services (vCLS), which vCenter places itself'
  const connection = textOf(row, INFO.connection)
  if (/^(?:orphaned|invalid|inaccessible)$/i.test(connection))
    return `VMs whose connection state is ${connection.toLowerCase()}, which vCenter cannot migrate`
  return undefined
}

function powerState(row: Row, issues: ImportIssue[]): VmState | undefined {
  const cell = row.cell(...INFO.powerState)
  const folded = String(cell).toLowerCase().replace(/\s/g, '')
  if (Object.hasOwn(POWER_STATES, folded)) return POWER_STATES[folded]
  issues.push({
    origin: row.origin(...INFO.powerState),
    message: `${show(cell)} is not a power state: poweredOn, poweredOff or suspended`,
  })
  return undefined
}

/** @param unknown gets the first row of each value that is not known */
function priorityOf(row: Row, unknown: Map<string, Row>): number | undefined {
  const text = textOf(row, INFO.priority)
  const folded = text.toLowerCase()
  if (Object.hasOwn(PRIORITIES, folded)) return PRIORITIES[folded]
  // The cluster's own setting is not in the export; without HA the cell is empty.
  if (folded !== '' && folded !== 'clusterrestartpriority' && folded !== 'none' && !unknown.has(text))
    unknown.set(text, row)
  return undefined
}
