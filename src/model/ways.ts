/** How VMs may be handled: what a VM's `ways` say, or what `restartable` and the policy leave. */
import * as v from 'valibot'
import type { IssueList } from './issues.js'
import type { MigrationKind } from './plan.js'
import type { Policy, ResolvedVm, Way } from './problem.js'
import { waySchema } from './schema.js'
import { eachElement } from './shape.js'

export function readWays(list: unknown, path: string, issues: IssueList): ReadonlySet<Way> | undefined {
  if (list === undefined) return undefined
  const ways = new Set<Way>()
  eachElement(list, path, issues, (raw, place) => {
    const { success, output, issues: faults } = v.safeParse(waySchema, raw)
    if (success) ways.add(output)
    else issues.add(place, faults[0].message)
  })
  return ways
}

/** May the VM, while it runs, be handled so? What its `ways` say goes before the policy. One that does not run moves in any case. */
export function allowsWay(
  { ways, restartable }: Pick<ResolvedVm, 'ways' | 'restartable'>,
  policy: Pick<Policy, 'allowRestart' | 'allowSave'>,
  way: Way,
): boolean {
  if (ways !== undefined) return ways.has(way)
  if (way === 'restart') return restartable && policy.allowRestart
  return way === 'live' || (way === 'save' && policy.allowSave)
}

/** May it be saved where it is, on a node that is drained so? That takes no `allowSave`. */
export function allowsSaveInPlace({ ways }: Pick<ResolvedVm, 'ways'>): boolean {
  return ways?.has('save') !== false
}

/** The VM stays on its node, and no longer runs. */
export function isInPlace(kind: MigrationKind): boolean {
  return kind === 'save-in-place' || kind === 'stop-in-place'
}
