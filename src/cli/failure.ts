/** Exit codes, and how a failure is told. */
import { InvalidOptionError, InvalidProblemError, UnknownCpuError } from '../errors.js'
import { ImportError } from '../import/failure.js'
import { escapeText, formatInteger } from '../io/table/text.js'
import type { CliIo } from './io.js'
import { packageInfo } from './package-info.js'

export const EXIT = { done: 0, internal: 1, input: 2, findings: 3 } as const

/** Most faults of one document that are shown. */
const SHOWN_ISSUES = 20

/** Bad input or usage, or a file that cannot be read or written: the user's to mend. The message names what and where. */
export class CliError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'CliError'
  }
}

/** Names the document in which the faults are. Other errors pass unchanged. */
export function inDocument<T>(label: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof InvalidProblemError)) throw error
    throw new CliError(describeIssues(label, error), { cause: error })
  }
}

/** The same for a step that reads several: the error's `what` says which of them has the faults. */
export async function inOneOf<T>(
  labels: Readonly<Record<string, string>>,
  read: () => Promise<T>,
): Promise<T> {
  try {
    return await read()
  } catch (error) {
    if (!(error instanceof InvalidProblemError)) throw error
    return inDocument(labels[error.what] || `the ${error.what}`, () => {
      throw error
    })
  }
}

function describeIssues(label: string, error: InvalidProblemError): string {
  const lines = error.issues.map((issue) => (issue.path ? `${issue.path}: ${issue.message}` : issue.message))
  if (lines.length === 1) return `${label}: ${lines[0]}`
  const shown = lines.slice(0, SHOWN_ISSUES).map((line) => `\n  ${line}`)
  const hidden = lines.length - shown.length
  if (hidden > 0) shown.push(`\n  and ${formatInteger(hidden)} more`)
  return `${label}: ${formatInteger(lines.length)} faults${shown.join('')}`
}

/** Escapes whatever a file name or a document smuggles in, but keeps the lines of the message. */
export function safeLines(text: string): string {
  return text.split('\n').map(escapeText).join('\n')
}

/** In words for the codes that people meet, else the system's own. */
export function describeSystemError(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  switch (code) {
    case 'ENOENT':
      return 'no such file'
    case 'ENOTDIR':
      return 'a part of its path is not a folder'
    case 'EISDIR':
      return 'it is a folder'
    case 'EACCES':
    case 'EPERM':
      return 'permission denied'
    case 'ENOSPC':
      return 'no space left on the device'
    case 'EROFS':
      return 'the file system is read-only'
    case 'ELOOP':
      return 'its symbolic links go round in a circle'
    case 'ENAMETOOLONG':
      return 'its name is too long'
    case 'EMFILE':
    case 'ENFILE':
      return 'too many files are open'
    default:
      return message
  }
}

/** Writes the message to standard error and answers with the exit code. */
export async function reportFailure(error: unknown, io: CliIo): Promise<number> {
  if (
    error instanceof CliError ||
    error instanceof InvalidProblemError ||
    error instanceof InvalidOptionError ||
    error instanceof UnknownCpuError ||
    error instanceof ImportError
  ) {
    await io.stderr.write(`vmferry: ${safeLines(error.message)}\n`)
    return EXIT.input
  }
  const { version, bugs } = packageInfo()
  const lines = [
    `vmferry: internal error: ${error instanceof Error ? error.message : String(error)}`,
    `This is a fault of vmferry ${version}, not of your input. Please report it${bugs ? ` at ${bugs}` : ''},`,
    'with the command line and, if you can share it, the problem file.',
  ]
  if (io.env.VMFERRY_DEBUG === '1') lines.push(error instanceof Error ? (error.stack ?? error.message) : '')
  else lines.push('VMFERRY_DEBUG=1 shows where it happened.')
  await io.stderr.write(`${safeLines(lines.join('\n'))}\n`)
  return EXIT.internal
}
