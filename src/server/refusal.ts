/** Refusals as RFC 9457 has them: what is wrong, for people and for programs. */
import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'

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
