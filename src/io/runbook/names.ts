/** Names that a runbook cannot have, or that a cluster cannot tell apart. */

import { InvalidProblemError, type Issue } from '../../errors.js'
import { quote } from '../../model/issues.js'
import type { ResolvedProblem } from '../../model/problem.js'
import { canQuote } from '../powershell.js'

const IGNORABLE = /\p{Default_Ignorable_Code_Point}/gu

/**
 * PowerShell and the cluster do not tell upper case from lower; the format of a problem does.
 * @throws InvalidProblemError with every fault and its path
 */
export function requireRunbookNames(problem: ResolvedProblem): void {
  const issues: Issue[] = []
  if (!canQuote(problem.name)) issues.push({ path: 'name', message: unquotable(problem.name) })
  for (const [key, list] of [
    ['nodes', problem.nodes],
    ['vms', problem.vms],
  ] as const) {
    const seen = new Map<string, string>()
    list.forEach(({ id }, i) => {
      const path = `${key}[${i}].id`
      if (!canQuote(id)) issues.push({ path, message: unquotable(id) })
      const folded = fold(id)
      const other = seen.get(folded)
      if (other !== undefined) {
        issues.push({
          path,
          message: `${quote(id)} ${difference(id, other)}; a cluster takes them for one name`,
        })
      }
      seen.set(folded, id)
    })
  }
  problem.vms.forEach(({ devices }, i) => {
    for (const device of devices.keys())
      if (!canQuote(device)) issues.push({ path: `vms[${i}].devices`, message: unquotable(device) })
  })
  if (issues.length > 0) throw new InvalidProblemError(issues)
}

/**
 * What two names have in common that something on the way to a VM takes for one: the cluster (case), Windows PowerShell's own comparison
 * (compatibility forms, characters that it ignores), or whoever types one of them. NFKC_Casefold of Unicode, with case folded both ways.
 */
function fold(id: string): string {
  const compatible = (text: string) => text.replace(IGNORABLE, '').normalize('NFKC')
  const folded = compatible(id).toLowerCase().toUpperCase().toLowerCase()
  return compatible(folded)
}

function difference(id: string, other: string): string {
  return id.toLowerCase() === other.toLowerCase() || id.toUpperCase() === other.toUpperCase()
    ? `differs from ${quote(other)} in upper and lower case only`
    : `is ${quote(other)} written with other code points`
}

function unquotable(name: string): string {
  return `${quote(name)} has a control or format character; no PowerShell script can hold it: rename it, or run the plan another way`
}
