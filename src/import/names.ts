/** Finds nodes and VMs by whatever name an export or a user has for them. Never takes one of two. */
import { Hints, quote } from '../model/issues.js'
import type { InventoryNode, InventoryVm } from './inventory.js'

/** The id that a name stands for, or, as text to go behind the quoted name, why it stands for none. */
export type Found = { id: string; fault?: never } | { id?: never; fault: string }

/** Candidates that a message names. */
const SHOWN = 5

const fold = (name: string): string => name.trim().toLowerCase()

/** The first label of a DNS name; undefined for a short name or an IP address. */
function hostLabel(name: string): string | undefined {
  const dot = name.indexOf('.')
  if (dot <= 0 || /^[\d.]+$/.test(name)) return undefined
  return name.slice(0, dot)
}

type Index = Map<string, Set<string>>

function put(index: Index, key: string, id: string): void {
  const ids = index.get(key)
  if (ids === undefined) index.set(key, new Set([id]))
  else ids.add(id)
}

function several(ids: ReadonlySet<string>, what: string): Found {
  const names = [...ids].slice(0, SHOWN).map(quote).join(', ')
  const more = ids.size > SHOWN ? ` and ${ids.size - SHOWN} more` : ''
  return { fault: `may be any of the ${what} ${names}${more}; write the name in full` }
}

/**
 * Nodes by id, by alias, and by host name: `hv01` is `HV01.corp.example`, and the other way round, unless the domains differ. Case does
 * not matter where it does not tell two nodes apart.
 */
export class NodeNames {
  readonly #ids = new Set<string>()
  readonly #aliases = new Set<string>()
  /** By every full name. */
  readonly #full: Index = new Map()
  /** By the first label of every DNS name. */
  readonly #labels: Index = new Map()
  readonly #hints = new Hints()

  constructor(nodes: readonly InventoryNode[]) {
    for (const { id, aliases = [] } of nodes) {
      this.#ids.add(id)
      for (const alias of aliases) this.#aliases.add(alias)
      for (const name of [id, ...aliases]) {
        const folded = fold(name)
        if (folded === '') continue
        put(this.#full, folded, id)
        const label = hostLabel(folded)
        if (label !== undefined) put(this.#labels, label, id)
      }
    }
  }

  /** Ids, and then aliases. */
  known(): ReadonlySet<string> {
    return new Set([...this.#ids, ...this.#aliases])
  }

  find(name: string): Found {
    if (this.#ids.has(name)) return { id: name }
    const folded = fold(name)
    const ids = this.#full.get(folded) ?? this.#byHost(folded)
    if (ids !== undefined && ids.size > 1) return several(ids, 'nodes')
    for (const id of ids ?? []) return { id }
    return {
      fault: `is none of the nodes${this.#hints.for(name, this.#ids) || '; write the name of one of them'}`,
    }
  }

  #byHost(folded: string): ReadonlySet<string> | undefined {
    const label = hostLabel(folded)
    if (label === undefined) return this.#labels.get(folded)
    // A node that has a DNS name of its own would have been found by it: this one is of another domain.
    const named = this.#labels.get(label)
    const short = [...(this.#full.get(label) ?? [])].filter((id) => named?.has(id) !== true)
    return short.length === 0 ? undefined : new Set(short)
  }
}

/** VMs by id; case does not matter where it does not tell two of them apart. */
export class VmNames {
  readonly #ids = new Set<string>()
  readonly #folded: Index = new Map()
  readonly #hints = new Hints()

  constructor(vms: readonly InventoryVm[]) {
    for (const { id } of vms) {
      this.#ids.add(id)
      put(this.#folded, fold(id), id)
    }
  }

  known(): ReadonlySet<string> {
    return this.#ids
  }

  find(name: string): Found {
    if (this.#ids.has(name)) return { id: name }
    const ids = this.#folded.get(fold(name))
    if (ids !== undefined && ids.size > 1) return several(ids, 'VMs')
    for (const id of ids ?? []) return { id }
    return {
      fault: `is none of the VMs${this.#hints.for(name, this.#ids) || '; write the name of one of them'}`,
    }
  }
}
