/** Makes a `worker_threads` port or worker look like the DOM endpoint that comlink speaks to. */
import type { Endpoint } from 'comlink'

/** What a `worker_threads` `Worker` and a `MessagePort` have in common. */
export interface NodePort {
  postMessage(message: unknown, transfer?: never): void
  on(event: 'message', listener: (data: unknown) => void): unknown
  off(event: 'message', listener: (data: unknown) => void): unknown
}

export function nodeEndpoint(port: NodePort): Endpoint {
  const wrapped = new Map<object, (data: unknown) => void>()
  return {
    postMessage(message: unknown, transfer?: Transferable[]) {
      port.postMessage(message, transfer as never)
    },
    addEventListener(_type: string, listener: EventListenerOrEventListenerObject) {
      const handle = (data: unknown) => {
        const event = { data } as MessageEvent
        if (typeof listener === 'function') listener(event)
        else listener.handleEvent(event)
      }
      wrapped.set(listener, handle)
      port.on('message', handle)
    },
    removeEventListener(_type: string, listener: EventListenerOrEventListenerObject) {
      const handle = wrapped.get(listener)
      if (handle === undefined) return
      wrapped.delete(listener)
      port.off('message', handle)
    },
  }
}
