/** PowerShell: a script from which a plan is run, stopped and resumed (docs/runbook.md). */
import { planFingerprint } from '../../model/fingerprint.js'
import type { Plan } from '../../model/plan.js'
import type { ResolvedProblem } from '../../model/problem.js'
import { markEncoding } from '../powershell.js'
import { planTables } from './data.js'
import { requireRunbookNames } from './names.js'
import { BALANCING } from './script/balancing.js'
import { CHECKS } from './script/checks.js'
import { CLUSTER } from './script/cluster.js'
import { FLIGHT } from './script/flight.js'
import { GATE } from './script/gate.js'
import { head } from './script/head.js'
import { JOURNAL } from './script/journal.js'
import { PAUSING } from './script/pausing.js'
import { PROGRESS } from './script/progress.js'
import { REPORT } from './script/report.js'
import { RUN } from './script/run.js'
import { WORK_SCRIPT } from './script/work-script.js'
import { WORKS } from './script/works.js'
import { summarise } from './summary.js'

export { requireRunbookNames } from './names.js'

/**
 * @param plan one that breaks no rule of the problem
 * @throws InvalidProblemError as `requireRunbookNames`
 */
export function planToRunbook(plan: Plan, problem: ResolvedProblem): string {
  requireRunbookNames(problem)
  const journal = `vmferry-${planFingerprint(plan)}.jsonl`
  const works = [WORKS, WORK_SCRIPT]
  const program = [
    JOURNAL,
    CLUSTER,
    GATE,
    FLIGHT,
    ...works,
    CHECKS,
    PROGRESS,
    BALANCING,
    PAUSING,
    REPORT,
    RUN,
  ]
  const summary = summarise(plan, problem)
  return markEncoding([head(journal, summary), planTables(plan, problem, summary), ...program].join(''))
}
