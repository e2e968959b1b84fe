/** Which node a row is of. */

import { append } from '../../lists.js'
import type { Findings } from '../findings.js'
import type { InventoryNode } from '../inventory.js'
import { NodeNames } from '../names.js'
import type { RowKind } from './kinds.js'
import { type Collected, originOf, type Row, rawOf } from './rows.js'
import { asText } from './values.js'

/** Where cmdlets and CIM classes have the host's name, the surest first. */
const PROPERTIES = ['Node', 'PSComputerName', 'ComputerName', 'SystemName', 'CSName'] as const
/** What a session calls the machine it runs on. */
const HERE = new Set(['.', 'localhost', '127.0.0.1', '::1'])

/** The names that a row has for its node. */
export function nodeNamesOf(row: Row): string[] {
  return PROPERTIES.map((property) => asText(rawOf(row, property))).filter(
    (name) => name !== undefined && !HERE.has(name.toLowerCase()),
  ) as string[]
}

export class NodeRows {
  readonly names: NodeNames
  readonly ids: readonly string[]
  readonly #only: string | undefined
  readonly #rows: Collected['rows']
  readonly #sorted = new Map<RowKind, ReadonlyMap<string, Row[]>>()
  readonly #findings: Findings

  constructor(nodes: readonly InventoryNode[], rows: Collected['rows'], findings: Findings) {
    this.names = new NodeNames(nodes)
    this.ids = nodes.map(({ id }) => id)
    this.#only = nodes.length === 1 ? nodes[0].id : undefined
    this.#rows = rows
    this.#findings = findings
  }

  /** Id of the row's node. Where it names none, the only node there is; undefined where it names one that is not there, or may be of several. */
  nodeOf(row: Row): string | undefined {
    const names = nodeNamesOf(row)
    for (const name of names) {
      const { id } = this.names.find(name)
      if (id !== undefined) return id
    }
    return names.length === 0 ? this.#only : undefined
  }

  /** Rows of that kind of that node. What is of no node that is there is left out, and told once. */
  of(kind: RowKind, id: string): readonly Row[] {
    let sorted = this.#sorted.get(kind)
    if (sorted === undefined) {
      sorted = this.#sort(kind)
      this.#sorted.set(kind, sorted)
    }
    return sorted.get(id) ?? []
  }

  #sort(kind: RowKind): ReadonlyMap<string, Row[]> {
    const sorted = new Map<string, Row[]>()
    const strays: Row[] = []
    for (const row of this.#rows.get(kind) ?? []) {
      const id = this.nodeOf(row)
      if (id === undefined) {
        strays.push(row)
        continue
      }
      append(sorted, id, row)
    }
    if (strays.length > 0) {
      const more = strays.length === 1 ? '' : ` (and ${strays.length - 1} more)`
      this.#findings.assume(
        originOf(strays[0]),
        `left out${more}: it does not tell which of the nodes it is of; export PSComputerName, ComputerName or SystemName with it`,
      )
    }
    return sorted
  }
}
