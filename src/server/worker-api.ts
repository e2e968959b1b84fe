/** What the server's workers do: documents come as text and go as text, so that the server's own thread reads and writes none. */
import type { ExplainOptions } from '../explain/options.js'
import type { ImportIssue } from '../import/inventory.js'
import type { Answer, PlanTask, WorkerApi } from '../worker/protocol.js'
import type { ImportForm } from './import-form.js'

export type ExplainTask = PlanTask & Pick<ExplainOptions, 'vm' | 'node' | 'relaxations'>

export interface ServerWorkerApi extends WorkerApi {
  /** `plan` and `explain` of a problem that is not parsed yet; known by a number, and told of, as a plan is. */
  planText(id: number, problem: string, task: PlanTask): Promise<Answer<string>>
  explainText(id: number, problem: string, task: ExplainTask): Promise<Answer<string>>
  /** Of `{ "problem": …, "plan": … }`. This and the next end only with their worker. */
  checkText(body: string): Promise<Answer<string>>
  /** The faults of files are an answer: what is thrown keeps no more than its message. */
  importFiles(form: ImportForm): Promise<Answer<string | { issues: readonly ImportIssue[] }>>
}
