/** What the server's workers do beside plans. */
import type { ExplainOptions } from '../explain/options.js'
import type { ImportedProblem } from '../import/build.js'
import type { ImportIssue } from '../import/inventory.js'
import type { Explanation } from '../model/explanation.js'
import type { Violation } from '../model/plan.js'
import type { Answer, PlanTask, WorkerApi } from '../worker/protocol.js'
import type { ImportForm } from './import-form.js'

export interface ServerWorkerApi extends WorkerApi {
  /** Known by a number, and told of, as a plan is. */
  explain(
    id: number,
    problem: unknown,
    task: PlanTask & Pick<ExplainOptions, 'vm' | 'node' | 'relaxations'>,
  ): Promise<Answer<Explanation>>
  /** These two end only with their worker. The faults of files are an answer: what is thrown keeps no more than its message. */
  check(problem: unknown, plan: unknown): Promise<Answer<Violation[]>>
  importFiles(form: ImportForm): Promise<Answer<ImportedProblem | { issues: readonly ImportIssue[] }>>
}
