/**
 * The folder that a batch writes: a file for each problem, whole or not at all, and a ledger of what they were made of, by which a batch that was
 * stopped goes on where it was.
 */
import { randomBytes } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { resultDigest } from './key.js'
import { lockFolder } from './lock.js'

const LEDGER = '.vmferry-batch.jsonl'
const LOCK = '.vmferry-batch.lock'
const TEMPORARY = /^\.vmferry-[0-9a-f]{16}\.tmp$/

const ENDINGS = { plan: '.plan.json', error: '.error.json' } as const
export type ResultKind = keyof typeof ENDINGS

/** Of a result of any batch: none of them is a problem. */
export const isResultName = (name: string): boolean =>
  Object.values(ENDINGS).some((ending) => name.endsWith(ending))

/** A line of the ledger. */
export interface LedgerEntry {
  /** Of the problem: the result's path without its ending. */
  name: string
  /** Of what decides it: `contentKey`. */
  key: string
  kind: ResultKind
  /** Of the file: `resultDigest`. */
  digest: string
  /** VMs that the plan leaves where they are, and nodes that it does not maintain. */
  unplaced: number
}

/** All of the text, then the name: a reader, or who goes on after a power failure, never meets a half. */
async function writeWhole(path: string, text: string): Promise<void> {
  const temporary = join(dirname(path), `.vmferry-${randomBytes(8).toString('hex')}.tmp`)
  try {
    const file = await open(temporary, 'wx')
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

/** What one that was killed has left; the lock is held, so that nobody writes them. */
async function removeTemporaries(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true }))
    if (entry.isFile() && TEMPORARY.test(entry.name))
      await rm(join(entry.parentPath, entry.name), { force: true })
}

/** A line that was cut off by a kill is none; of several of a name the last counts. */
async function readLedger(path: string): Promise<Map<string, LedgerEntry>> {
  const entries = new Map<string, LedgerEntry>()
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  for (const line of text.split('\n')) {
    const entry = asEntry(line)
    if (entry !== undefined) entries.set(entry.name, entry)
  }
  return entries
}

function asEntry(line: string): LedgerEntry | undefined {
  try {
    const { name, key, kind, digest, unplaced } = JSON.parse(line) as Partial<LedgerEntry>
    const texts = [name, key, digest].every((value) => typeof value === 'string')
    if (!texts || !Object.hasOwn(ENDINGS, kind ?? '') || typeof unplaced !== 'number') return undefined
    return { name, key, kind, digest, unplaced } as LedgerEntry
  } catch {
    return undefined
  }
}

export class ResultFolder {
  readonly #folder: string
  readonly #entries: Map<string, LedgerEntry>
  readonly #unlock: () => Promise<void>
  /** Appended to one after another. */
  #ledger: Promise<void> = Promise.resolve()

  private constructor(folder: string, entries: Map<string, LedgerEntry>, unlock: () => Promise<void>) {
    this.#folder = folder
    this.#entries = entries
    this.#unlock = unlock
  }

  /** Makes it where it is missing. @throws FolderInUse where another batch writes there */
  static async open(folder: string): Promise<ResultFolder> {
    await mkdir(folder, { recursive: true })
    const unlock = await lockFolder(join(folder, LOCK))
    try {
      await removeTemporaries(folder)
      const entries = await readLedger(join(folder, LEDGER))
      const opened = new ResultFolder(folder, entries, unlock)
      // Without the line that was cut off, to which the next would be glued.
      await opened.#writeLedger()
      return opened
    } catch (error) {
      await unlock()
      throw error
    }
  }

  /** The entry of a result that was made of the same, and is as it was written. */
  async done(name: string, key: string): Promise<LedgerEntry | undefined> {
    const entry = this.#entries.get(name)
    if (entry?.key !== key) return undefined
    const text = await readFile(this.#path(name, entry.kind), 'utf8').catch(() => undefined)
    return text !== undefined && resultDigest(text) === entry.digest ? entry : undefined
  }

  /** @param key undefined: it is to be tried again by the next batch. */
  async write(
    name: string,
    {
      kind,
      text,
      key,
      unplaced,
    }: { kind: ResultKind; text: string; key: string | undefined; unplaced: number },
  ): Promise<void> {
    const path = this.#path(name, kind)
    await mkdir(dirname(path), { recursive: true })
    await writeWhole(path, text)
    await rm(this.#path(name, kind === 'plan' ? 'error' : 'plan'), { force: true })
    if (key === undefined) {
      this.#entries.delete(name)
      return
    }
    const entry: LedgerEntry = { name, key, kind, digest: resultDigest(text), unplaced }
    this.#entries.set(name, entry)
    const before = this.#ledger
    this.#ledger = before.then(() => this.#append(`${JSON.stringify(entry)}\n`))
    await this.#ledger
  }

  /** Brings the ledger into an order that does not tell how the batch went. */
  async close(): Promise<void> {
    try {
      await this.#ledger.catch(() => undefined)
      await this.#writeLedger()
    } finally {
      await this.#unlock()
    }
  }

  #path(name: string, kind: ResultKind): string {
    return join(this.#folder, `${name}${ENDINGS[kind]}`)
  }

  async #append(line: string): Promise<void> {
    const file = await open(join(this.#folder, LEDGER), 'a')
    try {
      await file.writeFile(line)
    } finally {
      await file.close()
    }
  }

  async #writeLedger(): Promise<void> {
    const sorted = [...this.#entries.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
    await writeWhole(join(this.#folder, LEDGER), sorted.map((entry) => `${JSON.stringify(entry)}\n`).join(''))
  }
}
