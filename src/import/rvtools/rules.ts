/** Columns "Cluster rule(s)" and "Cluster rule name(s)": kinds and names of the DRS rules that a VM is in, in the same order. */
import { quote } from '../../model/issues.js'
import type { Assumption, InventoryVm } from '../inventory.js'
import { listNames } from '../words.js'
import { textOf } from './cells.js'
import { INFO, type Row } from './table.js'

type Kind = 'antiAffinity' | 'affinity'

/** A rule that keeps VMs on, or off, a group of hosts; the export has no groups of hosts. */
const HOST_RULE = /host/i

function kindOf(text: string): Kind | 'host' | undefined {
  if (HOST_RULE.test(text)) return 'host'
  if (/anti-?\s?affin/i.test(text)) return 'antiAffinity'
  return /affin/i.test(text) ? 'affinity' : undefined
}

function partsOf(text: string): string[] {
  return text
    .split(/[,;]/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

export class RuleReader {
  /** First row, and VMs, of each rule that binds VMs to hosts. */
  readonly #host = new Map<string, { row: Row; vms: string[] }>()
  /** The same for cells that could not be understood. */
  readonly #unclear = new Map<string, { row: Row; vms: string[] }>()
  readonly #understood = new Map<Kind, { row: Row; groups: Set<string> }>()

  /** @param cluster where the rules hold: rules of one name in two clusters are two */
  read(row: Row, cluster: string): Pick<InventoryVm, Kind> {
    const rules = textOf(row, INFO.rules)
    const names = textOf(row, INFO.ruleNames)
    if (rules === '' && names === '') return {}
    const kinds = partsOf(rules).map(kindOf)
    const parts = partsOf(names)
    // A name may have a comma inside: then the two cells do not match, and no rule is better than a wrong one.
    if (kinds.length !== parts.length || kinds.includes(undefined)) {
      remember(this.#unclear, `${rules} / ${names}`, row)
      return {}
    }
    const groups: { [K in Kind]: string[] } = { antiAffinity: [], affinity: [] }
    kinds.forEach((kind, i) => {
      if (kind === 'host') remember(this.#host, parts[i], row)
      else if (kind !== undefined) {
        groups[kind].push(this.#groupName(cluster, parts[i]))
        const known = this.#understood.get(kind) ?? { row, groups: new Set() }
        this.#understood.set(kind, known)
        known.groups.add(parts[i])
      }
    })
    const { antiAffinity, affinity } = groups
    return {
      ...(antiAffinity.length === 0 ? {} : { antiAffinity }),
      ...(affinity.length === 0 ? {} : { affinity }),
    }
  }

  #groupName(cluster: string, rule: string): string {
    const name = (JSON.parse(cluster) as string[]).at(-1)
    return name === '' ? rule : `${name}/${rule}`
  }

  assumptions(): Assumption[] {
    const at = (row: Row): Assumption['origin'] => row.origin(...INFO.ruleNames)
    const found: Assumption[] = []
    for (const [kind, { row, groups }] of this.#understood) {
      const name = kind === 'affinity' ? 'keep VMs together' : 'keep VMs apart'
      const text = `DRS rules that ${name} (${listNames([...groups])}) are taken as enabled and mandatory; the export does not tell`
      found.push({ origin: at(row), text })
    }
    for (const [rule, { row, vms }] of this.#host) {
      const text = `the rule ${quote(rule)} binds VMs to hosts that the export does not name: it is left out for ${listNames(vms)}; give these VMs allowedNodes`
      found.push({ origin: at(row), text })
    }
    for (const [cells, { row, vms }] of this.#unclear) {
      const text = `the DRS rules ${quote(cells)} were not understood and are left out for ${listNames(vms)}; give these VMs antiAffinity, affinity or allowedNodes`
      found.push({ origin: at(row), text })
    }
    return found
  }
}

function remember(map: Map<string, { row: Row; vms: string[] }>, key: string, row: Row): void {
  const known = map.get(key) ?? { row, vms: [] }
  map.set(key, known)
  known.vms.push(textOf(row, INFO.vm))
}
