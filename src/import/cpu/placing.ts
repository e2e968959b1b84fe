/**
 * VMs that see less than their host has: a named CPU model of QEMU or libvirt. The format knows no feature list of a VM. But a VM
 * whose compatibility is `cluster` sees what all nodes of the vendor have in common, and may go to each of them; so `cluster`, with
 * allowedNodes for those that have the model's features, lets it go exactly where the model lets it.
 */
import { UnknownCpuError } from '../../errors.js'
import { lookUpCpu } from '../../model/cpu/lookup.js'
import { seenFeatures } from '../../model/cpu/table.js'
import { quote } from '../../model/issues.js'
import { vendorIn } from '../cpus.js'
import { mitigationsOf, sortFlags } from '../flags.js'
import type { Assumption, InventoryCpu, InventoryNode, InventoryVm, Origin } from '../inventory.js'
import { listNames } from '../words.js'
import type { GuestCpu } from './guest-models.js'

interface NodeCpu {
  vendor: string
  /** What can be counted on. */
  features: ReadonlySet<string>
  /** What its VMs may see. */
  seen: ReadonlySet<string>
}

/** What the node's CPU offers to guests, as far as the files tell. */
function cpuOf(cpu: InventoryCpu | undefined): NodeCpu | undefined {
  if (cpu?.features !== undefined && cpu.features.length > 0) {
    const vendor = vendorIn([cpu.vendor ?? '', ...cpu.texts].join('\n'))
    if (vendor === undefined) return undefined
    const features = new Set(sortFlags(vendor, cpu.features).features)
    return { vendor, features, seen: features }
  }
  for (const text of cpu?.texts ?? []) {
    try {
      const { model } = lookUpCpu(text)
      return { vendor: model.vendor, features: new Set(model.features), seen: new Set(seenFeatures(model)) }
    } catch (error) {
      if (!(error instanceof UnknownCpuError)) throw error
    }
  }
  return undefined
}

interface Group {
  origin: Origin
  vms: string[]
  text: string
}

/** Places VMs one by one, and reports each CPU model once. */
export class CpuPlacing {
  readonly #cpus: ReadonlyMap<string, NodeCpu | undefined>
  readonly #blind: readonly string[]
  readonly #fitting = new Map<string, { fitting: readonly string[]; all: boolean }>()
  readonly #groups = new Map<string, Group>()

  constructor(nodes: readonly InventoryNode[]) {
    this.#cpus = new Map(nodes.map(({ id, cpu }) => [id, cpuOf(cpu)]))
    this.#blind = [...this.#cpus].filter(([, cpu]) => cpu === undefined).map(([id]) => id)
  }

  /**
   * Sets `compatibility`, and narrows `allowedNodes`, of a VM that sees `guest`.
   * @param vm whose `node` is the id of a node
   */
  place(vm: InventoryVm, guest: GuestCpu): void {
    const own = this.#cpus.get(vm.node)
    const name = quote(guest.name)
    if (guest.features === undefined || own === undefined || this.#blind.length > 0) {
      const why =
        guest.features === undefined
          ? 'is not in the built-in table'
          : `cannot be compared with the CPU of ${listNames(this.#blind)}, which the files do not tell`
      vm.compatibility = 'off'
      const text = `CPU model ${name} ${why}: taken to see all of the host's CPU, so that VMs with it move to nodes that have all of that`
      this.#report(vm, text)
      return
    }
    // It runs there, so that it sees nothing that its host lacks: where the table says so, the table is wrong about one of them.
    const needed = [...guest.features].filter((feature) => own.seen.has(feature))
    const { fitting, all } = this.#nodesWith(vm.node, own.vendor, needed)
    vm.compatibility = 'cluster'
    if (!all) vm.allowedNodes = (vm.allowedNodes ?? fitting).filter((id) => fitting.includes(id))
    const where = all ? `every ${own.vendor} node` : listNames(fitting)
    this.#report(vm, `CPU model ${name} needs no more than ${where} has: VMs with it may move there`)
  }

  /** The VM's own node, and those of the vendor that have these features, what microcode adds aside; and whether that is all of them. */
  #nodesWith(
    own: string,
    vendor: string,
    needed: readonly string[],
  ): { fitting: readonly string[]; all: boolean } {
    const key = JSON.stringify([own, vendor, needed.toSorted()])
    const known = this.#fitting.get(key)
    if (known !== undefined) return known
    const left = new Set(mitigationsOf(needed))
    const wanted = needed.filter((feature) => !left.has(feature))
    const peers = [...this.#cpus].filter(([, cpu]) => cpu?.vendor === vendor)
    const fitting = peers
      .filter(([id, cpu]) => id === own || wanted.every((feature) => cpu!.features.has(feature)))
      .map(([id]) => id)
    const found = { fitting, all: fitting.length === peers.length }
    this.#fitting.set(key, found)
    return found
  }

  #report(vm: InventoryVm, text: string): void {
    const group = this.#groups.get(text)
    if (group === undefined) this.#groups.set(text, { origin: vm.origin, vms: [vm.id], text })
    else group.vms.push(vm.id)
  }

  assumptions(): Assumption[] {
    return [...this.#groups.values()].map(({ origin, vms, text }) => ({
      origin,
      text: `${text} (${listNames(vms)})`,
    }))
  }
}
