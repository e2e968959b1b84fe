/** Names that a runbook cannot have, or that a cluster cannot tell apart. */
import { InvalidProblemError, type Issue } from '../../errors.js'
import { quote } from '../../model/issues.js'
import type { ResolvedProblem } from '../../model/problem.js'
import { canQuote } from '../powershell.js'

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
          message: `${quote(id)} differs from ${quote(other)} in upper and lower case only; a cluster takes them for one name`,
        })
      }
      seen.set(folded, id)
    })
  }
  if (issues.length > 0) throw new InvalidProblemError(issues)
}

/**
 * What two names have in common that the cluster takes for one: each character in upper case, where that is one character, then in lower
 * case. The dotless i and the long s are letters of their own there.
 */
function fold(id: string): string {
  const upper = (letter: string) => {
    const one = letter.toUpperCase()
    return one.length === letter.length && !'ıſ'.includes(letter) ? one : letter
  }
  return Array.from(id, upper).join('').toLowerCase()
}

function unquotable(name: string): string {
  return `${quote(name)} has a control or format character; no PowerShell script can hold it: rename it, or run the plan another way`
}
