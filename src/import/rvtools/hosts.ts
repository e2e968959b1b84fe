/** Tab vHost: the nodes. */

import { addAll } from '../../lists.js'
import { findCpuModel } from '../../model/cpu/table.js'
import { quote } from '../../model/issues.js'
import type { Assumption, ImportIssue, InventoryNode } from '../inventory.js'
import { clusterKey, flagOf, textOf } from './cells.js'
import { MemoryColumn, readProcessors } from './numbers.js'
import { HOST, type Row, type Tab } from './table.js'

export interface Host {
  node: InventoryNode
  /** See `clusterKey`. */
  cluster: string
}

/**
 * EVC modes whose name is not the vendor and a name of the built-in table (`intel-cascadelake`). What the table lacks is left out:
 * Merom and Penryn, Opteron before the third generation, Steamroller.
 */
const EVC_MODELS: Readonly<Record<string, string>> = {
  'intel-skylake': 'Skylake-Server',
  'amd-greyhound': 'Opteron_G3',
}

/** The model that an EVC mode's key names; undefined where it is empty or of none in the built-in table. */
export function modelOfEvc(key: string): string | undefined {
  const folded = key.trim().toLowerCase()
  if (Object.hasOwn(EVC_MODELS, folded)) return EVC_MODELS[folded]
  const [vendor, name] = /^(intel|amd)-([a-z\d-]+)$/.exec(folded)?.slice(1) ?? []
  const model = name === undefined ? undefined : findCpuModel(name)
  return model?.vendor.toLowerCase() === vendor ? model?.name : undefined
}

export function readHosts({ rows }: Tab, issues: ImportIssue[], assumptions: Assumption[]): Host[] {
  const memory = new MemoryColumn(HOST.memory, issues)
  const evc = new EvcReport()
  const hosts: Host[] = []
  for (const row of rows) {
    const id = textOf(row, HOST.host)
    if (id === '') {
      issues.push({ origin: row.origin(...HOST.host), message: 'a host without name' })
      continue
    }
    const memoryMiB = memory.read(row)
    const cores = readProcessors(row, HOST.cores, issues)
    const threads = flagOf(row, HOST.threads, issues) ? 2 : 1
    hosts.push({
      cluster: clusterKey(textOf(row, HOST.datacenter), textOf(row, HOST.cluster)),
      node: {
        id,
        cpu: { texts: cpuTexts(row, evc), origin: row.origin(...HOST.cpu) },
        ...(memoryMiB === undefined ? {} : { memoryMiB }),
        ...(cores === undefined ? {} : { cores: cores * threads }),
        state: flagOf(row, HOST.maintenance, issues) ? 'paused' : 'up',
        origin: row.origin(...HOST.host),
      },
    })
  }
  addAll(assumptions, evc.assumptions())
  return hosts
}

/**
 * In a cluster with EVC, VMs see the mode's features on every host, so that it comes before the brand; the most that a host could do in
 * EVC names its generation, where the brand does not.
 */
function cpuTexts(row: Row, evc: EvcReport): string[] {
  const current = textOf(row, HOST.currentEvc)
  const model = modelOfEvc(current)
  evc.add(row, current, model)
  const texts = [model, textOf(row, HOST.cpu), modelOfEvc(textOf(row, HOST.maxEvc))]
  return [...new Set(texts.filter((text) => text !== undefined && text !== ''))] as string[]
}

/** One assumption for each EVC mode, not one for each host. */
class EvcReport {
  readonly #modes = new Map<string, { row: Row; model: string | undefined; count: number }>()

  add(row: Row, key: string, model: string | undefined): void {
    // RVTools leaves it empty, or writes a hyphen or the like, where EVC is off.
    if (!/[a-z]/i.test(key) || /^(?:none|disabled)$/i.test(key)) return
    const known = this.#modes.get(key)
    if (known === undefined) this.#modes.set(key, { row, model, count: 1 })
    else known.count++
  }

  assumptions(): Assumption[] {
    return [...this.#modes].map(([key, { row, model, count }]) => {
      const hosts = count === 1 ? 'one host' : `${count} hosts`
      const text =
        model === undefined
          ? `EVC mode ${quote(key)} (${hosts}) is of no CPU model in the built-in table: the CPU itself is looked up, and VMs may see less than it has; give these hosts a CPU of your own if the plan keeps VMs apart that EVC lets move`
          : `EVC mode ${quote(key)} (${hosts}) is taken as CPU model ${model}, since VMs see no more than the mode has`
      return { origin: row.origin(...HOST.currentEvc), text }
    })
  }
}
