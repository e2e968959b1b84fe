/**
 * The parts of a workbook, a ZIP archive, by zip.js, in Node as in browsers: through the central directory, and no part expands beyond
 * the size that it names there. The sum of those sizes has a limit, each part is read once and piece by piece: a small file can neither fill
 * the memory nor go on for ever.
 */
import type { FileEntry, ZipReader } from '@zip.js/zip.js'
import { quote } from '../../model/issues.js'
import { ImportError, importFault } from '../failure.js'
import type { InputFile } from '../inventory.js'

/** Bytes of all parts that are read, when expanded. The vInfo sheet of 25,000 VMs has some 150 MB. */
const MAX_EXPANDED_BYTES = 250_000_000
/** A workbook of RVTools has about 40 parts. */
const MAX_PARTS = 10_000

/** Parts by name, without a slash in front. */
export class Archive {
  readonly file: string
  readonly #zip: ZipReader<unknown>
  readonly #entries: ReadonlyMap<string, FileEntry>
  readonly #read = new Set<string>()
  #expandedBytes = 0
  #closed = false

  private constructor(file: string, zip: ZipReader<unknown>, entries: ReadonlyMap<string, FileEntry>) {
    this.file = file
    this.#zip = zip
    this.#entries = entries
  }

  /** @throws ImportError where the file is no ZIP archive, or a broken one. */
  static async open({ name, bytes }: InputFile): Promise<Archive> {
    // Of its builds the one that brings no module of its own to inflate with.
    const { Uint8ArrayReader, ZipReader } = await import('@zip.js/zip.js/lib/zip-core-native.js')
    const zip = new ZipReader(new Uint8ArrayReader(bytes), { useWebWorkers: false, checkSignature: true })
    try {
      const entries = new Map<string, FileEntry>()
      let parts = 0
      for await (const entry of zip.getEntriesGenerator()) {
        if (++parts > MAX_PARTS) throw importFault(name, `more than ${MAX_PARTS} parts`)
        if (entry.directory) continue
        // Some writers separate folders as Windows does.
        const part = entry.filename.replaceAll('\\', '/')
        if (entries.has(part)) throw importFault(name, 'there are two parts of this name', part)
        entries.set(part, entry)
      }
      return new Archive(name, zip, entries)
    } catch (error) {
      throw asImportError(error, name, '')
    }
  }

  has(part: string): boolean {
    return this.#entries.has(part)
  }

  /**
   * Gives the text of a part piece by piece to `take`, which may throw to end it.
   * @throws ImportError where the part is missing, encrypted, broken, not UTF-8 or UTF-16, was read before, or is too large with those that were.
   */
  async read(part: string, take: (text: string) => void): Promise<void> {
    const entry = this.#entries.get(part)
    if (entry === undefined) throw importFault(this.file, `the workbook has no part ${quote(part)}`)
    if (entry.encrypted) throw importFault(this.file, 'encrypted; save it without a password', part)
    if (this.#read.has(part)) throw importFault(this.file, 'named for two purposes, or for two sheets', part)
    this.#read.add(part)
    this.#expandedBytes += entry.uncompressedSize
    if (this.#expandedBytes > MAX_EXPANDED_BYTES) {
      const limit = `${MAX_EXPANDED_BYTES / 1e6} MB`
      throw importFault(
        this.file,
        `with what was read before, larger than ${limit} when expanded, which is more than vmferry reads`,
        part,
      )
    }
    // What `take` throws is its own affair: only what is wrong with the bytes becomes a fault of the archive.
    let refusal: { reason: unknown } | undefined
    let decoder: TextDecoder | undefined
    const give = (chunk: Uint8Array | undefined): void => {
      try {
        decoder ??= decoderOf(chunk ?? new Uint8Array())
        take(this.#decode(decoder, chunk, part))
      } catch (reason) {
        refusal = { reason }
        throw reason
      }
    }
    try {
      await entry.getData(new WritableStream({ write: give }))
      give(undefined)
    } catch (error) {
      throw refusal === undefined ? asImportError(error, this.file, part) : refusal.reason
    }
  }

  /** @param chunk undefined: nothing follows. */
  #decode(decoder: TextDecoder, chunk: Uint8Array | undefined, part: string): string {
    try {
      return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true })
    } catch {
      throw asImportError('text that is not UTF-8', this.file, part)
    }
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    void this.#zip.close()
  }
}

/** UTF-8, as all writers use, or UTF-16 by its mark, which the standard allows too. */
function decoderOf(start: Uint8Array): TextDecoder {
  const mark = start.length >= 2 ? (start[0] << 8) | start[1] : 0
  const encoding = mark === 0xfffe ? 'utf-16le' : mark === 0xfeff ? 'utf-16be' : 'utf-8'
  return new TextDecoder(encoding, { fatal: true })
}

/** What zip.js says of bytes that are not as they should be, in other words where its own would not help. */
const REASONS: Readonly<Record<string, string>> = {
  'Invalid CRC32': 'its checksum is wrong',
  'Invalid uncompressed size': 'a part expands to another size than it says',
}

/** zip.js throws plain errors for whatever is wrong with the bytes. */
function asImportError(error: unknown, file: string, part: string): ImportError {
  if (error instanceof ImportError) return error
  const message = error instanceof Error ? error.message : String(error)
  const reason = (REASONS[message] ?? message).trim().replace(/\.$/, '')
  return importFault(file, `not a readable workbook (.xlsx): ${quote(reason)}`, part)
}
