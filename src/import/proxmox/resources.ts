/** `pvesh get /cluster/resources`: nodes and VMs. */

import { addAll } from '../../lists.js'
import { quote, show } from '../../model/issues.js'
import type { VmState } from '../../model/problem.js'
import type { Assumption, ImportIssue, InventoryNode, InventoryVm, Origin } from '../inventory.js'
import { field, type JsonObject } from '../json.js'
import { Skipped } from '../skipped.js'
import { listNames } from '../words.js'

const MIB = 1_048_576

export interface Resources {
  nodes: InventoryNode[]
  /** By VMID, which is unique in a cluster, as names are not. */
  vms: Map<string, InventoryVm>
  /** Names of nodes that are left out, in lower case. */
  dead: ReadonlySet<string>
  /** Whether a storage is shared. */
  shared: ReadonlyMap<string, boolean>
}

/** Whole MiB of a number of bytes; undefined for what is none, or less than one. */
function mebibytes(value: unknown): number | undefined {
  const bytes = typeof value === 'string' && /^\d{1,18}$/.test(value) ? Number(value) : value
  return typeof bytes === 'number' && bytes >= MIB && bytes < 2 ** 60 ? Math.floor(bytes / MIB) : undefined
}

export class ResourceReader {
  readonly #file: string
  readonly #issues: ImportIssue[]
  readonly #assumptions: Assumption[]
  readonly #skipped = new Skipped()
  readonly #sparse: { id: string; origin: Origin }[] = []
  readonly #nodes = new Map<string, InventoryNode>()
  readonly #vms = new Map<string, InventoryVm>()
  readonly #dead = new Set<string>()
  readonly #shared = new Map<string, boolean>()

  constructor(file: string, issues: ImportIssue[], assumptions: Assumption[]) {
    this.#file = file
    this.#issues = issues
    this.#assumptions = assumptions
  }

  read(rows: readonly JsonObject[]): Resources {
    // Nodes first: VMs of a node that is left out are left out with it.
    rows.forEach((row, i) => {
      if (field(row, 'type') === 'node') this.#readNode(row, `[${i}]`)
    })
    rows.forEach((row, i) => {
      const type = field(row, 'type')
      if (type === 'qemu') this.#readVm(row, `[${i}]`)
      else if (type === 'lxc') this.#skip('containers (lxc), which cannot move while they run', row, `[${i}]`)
      else if (type === 'storage') this.#readStorage(row)
    })
    this.#nameApart()
    addAll(this.#assumptions, this.#skipped.assumptions())
    const [sparse] = this.#sparse
    if (sparse !== undefined) {
      const names = listNames(this.#sparse.map(({ id }) => id))
      const text = `${names}: pages that no guest has touched are not sent, so that what a VM has of its host's memory (memhost) is what its migration copies; copyMiB in the problem says otherwise`
      this.#assumptions.push({ origin: sparse.origin, text })
    }
    return { nodes: [...this.#nodes.values()], vms: this.#vms, dead: this.#dead, shared: this.#shared }
  }

  #origin(place: string, key?: string): Origin {
    return { file: this.#file, place: key === undefined ? place : `${place}.${key}` }
  }

  #fault(place: string, key: string, value: unknown, right: string): undefined {
    this.#issues.push({ origin: this.#origin(place, key), message: `${show(value)} is not ${right}` })
    return undefined
  }

  #text(row: JsonObject, key: string, place: string): string | undefined {
    const value = field(row, key)
    if (typeof value === 'string' && value !== '') return value
    return this.#fault(place, key, value, 'a text')
  }

  /** MiB, whole for VMs; what the kernel keeps of a node's memory makes it odd. */
  #memory(row: JsonObject, place: string): number | undefined {
    const value = field(row, 'maxmem')
    return mebibytes(value) ?? this.#fault(place, 'maxmem', value, 'a number of bytes')
  }

  /**
   * What a running VM has of its host, QEMU's own share included: no other page of it is sent as more than a mark. What the guest calls used
   * (`mem`) is less, and may leave out pages that it has freed and that are sent nevertheless.
   */
  #copied(row: JsonObject, place: string, id: string, memoryMiB: number): number | undefined {
    const copied = mebibytes(field(row, 'memhost'))
    if (copied === undefined || copied >= memoryMiB) return undefined
    this.#sparse.push({ id, origin: this.#origin(place, 'memhost') })
    return copied
  }

  /** Of a node its logical processors, of a VM its own. */
  #processors(row: JsonObject, place: string): number | undefined {
    const value = field(row, 'maxcpu')
    if (value === undefined || value === null) return undefined
    const count = Number(value)
    if (Number.isSafeInteger(count) && count >= 1) return count
    return this.#fault(place, 'maxcpu', value, 'a number of processors')
  }

  #readNode(row: JsonObject, place: string): void {
    const id = this.#text(row, 'node', place)
    if (id === undefined) return
    if (field(row, 'status') !== 'online') {
      this.#dead.add(id.toLowerCase())
      this.#skipped.add('nodes that are not online', this.#origin(place, 'status'), id)
      return
    }
    const memoryMiB = this.#memory(row, place)
    const maintenance = field(row, 'hastate') === 'maintenance'
    const cores = this.#processors(row, place)
    this.#nodes.set(id, {
      id,
      ...(memoryMiB === undefined ? {} : { memoryMiB }),
      ...(cores === undefined ? {} : { cores }),
      state: maintenance ? 'paused' : 'up',
      origin: this.#origin(place),
    })
  }

  #readVm(row: JsonObject, place: string): void {
    const vmid = field(row, 'vmid')
    if (!(typeof vmid === 'number' || typeof vmid === 'string') || !/^\d{1,9}$/.test(String(vmid))) {
      this.#fault(place, 'vmid', vmid, 'the number of a VM')
      return
    }
    if (Number(field(row, 'template') ?? 0) === 1) {
      this.#skip('templates, which never run', row, place)
      return
    }
    const node = this.#text(row, 'node', place)
    if (node === undefined) return
    if (this.#dead.has(node.toLowerCase())) {
      this.#skip('VMs of nodes that are not online, of which nothing is known', row, place)
      return
    }
    const name = field(row, 'name')
    const id = typeof name === 'string' && name !== '' ? name : String(vmid)
    const state = this.#state(row, place, id)
    // Whatever the balloon leaves the guest now: the rest may come back while it moves.
    const memoryMiB = this.#memory(row, place)
    const copyMiB =
      memoryMiB === undefined || state !== 'running' ? undefined : this.#copied(row, place, id, memoryMiB)
    const vcpus = this.#processors(row, place)
    this.#vms.set(String(vmid), {
      id,
      node,
      ...(memoryMiB === undefined ? {} : { memoryMiB }),
      ...(copyMiB === undefined ? {} : { copyMiB }),
      ...(vcpus === undefined ? {} : { vcpus }),
      ...(state === undefined ? {} : { state }),
      origin: this.#origin(place),
    })
  }

  #state(row: JsonObject, place: string, id: string): VmState | undefined {
    const [status, lock] = [field(row, 'status'), field(row, 'lock')]
    if (typeof lock === 'string' && lock !== '' && lock !== 'suspended') {
      this.#assumptions.push({
        origin: this.#origin(place, 'lock'),
        text: `${id} is locked (${lock}): Proxmox refuses to migrate it until that ends; the plan takes it as free`,
      })
    }
    if (status === 'stopped') return lock === 'suspended' ? 'saved' : 'off'
    // A paused VM keeps its memory, and migrates as a running one.
    if (status === 'running' || status === 'paused' || status === 'suspended') return 'running'
    if (status !== 'unknown')
      return this.#fault(place, 'status', status, 'the status of a VM: running or stopped')
    this.#assumptions.push({
      origin: this.#origin(place, 'status'),
      text: `${id}: status unknown is taken as running`,
    })
    return 'running'
  }

  #readStorage(row: JsonObject): void {
    const [name, shared] = [field(row, 'storage'), field(row, 'shared')]
    if (typeof name === 'string')
      this.#shared.set(name, this.#shared.get(name) === true || Number(shared) === 1)
  }

  #skip(reason: string, row: JsonObject, place: string): void {
    const name = field(row, 'name') || field(row, 'vmid')
    this.#skipped.add(reason, this.#origin(place), String(name))
  }

  #nameApart(): void {
    const count = new Map<string, number>()
    for (const { id } of this.#vms.values()) count.set(id, (count.get(id) ?? 0) + 1)
    for (const [vmid, vm] of this.#vms) if (count.get(vm.id)! > 1) vm.id = `${vm.id} (${vmid})`
    const several = [...count].filter(([, times]) => times > 1)
    if (several.length === 0) return
    const [name, times] = several[0]
    const more = several.length > 1 ? `, and other names are given to several VMs too` : ''
    this.#assumptions.push({
      origin: this.#origin(''),
      text: `${times} VMs are named ${quote(name)}${more}: their numbers are put behind the name, as in ${quote([...this.#vms.values()].find(({ id }) => id.startsWith(`${name} (`))!.id)}`,
    })
  }
}
