/** Reads documents from files or from standard input. */

import { kindOfText, kindOfValue } from '../io/document-kind.js'
import { firstBadByte, lineOfByte } from '../io/utf8.js'
import { CliError, describeSystemError, inDocument } from './failure.js'
import type { CliIo, FileIdentity } from './io.js'
import { refuseMisplaced } from './misplaced.js'

/** Bytes. A string of V8 holds little more. */
export const MAX_INPUT_BYTES = 512_000_000

export const STANDARD_INPUT = '-'

export interface InputDocument {
  /** How messages call it: the path as given, or `standard input`. */
  label: string
  value: unknown
  /** Undefined for a pipe or a terminal. */
  identity: FileIdentity | undefined
}

interface RawInput {
  bytes: Uint8Array
  identity: FileIdentity | undefined
}

/** A reader's own limit on what it takes in, whatever the size that the system reports: pipes and devices report none. */
async function collect(chunks: AsyncIterable<Uint8Array>, label: string): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const chunk of chunks) {
    size += chunk.length
    if (size > MAX_INPUT_BYTES) throw tooLarge(label)
    parts.push(chunk)
  }
  return Buffer.concat(parts, size)
}

function tooLarge(label: string): CliError {
  return new CliError(`${label}: larger than 512 MB, which is more than vmferry reads`)
}

async function readFile(path: string, io: CliIo): Promise<RawInput> {
  let handle: Awaited<ReturnType<typeof io.fs.promises.open>> | undefined
  try {
    handle = await io.fs.promises.open(path, 'r')
    const stat = await handle.stat()
    if (stat.isDirectory()) throw new CliError(`${path}: it is a folder; name a file in it`)
    if (stat.size > MAX_INPUT_BYTES) throw tooLarge(path)
    const bytes = await collect(handle.createReadStream({ autoClose: false }), path)
    return { bytes, identity: stat.isFile() ? { dev: stat.dev, ino: stat.ino } : undefined }
  } catch (error) {
    if (error instanceof CliError) throw error
    throw new CliError(`${path}: cannot be read: ${describeSystemError(error)}`, { cause: error })
  } finally {
    await handle?.close()
  }
}

async function readStandardInput(io: CliIo, what: string, quiet: boolean): Promise<RawInput> {
  if (io.stdin.isTTY && !quiet) {
    const key = io.platform === 'win32' ? 'Ctrl-Z and Enter' : 'Ctrl-D'
    await io.stderr.write(`vmferry: reading the ${what} from standard input; ${key} ends it\n`)
  }
  try {
    return { bytes: await collect(io.stdin.chunks(), 'standard input'), identity: io.stdin.identity() }
  } catch (error) {
    if (error instanceof CliError) throw error
    throw new CliError(`standard input: cannot be read: ${describeSystemError(error)}`, { cause: error })
  }
}

/**
 * UTF-8 with or without a byte order mark; UTF-16 with one, since that is what Windows PowerShell's `>` writes.
 * @throws CliError that says where the text is broken and what to save it as.
 */
export function decodeText(bytes: Uint8Array, label: string, what = 'a JSON document'): string {
  const utf16 =
    bytes[0] === 0xff && bytes[1] === 0xfe
      ? 'utf-16le'
      : bytes[0] === 0xfe && bytes[1] === 0xff
        ? 'utf-16be'
        : undefined
  let text: string
  try {
    text = new TextDecoder(utf16 ?? 'utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    if (utf16 !== undefined)
      throw new CliError(`${label}: broken UTF-16 text; save it as UTF-8`, { cause: error })
    const at = firstBadByte(bytes)
    const line = lineOfByte(bytes, at)
    const value = bytes[at].toString(16).padStart(2, '0')
    throw new CliError(
      `${label}: not UTF-8: byte 0x${value} at offset ${at}, line ${line}; save it as UTF-8`,
      {
        cause: error,
      },
    )
  }
  if (text.trim() === '') throw new CliError(`${label}: empty; ${what} is expected`)
  if (text.startsWith('\0') || text[1] === '\0') {
    throw new CliError(`${label}: UTF-16 without a byte order mark; save it as UTF-8`)
  }
  return text
}

/** A document that is not JSON. */
export interface TextDocument {
  label: string
  text: string
  identity: FileIdentity | undefined
}

/**
 * @param path a file, or `-` for standard input
 * @param what for messages, as `problem`
 * @param content what is expected, as `a JSON document`
 * @throws CliError that names the file
 */
export async function readText(
  path: string,
  what: string,
  io: CliIo,
  quiet: boolean,
  content?: string,
): Promise<TextDocument> {
  const standard = path === STANDARD_INPUT
  const label = standard ? 'standard input' : path
  const { bytes, identity } = standard ? await readStandardInput(io, what, quiet) : await readFile(path, io)
  return { label, identity, text: decodeText(bytes, label, content) }
}

/**
 * @param path a file, or `-` for standard input
 * @param what for messages
 * @throws CliError that names the file
 */
export async function readDocument(
  path: string,
  what: 'problem' | 'plan' | 'parameters' | 'learned',
  io: CliIo,
  options: { quiet: boolean; parseJson: (text: string) => unknown },
): Promise<InputDocument> {
  const { label, identity, text } = await readText(path, what, io, options.quiet)
  refuseMisplaced(label, kindOfText(text), what)
  const value = inDocument(label, () => options.parseJson(text))
  refuseMisplaced(label, kindOfValue(value), what)
  return { label, identity, value }
}

/**
 * Both documents of a command, at most one of them from standard input.
 * @throws CliError that names the file
 */
export async function readProblemAndPlan(
  problemPath: string,
  planPath: string,
  io: CliIo,
  options: { quiet: boolean; parseJson: (text: string) => unknown },
): Promise<{ problem: InputDocument; plan: InputDocument }> {
  if (problemPath === STANDARD_INPUT && planPath === STANDARD_INPUT) {
    throw new CliError('problem and plan are both "-": only one of them can come from standard input')
  }
  const problem = await readDocument(problemPath, 'problem', io, options)
  return { problem, plan: await readDocument(planPath, 'plan', io, options) }
}

/** A file of any kind, as it is. */
export interface InputBytes extends RawInput {
  /** How messages call it: the path as given, or `standard input`. */
  label: string
}

/**
 * @param path a file, or `-` for standard input
 * @param what for messages
 * @throws CliError that names the file
 */
export async function readBytes(path: string, what: string, io: CliIo, quiet: boolean): Promise<InputBytes> {
  if (path === STANDARD_INPUT)
    return { label: 'standard input', ...(await readStandardInput(io, what, quiet)) }
  return { label: path, ...(await readFile(path, io)) }
}
