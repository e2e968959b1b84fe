/** The command line's view of this process. */
import fs from 'node:fs'
import { CliError, describeSystemError } from './failure.js'
import type { CliIo, InputStream, OutputStream } from './io.js'

/** 128 + the signal's number. */
const EXIT_OF_SIGNAL = { SIGINT: 130, SIGTERM: 143 } as const
type Signal = keyof typeof EXIT_OF_SIGNAL

/** `fail` makes the error for a write that did not get out; without it such a write is dropped. */
function outputStream(stream: NodeJS.WriteStream, fail?: (cause: Error) => Error): OutputStream {
  // Every failed write is told to its callback as well; without a listener the event would end the process.
  stream.on('error', () => undefined)
  return {
    isTTY: stream.isTTY === true,
    get columns() {
      // Some pseudo-terminals report 0.
      return stream.isTTY && stream.columns > 0 ? stream.columns : undefined
    },
    write: (text) =>
      new Promise((resolve, reject) => {
        stream.write(text, (error) => {
          const code = (error as NodeJS.ErrnoException | null | undefined)?.code
          // The reader has seen enough, as in `vmferry plan … | head`.
          if (!error || code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED' || !fail) resolve()
          else reject(fail(error))
        })
      }),
  }
}

function inputStream(): InputStream {
  return {
    isTTY: process.stdin.isTTY === true,
    chunks: () => process.stdin,
    identity: () => {
      const stat = fs.fstatSync(0)
      return stat.isFile() ? { dev: stat.dev, ino: stat.ino } : undefined
    },
  }
}

/**
 * The first SIGINT or SIGTERM calls the listener; the second ends the process at once, which can leave nothing behind since
 * files are written synchronously.
 */
function onInterrupt(listener: () => void): () => void {
  let heard = false
  const handle = (signal: Signal) => {
    if (heard) process.exit(EXIT_OF_SIGNAL[signal])
    heard = true
    listener()
  }
  for (const signal of Object.keys(EXIT_OF_SIGNAL)) process.on(signal, handle)
  return () => {
    for (const signal of Object.keys(EXIT_OF_SIGNAL)) process.off(signal, handle)
  }
}

export function processIo(): CliIo {
  return {
    stdin: inputStream(),
    stdout: outputStream(
      process.stdout,
      (cause) => new CliError(`standard output: cannot be written: ${describeSystemError(cause)}`, { cause }),
    ),
    // What cannot be told there cannot be told at all, and must not change the exit code.
    stderr: outputStream(process.stderr),
    env: process.env,
    platform: process.platform,
    fs,
    loadPlanner: async () => (await import('./planner.js')).planner,
    onInterrupt,
  }
}
