/** Which VM a row is of: by its id where the row has one, else by name and node. */

import { append } from '../../lists.js'
import type { RowKind } from './kinds.js'
import type { NodeRows } from './node-rows.js'
import { type Collected, type Row, rawOf } from './rows.js'
import { asName, asText } from './values.js'

/** What ties rows to a VM. */
export interface VmKey {
  name: string
  /** GUID in lower case. */
  vmId: string | undefined
  node: string | undefined
}

const GUID = /^\{?([\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12})\}?$/i

export function guidOf(row: Row, ...properties: string[]): string | undefined {
  for (const property of properties) {
    const match = GUID.exec(asText(rawOf(row, property)) ?? '')
    if (match !== null) return match[1].toLowerCase()
  }
  return undefined
}

const nameKey = (name: string, node: string | undefined) => `${name.toLowerCase()}\n${node ?? ''}`

/** Rows of one kind, by VM. */
export class VmRows {
  readonly #byId = new Map<string, Row[]>()
  readonly #byName = new Map<string, Row[]>()

  constructor(rows: Collected['rows'], kind: RowKind, nodes: NodeRows) {
    for (const row of rows.get(kind) ?? []) {
      const id = guidOf(row, 'VMId')
      const name = asName(rawOf(row, 'VMName'))
      if (id !== undefined) push(this.#byId, id, row)
      else if (name !== undefined) push(this.#byName, nameKey(name, nodes.nodeOf(row)), row)
    }
  }

  of({ name, vmId, node }: VmKey): readonly Row[] {
    const byId = vmId === undefined ? undefined : this.#byId.get(vmId)
    return byId ?? this.#byName.get(nameKey(name, node)) ?? this.#byName.get(nameKey(name, undefined)) ?? []
  }
}

function push(index: Map<string, Row[]>, key: string, row: Row): void {
  append(index, key, row)
}
