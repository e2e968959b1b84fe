/** What is in the queue: problems, then in their place what became of them. */
import type { Plan } from '../../model/plan.js'
import type { Answer } from '../../worker/protocol.js'
import type { JobOptions } from '../runner.js'

export interface QueuedProblem {
  /** JSON. */
  problem: string
  options: JobOptions
  /** Wall-clock seconds. */
  timeoutSeconds?: number | undefined
  /** Somebody asks how it goes. */
  watched?: boolean
}

/**
 * The result takes the problem's place: it need not be kept any longer, and a job that is taken up again after its worker has died between
 * the result and the end is done.
 */
export interface QueuedResult {
  answer: Answer<Plan>
}

export type JobData = QueuedProblem | QueuedResult

/** Its id is a content hash: whoever asks for the same gets the same job. */
export const JOB_NAME = 'plan'
export const jobId = (key: string): string => `plan-${key}`

/** Times that a job is begun whose worker fails at it, and ms before the second, doubled for each further one. */
export const ATTEMPTS = 4
export const BACKOFF_MS = 1_000
/** Workers that may die over one job before it is taken for their killer. */
export const MOST_STALLS = 6
/** Results stay for so long, so that the same batch started again finds them. */
export const KEEP_SECONDS = 86_400
/** Events in Redis; whoever misses one finds the job by itself. */
export const MOST_EVENTS = 1_000

/** ms between two reports of a job that is watched: each is an event in Redis. */
export const REPORT_MS = 1_000

/** How a failed attempt is told: `CODE: message`. */
export const REASON = /^([A-Z][A-Z_]*): ([\s\S]*)$/
