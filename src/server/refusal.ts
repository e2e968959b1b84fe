/** Refusals as RFC 9457 has them: what is wrong, for people and for programs. */
import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { InvalidOptionError, InvalidProblemError, PlannerError } from '../errors.js'
import { ImportError } from '../import/failure.js'

export interface Refusal {
  status: ContentfulStatusCode
  /** Stable; texts are not. */
  code: string
  detail: string
  /** Every fault of a document, where one was refused. */
  issues?: readonly object[] | undefined
  headers?: Readonly<Record<string, string>>
}

export function refuse(c: Context, { status, code, detail, issues, headers }: Refusal): Response {
  return c.json(
    { type: 'about:blank', status, code, detail, ...(issues === undefined ? {} : { issues }) },
    status,
    {
      ...headers,
      'content-type': 'application/problem+json',
    },
  )
}

/** Thrown out of a handler: what it answers. */
export class Refused extends Error {
  readonly refusal: Refusal
  constructor(refusal: Refusal) {
    super(refusal.detail)
    this.refusal = refusal
  }
}

export const BUSY: Refusal = {
  status: 503,
  code: 'BUSY',
  detail: 'too much is under way; try again in a moment',
  headers: { 'retry-after': '1' },
}

/** Codes of errors that say of themselves what went wrong. */
const STATUS_OF: Readonly<Record<string, ContentfulStatusCode>> = {
  INVALID_BODY: 422,
  TIMEOUT: 504,
  CANCELLED: 503,
  WORKER_LOST: 500,
}

/** Of an error of the user's, what is wrong; of any other nothing, since it may hold names of the cluster. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refused) return error.refusal
  if (error instanceof InvalidProblemError) {
    const { what, issues } = error
    if (what === 'document')
      return { status: 400, code: 'INVALID_JSON', detail: 'the body is no JSON', issues }
    const detail = `the ${what} has ${issues.length === 1 ? 'a fault' : `${issues.length} faults`}`
    return { status: 422, code: error.code, detail, issues }
  }
  if (error instanceof ImportError) {
    const issues = error.issues.map(({ origin: { file, place }, message }) => ({ file, place, message }))
    const detail = 'the files do not make a problem; issues have every fault and every question'
    return { status: 422, code: error.code, detail, issues }
  }
  if (error instanceof InvalidOptionError) return { status: 400, code: error.code, detail: error.message }
  if (error instanceof PlannerError && Object.hasOwn(STATUS_OF, error.code))
    return { status: STATUS_OF[error.code]!, code: error.code, detail: error.message }
  return { status: 500, code: 'INTERNAL', detail: 'an internal error of vmferry' }
}
