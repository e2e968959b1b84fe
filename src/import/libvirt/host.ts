/** A host, from its capabilities, its domain capabilities and lscpu: whatever of them is given. */
import { quote } from '../../model/issues.js'
import type { Assumption, ImportIssue, InventoryCpu, InventoryNode, Origin } from '../inventory.js'
import { listNames } from '../words.js'
import type { XmlElement } from '../xml/tree.js'
import { hostCpu, hostModel } from './cpu.js'
import { memoryOf } from './memory.js'

export interface HostFiles {
  name: string
  /** Where it is first told of. */
  origin: Origin
  capabilities?: XmlElement
  domainCapabilities?: XmlElement
  lscpu?: InventoryCpu
  domains: { element: XmlElement; status: string | undefined }[]
}

/**
 * Whether CPUs without lscpu are told by domain capabilities: only where all hosts have them. They have what KVM makes up for guests
 * (`umip`, `x2apic`) where capabilities have not: one host by these and another by those would differ where they are equal.
 */
export function haveDomainCapabilities(hosts: readonly HostFiles[]): boolean {
  return hosts.every(
    ({ lscpu, domainCapabilities }) => lscpu !== undefined || domainCapabilities !== undefined,
  )
}

/** Hosts whose CPU is told by one of libvirt's models: one assumption for each model. */
export class ModelReport {
  readonly #models = new Map<string, { origin: Origin; hosts: string[] }>()

  add(model: string, origin: Origin, host: string): void {
    const known = this.#models.get(model)
    if (known === undefined) this.#models.set(model, { origin, hosts: [host] })
    else known.hosts.push(host)
  }

  assumptions(): Assumption[] {
    return [...this.#models].map(([model, { origin, hosts }]) => ({
      origin,
      text: `${listNames(hosts)}: CPU features of model ${model} in the built-in table, and those that libvirt lists besides; give ${hosts[0]}.lscpu, and that of every other host, for the whole lists`,
    }))
  }
}

/** @param byDomainCapabilities see `haveDomainCapabilities` */
export function readHost(
  host: HostFiles,
  byDomainCapabilities: boolean,
  byModel: ModelReport,
  issues: ImportIssue[],
): InventoryNode {
  const { name: id, capabilities } = host
  const arch = capabilities?.at('host', 'cpu', 'arch')
  if (arch !== undefined && arch.text !== 'x86_64') {
    const message = `host ${quote(id)} is of architecture ${quote(arch.text)}; vmferry knows the CPUs of x86-64 only`
    issues.push({ origin: arch.origin, message })
  }
  const memoryMiB = hostMemory(capabilities, issues)
  const cores = hostProcessors(capabilities)
  const cpu = cpuOf(host, byDomainCapabilities, byModel)
  return {
    id,
    ...(cpu === undefined ? {} : { cpu }),
    ...(memoryMiB === undefined ? {} : { memoryMiB }),
    ...(cores === undefined ? {} : { cores }),
    state: 'up',
    origin: capabilities?.origin ?? host.origin,
  }
}

function cellsOf(capabilities: XmlElement | undefined): readonly XmlElement[] {
  return capabilities?.at('host', 'topology', 'cells')?.all('cell') ?? []
}

/** Logical processors of all NUMA cells; undefined where one does not tell. */
function hostProcessors(capabilities: XmlElement | undefined): number | undefined {
  const counts = cellsOf(capabilities).map((cell) => Number(cell.child('cpus')?.attribute('num')))
  const sum = counts.reduce((all, count) => all + count, 0)
  return Number.isSafeInteger(sum) && sum >= 1 ? sum : undefined
}

/** The sum of all NUMA cells; a host with one of them has one cell. */
function hostMemory(capabilities: XmlElement | undefined, issues: ImportIssue[]): number | undefined {
  const amounts = cellsOf(capabilities)
    .flatMap((cell) => cell.all('memory'))
    .map((memory) => memoryOf(memory, issues))
  if (amounts.length === 0 || amounts.includes(undefined)) return undefined
  return Math.floor(amounts.reduce((sum: number, amount) => sum + amount!, 0))
}

/**
 * lscpu has the whole list; host-model is what libvirt would give to a guest; the host's own model in its capabilities is the nearest
 * of libvirt's models, and what the host has besides.
 */
function cpuOf(
  { name, lscpu, capabilities, domainCapabilities }: HostFiles,
  byDomainCapabilities: boolean,
  byModel: ModelReport,
): InventoryCpu | undefined {
  if (lscpu !== undefined) return lscpu
  const mode =
    domainCapabilities === undefined || (!byDomainCapabilities && capabilities !== undefined)
      ? undefined
      : hostModel(domainCapabilities)
  const own = capabilities?.at('host', 'cpu')
  const found = [mode, own].map((element) => (element === undefined ? undefined : hostCpu(element)))
  const listed = found.find((cpu) => cpu?.features !== undefined)
  if (listed === undefined) {
    const cpu = found[1] ?? found[0]
    return cpu === undefined ? undefined : { ...cpu, vendor: cpu.vendor || vendorBeside(own, mode) }
  }
  byModel.add(listed.texts.at(-1)!, listed.origin, name)
  return { ...listed, vendor: listed.vendor || vendorBeside(own, mode) }
}

function vendorBeside(...elements: (XmlElement | undefined)[]): string {
  return elements.map((element) => element?.child('vendor')?.text).find((text) => text) ?? ''
}
