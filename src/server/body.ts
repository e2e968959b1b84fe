/** Bodies of requests: read only as far as there is room for them, and as what they say they are. */
import type { Context, MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { ServerEnv } from './guard.js'
import { BUSY, type Refusal, Refused, refuse } from './refusal.js'

/** Bytes of requests that are held at once: bodies on their way, and problems that wait. */
export class Room {
  #free: number
  constructor(bytes: number) {
    this.#free = bytes
  }

  /** @returns what gives them back; undefined: there is no room. */
  take(bytes: number): (() => void) | undefined {
    if (bytes > this.#free) return undefined
    this.#free -= bytes
    let taken = bytes
    return () => {
      this.#free += taken
      taken = 0
    }
  }
}

const BROKEN_OFF: Refusal = { status: 400, code: 'BROKEN_OFF', detail: 'the body broke off' }

/** @param type that the body has to be of. */
export function limitedBody(type: string, mostBytes: number, room: Room): MiddlewareHandler<ServerEnv> {
  const limit = bodyLimit({
    maxSize: mostBytes,
    onError: (c) =>
      refuse(c, {
        status: 413,
        code: 'TOO_LARGE',
        detail: `the body is larger than ${mostBytes} bytes`,
      }),
  })
  return async (c, next) => {
    const given = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase()
    if (given !== type)
      return refuse(c, {
        status: 415,
        code: 'WRONG_TYPE',
        detail: `the header Content-Type has to be ${type}`,
        headers: { accept: type },
      })
    if ((c.req.header('content-encoding') ?? 'identity') !== 'identity')
      return refuse(c, {
        status: 415,
        code: 'WRONG_ENCODING',
        detail: 'a body is sent as it is, without Content-Encoding',
        headers: { 'accept-encoding': 'identity' },
      })
    const length =
      c.req.header('transfer-encoding') === undefined ? c.req.header('content-length') : undefined
    const bytes = Math.min(mostBytes, length === undefined ? mostBytes : Number(length))
    const release = room.take(bytes)
    if (release === undefined) return refuse(c, BUSY)
    c.set('release', release)
    try {
      return await limit(c, next)
    } catch {
      // What the handler throws is answered before it gets here.
      return refuse(c, BROKEN_OFF)
    } finally {
      c.var.release?.()
    }
  }
}

/** @throws Refused where it does not come. */
function bytesOf(c: Context<ServerEnv>): Promise<ArrayBuffer> {
  return c.req.arrayBuffer().catch(() => {
    throw new Refused(BROKEN_OFF)
  })
}

/** @throws Refused where it does not come, or is no UTF-8 */
export async function textOf(c: Context<ServerEnv>): Promise<string> {
  const bytes = await bytesOf(c)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new Refused({ status: 400, code: 'NOT_UTF8', detail: 'the body is not UTF-8' })
  }
}

/** Of a form, each of which takes a while to be read, however small. */
const MOST_PARTS = 5_000

/** @throws Refused where it does not come, or is no multipart/form-data */
export async function formOf(c: Context<ServerEnv>): Promise<FormData> {
  const bytes = Buffer.from(await bytesOf(c))
  let parts = 0
  for (let at = bytes.indexOf('\r\n--'); at >= 0; at = bytes.indexOf('\r\n--', at + 4)) parts++
  if (parts > MOST_PARTS)
    throw new Refused({
      status: 413,
      code: 'TOO_MANY_PARTS',
      detail: `the form has more than ${MOST_PARTS} parts; put files together in fewer`,
    })
  const headers = { 'content-type': c.req.header('content-type') ?? '' }
  return new Response(bytes, { headers }).formData().catch(() => {
    throw new Refused({ status: 400, code: 'INVALID_FORM', detail: 'the body is no multipart/form-data' })
  })
}
