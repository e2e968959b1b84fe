/**
 * Writes files whole or not at all: each into a new file in the same folder, which then takes the name. All of it is synchronous, so
 * that no signal handler can run between the two and leave the new file behind.
 */
import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { CliError, describeSystemError } from './failure.js'
import type { CliIo, FileIdentity, FileSystem } from './io.js'

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

/** A file whose new content stands beside it, and is yet to take its name. */
interface Staged {
  target: OutputTarget
  temporary: string
  /** A copy of the file that is replaced; undefined where there is none, or nothing else is written. */
  former: string | undefined
}

function nameBeside({ path }: OutputTarget): string {
  return join(dirname(path), `.vmferry-${randomBytes(8).toString('hex')}.tmp`)
}

/** What went wrong first is what the user has to know. */
function removeQuietly(path: string, fs: FileSystem): void {
  try {
    fs.unlinkSync(path)
  } catch {}
}

function stage({ target, text }: Output, fs: FileSystem): Staged {
  const temporary = nameBeside(target)
  const file = fs.openSync(temporary, 'wx')
  try {
    try {
      fs.writeFileSync(file, text)
      if (target.mode !== undefined) fs.fchmodSync(file, target.mode)
      fs.fsyncSync(file)
    } finally {
      fs.closeSync(file)
    }
  } catch (error) {
    removeQuietly(temporary, fs)
    throw error
  }
  return { target, temporary, former: undefined }
}

/** Takes back what has taken its name already. */
function putBack({ target, former }: Staged, fs: FileSystem): void {
  try {
    if (former === undefined) fs.unlinkSync(target.path)
    else fs.renameSync(former, target.path)
  } catch {}
}

function writeAll(outputs: readonly Output[], fs: FileSystem): void {
  const [direct, replaced] = [true, false].map((is) => outputs.filter(({ target }) => target.direct === is))
  const staged: Staged[] = []
  const done: Staged[] = []
  let current = outputs[0].target
  try {
    for (const output of replaced) {
      current = output.target
      staged.push(stage(output, fs))
    }
    for (const each of staged) {
      current = each.target
      if (staged.length > 1 && current.mode !== undefined) {
        const former = nameBeside(current)
        fs.copyFileSync(current.path, former)
        each.former = former
      }
      fs.renameSync(each.temporary, current.path)
      done.push(each)
    }
    for (const { target, text } of direct) {
      current = target
      fs.writeFileSync(target.path, text)
    }
  } catch (error) {
    for (const each of done) putBack(each, fs)
    throw new CliError(
      `${current.option} ${current.label}: cannot be written: ${describeSystemError(error)}`,
      {
        cause: error,
      },
    )
  } finally {
    for (const each of staged) {
      if (!done.includes(each)) removeQuietly(each.temporary, fs)
      if (each.former !== undefined) removeQuietly(each.former, fs)
    }
  }
}

export interface Output {
  target: OutputTarget
  text: string
}

/**
 * All files have all of their text afterwards, or all are as they were before. An interrupt meanwhile waits until that is so: the system's
 * own way with it would leave half a file behind.
 * @throws CliError
 */
export async function writeOutputs(
  outputs: readonly Output[],
  { fs, onInterrupt }: Pick<CliIo, 'fs' | 'onInterrupt'>,
): Promise<void> {
  if (outputs.length === 0) return
  const release = onInterrupt(() => undefined)
  try {
    writeAll(outputs, fs)
    // Signals are told between turns of the event loop.
    await new Promise((resolve) => setImmediate(resolve))
  } finally {
    release()
  }
}

/** The same for one file. @throws CliError */
export function writeOutput(
  target: OutputTarget,
  text: string,
  io: Pick<CliIo, 'fs' | 'onInterrupt'>,
): Promise<void> {
  return writeOutputs([{ target, text }], io)
}
