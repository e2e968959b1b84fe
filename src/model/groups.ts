/** Groups of VMs and domains of nodes as the problem writes them: which groups are hard, which soft, and what each is about. */
import { type IssueList, isArray, quote } from './issues.js'
import { readKeyed } from './keyed.js'
import type { SoftRule } from './problem.js'
import { explainText, groupSchema, isId } from './schema.js'
import { eachElement, parseObject } from './shape.js'

interface Entry {
  group: string
  penaltySeconds?: number | undefined
  domain?: string | undefined
}

interface KnownGroup {
  entry: Entry
  path: string
  vms: string[]
}

/** Groups of one kind: the first entry of each, and who is in it. */
export class GroupReader {
  readonly #kind: SoftRule['kind']
  readonly #issues: IssueList
  readonly #known = new Map<string, KnownGroup>()

  constructor(kind: SoftRule['kind'], issues: IssueList) {
    this.#kind = kind
    this.#issues = issues
  }

  /** Takes the entries of one VM. Names of the hard groups that it is in. */
  read(list: unknown, path: string, vm: string): readonly string[] {
    const hard = new Set<string>()
    const soft = new Set<string>()
    eachElement(list, path, this.#issues, (raw, place) => {
      const entry = this.#entry(raw, place)
      if (entry === undefined) return
      const known = this.#known.get(entry.group)
      if (known === undefined) this.#known.set(entry.group, { entry, path: place, vms: [] })
      else if (entry.penaltySeconds !== known.entry.penaltySeconds || entry.domain !== known.entry.domain) {
        const other = `is another entry of the group ${quote(entry.group)} than ${known.path}`
        this.#issues.add(place, `${other}; write the same for every VM of a group`)
        return
      }
      const own = entry.penaltySeconds === undefined ? hard : soft
      if (own.has(entry.group)) return
      own.add(entry.group)
      this.#known.get(entry.group)!.vms.push(vm)
    })
    return [...hard]
  }

  #entry(raw: unknown, path: string): Entry | undefined {
    if (typeof raw === 'object' && raw !== null && !isArray(raw))
      return parseObject<Entry>(groupSchema, raw, path, this.#issues).value
    if (isId(raw)) return { group: raw as string }
    this.#issues.add(path, explainText(raw, 'the name of a group'))
    return undefined
  }

  softRules(): SoftRule[] {
    return [...this.#known.values()].flatMap(({ entry: { group, penaltySeconds, domain }, vms }) =>
      penaltySeconds === undefined ? [] : [{ kind: this.#kind, group, domain, penaltySeconds, vms }],
    )
  }

  /** Of hard groups that are about domains: name → kind of domain. */
  domains(): Map<string, string> {
    const found = new Map<string, string>()
    for (const { entry } of this.#known.values())
      if (entry.penaltySeconds === undefined && entry.domain !== undefined)
        found.set(entry.group, entry.domain)
    return found
  }
}

export function readDomains(raw: unknown, path: string, issues: IssueList): ReadonlyMap<string, string> {
  return readKeyed(raw, path, issues, {
    example: '{ "rack": "R1" }',
    key: 'a kind of domain, as "rack"',
    faultOf: (name) => (isId(name) ? undefined : explainText(name, 'the name of a domain')),
    read: (name) => name as string,
  })
}
