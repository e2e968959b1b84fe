/**
 * Writes a file whole or not at all: into a new file in the same folder, which then takes the name. All of it is synchronous, so
 * that no signal handler can run between the two and leave the new file behind.
 */
import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { CliError, describeSystemError } from './failure.js'
import type { FileIdentity, FileSystem } from './io.js'

export interface OutputTarget {
  /** The option that names it, for messages. */
  option: string
  /** As the user wrote it, for messages. */
  label: string
  /** Where the text goes, symbolic links followed. */
  path: string
  /** Permissions of the file that is replaced; undefined where there is none. */
  mode: number | undefined
  /** A device or a pipe: written to as it is, never replaced. */
  direct: boolean
}

const MAX_LINKS = 40

/** The file at the end of the links, which need not exist yet; its folder has to. */
function followLinks(path: string, fs: FileSystem): string {
  let current = resolve(path)
  for (let i = 0; i < MAX_LINKS; i++) {
    const real = join(fs.realpathSync(dirname(current)), basename(current))
    const stat = fs.lstatSync(real, { throwIfNoEntry: false })
    if (!stat?.isSymbolicLink()) return real
    current = resolve(dirname(real), fs.readlinkSync(real))
  }
  throw Object.assign(new Error('too many links'), { code: 'ELOOP' })
}

/**
 * Finds out before the work begins whether the output can be written, and that it would overwrite no input.
 * @throws CliError
 */
export function prepareOutput(
  label: string,
  inputs: readonly { label: string; identity: FileIdentity | undefined }[],
  fs: FileSystem,
  option = '-o',
): OutputTarget {
  try {
    const path = followLinks(label, fs)
    const stat = fs.statSync(path, { throwIfNoEntry: false })
    if (stat === undefined) {
      fs.accessSync(dirname(path), constants.W_OK)
      return { option, label, path, mode: undefined, direct: false }
    }
    if (stat.isDirectory()) throw new CliError(`${option} ${label}: it is a folder; name a file in it`)
    const same = inputs.find((i) => i.identity?.dev === stat.dev && i.identity.ino === stat.ino)
    if (same !== undefined)
      throw new CliError(`${option} ${label}: the same file as ${same.label}, which would be lost`)
    fs.accessSync(path, constants.W_OK)
    if (!stat.isFile()) return { option, label, path, mode: undefined, direct: true }
    fs.accessSync(dirname(path), constants.W_OK)
    return { option, label, path, mode: stat.mode & 0o7777, direct: false }
  } catch (error) {
    if (error instanceof CliError) throw error
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    const why = missing ? `the folder ${dirname(label)} does not exist` : describeSystemError(error)
    throw new CliError(`${option} ${label}: cannot be written: ${why}`, { cause: error })
  }
}

function replaceFile(target: OutputTarget, text: string, fs: FileSystem): void {
  const temporary = join(dirname(target.path), `.vmferry-${randomBytes(8).toString('hex')}.tmp`)
  const file = fs.openSync(temporary, 'wx')
  try {
    try {
      fs.writeFileSync(file, text)
      if (target.mode !== undefined) fs.fchmodSync(file, target.mode)
      fs.fsyncSync(file)
    } finally {
      fs.closeSync(file)
    }
    fs.renameSync(temporary, target.path)
  } catch (error) {
    try {
      fs.unlinkSync(temporary)
    } catch {
      // What went wrong first is what the user has to know.
    }
    throw error
  }
}

/**
 * The file has all of the text afterwards, or is as it was before.
 * @throws CliError
 */
export function writeOutput(target: OutputTarget, text: string, fs: FileSystem): void {
  try {
    if (target.direct) fs.writeFileSync(target.path, text)
    else replaceFile(target, text, fs)
  } catch (error) {
    throw new CliError(`${target.option} ${target.label}: cannot be written: ${describeSystemError(error)}`, {
      cause: error,
    })
  }
}
