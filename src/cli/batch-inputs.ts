/** The problems of a batch: files, folders of files, and JSON Lines, each with the name that its result gets. */
import type { Dirent } from 'node:fs'
import { basename, join, relative, resolve } from 'node:path'
import { isResultName } from '../batch/folder.js'
import { addAll } from '../lists.js'
import { CliError, describeSystemError } from './failure.js'
import type { CliIo } from './io.js'
import { decodeText, MAX_INPUT_BYTES, readText, STANDARD_INPUT } from './read.js'

export interface BatchInput {
  /** Path of its result, without ending, in the folder of results; `/` between its parts. */
  name: string
  /** For messages. */
  label: string
  /** @throws CliError */
  text(): Promise<string>
}

export interface BatchInputs {
  /** Undefined: nobody knows before the last line is read. */
  total: number | undefined
  each(): AsyncIterable<BatchInput>
}

const LINES = /\.(?:jsonl|ndjson)$/i
const DOCUMENT = /\.json$/i
const withoutEnding = (path: string): string => path.replace(/\.[^./\\]+$/, '')

interface Source {
  path: string
  name: string
  lines: boolean
}

/**
 * @param paths files, folders, or `-` for JSON Lines from standard input
 * @param output a folder in which nothing is looked for; undefined: none
 * @throws CliError where a path cannot be read, a folder has no problem, or two results would have one name
 */
export async function listInputs(
  paths: readonly string[],
  output: string | undefined,
  io: CliIo,
): Promise<BatchInputs> {
  const sources: Source[] = []
  for (const path of paths) {
    if (path === STANDARD_INPUT) {
      if (sources.some((source) => source.path === path))
        throw new CliError('standard input can be read only once')
      sources.push({ path, name: 'line', lines: true })
      continue
    }
    const stat = await io.fs.promises.stat(path).catch((error: unknown) => {
      throw new CliError(`${path}: cannot be read: ${describeSystemError(error)}`, { cause: error })
    })
    if (!stat.isDirectory()) {
      sources.push({ path, name: withoutEnding(basename(path)), lines: LINES.test(path) })
      continue
    }
    const found = await filesIn(path, output, io)
    if (found.length === 0)
      throw new CliError(
        `${path}: no problem in this folder: none of its files ends in .json, .jsonl or .ndjson`,
      )
    addAll(sources, found)
  }
  const byName = new Map<string, string>()
  for (const { name, path } of sources) {
    const other = byName.get(name)
    if (other !== undefined)
      throw new CliError(
        `${path}: its result would have the name of that of ${other}; give the folder above both, whose results keep their folders`,
      )
    byName.set(name, path)
  }
  return {
    total: sources.some(({ lines }) => lines) ? undefined : sources.length,
    async *each() {
      for (const source of sources) {
        if (source.lines) yield* linesOf(source, io)
        else {
          const { name, path } = source
          yield { name, label: path, text: async () => (await readText(path, 'problem', io, true)).text }
        }
      }
    },
  }
}

/** By path. Links to folders are not followed, since they may go round. */
async function filesIn(folder: string, output: string | undefined, io: CliIo): Promise<Source[]> {
  const found: Source[] = []
  const visit = async (at: string): Promise<void> => {
    let entries: Dirent[]
    try {
      entries = await io.fs.promises.readdir(at, { withFileTypes: true })
    } catch (error) {
      throw new CliError(`${at}: cannot be read: ${describeSystemError(error)}`, { cause: error })
    }
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(at, entry.name)
      if (entry.name.startsWith('.')) continue
      if (entry.isDirectory()) {
        if (output === undefined || resolve(path) !== resolve(output)) await visit(path)
        continue
      }
      const lines = LINES.test(entry.name)
      if (!lines && (!DOCUMENT.test(entry.name) || isResultName(entry.name))) continue
      const name = withoutEnding(relative(folder, path)).replaceAll('\\', '/')
      found.push({ path, name, lines })
    }
  }
  await visit(folder)
  return found
}

const BREAK = 10

/** Each line that is not blank; a line of its own has its number in its name, as an editor counts. */
async function* linesOf({ path, name }: Source, io: CliIo): AsyncGenerator<BatchInput> {
  const label = path === STANDARD_INPUT ? 'standard input' : path
  let line = 0
  for await (const bytes of splitLines(path, label, io)) {
    line++
    if (bytes.every((byte) => byte <= 32)) continue
    const here = `${label}, line ${line}`
    if (line === 1 && /^\s*[{[]\s*$/.test(Buffer.from(bytes.subarray(0, 64)).toString('latin1')))
      throw new CliError(
        `${here}: one document on several lines; in JSON Lines each problem is one line, as "jq -c . FILE" writes it`,
      )
    yield {
      name: `${name}-${String(line).padStart(6, '0')}`,
      label: here,
      text: async () => decodeText(bytes, here),
    }
  }
}

async function* splitLines(path: string, label: string, io: CliIo): AsyncGenerator<Uint8Array> {
  let parts: Uint8Array[] = []
  let size = 0
  const take = (part: Uint8Array): void => {
    size += part.length
    if (size > MAX_INPUT_BYTES)
      throw new CliError(`${label}: a line larger than 512 MB, which is more than vmferry reads`)
    parts.push(part)
  }
  const file = path === STANDARD_INPUT ? undefined : await io.fs.promises.open(path, 'r')
  try {
    for await (const chunk of file?.createReadStream({ autoClose: false }) ?? io.stdin.chunks()) {
      let from = 0
      for (let at = chunk.indexOf(BREAK); at >= 0; at = chunk.indexOf(BREAK, from)) {
        take(chunk.subarray(from, at))
        yield Buffer.concat(parts)
        parts = []
        size = 0
        from = at + 1
      }
      if (from < chunk.length) take(chunk.subarray(from))
    }
    if (size > 0) yield Buffer.concat(parts)
  } catch (error) {
    if (error instanceof CliError) throw error
    throw new CliError(`${label}: cannot be read: ${describeSystemError(error)}`, { cause: error })
  } finally {
    await file?.close()
  }
}
