/** Requests that no client library would send. */
import { connect } from 'node:net'

export interface RawAnswer {
  /** 0: hung up without an answer. */
  status: number
  text: string
}

/** Sends the parts, each so many milliseconds after the last, and waits for the server to hang up. */
export function sendRaw(
  port: number,
  parts: readonly (string | Uint8Array)[],
  pauseMs = 0,
): Promise<RawAnswer> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    const socket = connect(port, '127.0.0.1')
    const settle = () => {
      const text = Buffer.concat(chunks).toString('latin1')
      resolve({ status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0), text })
    }
    socket.on('data', (chunk) => chunks.push(chunk))
    // The server may hang up while this still sends.
    socket.on('error', () => undefined)
    socket.on('close', settle)
    socket.on('connect', async () => {
      for (const part of parts) {
        if (socket.destroyed) return
        socket.write(part)
        if (pauseMs > 0) await new Promise((next) => setTimeout(next, pauseMs))
      }
    })
  })
}

/** A request with `Connection: close`, whose target is sent as it is. */
export function rawRequest(
  port: number,
  target: string,
  headers: Readonly<Record<string, string>> = {},
  method = 'GET',
) {
  const all = { Host: `127.0.0.1:${port}`, Connection: 'close', ...headers }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`)
  return sendRaw(port, [`${method} ${target} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`])
}
