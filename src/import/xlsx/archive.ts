/**
 * The parts of a workbook, a ZIP archive, by yauzl: through the central directory, and no part expands beyond the size that it names
 * there. The sum of those sizes has a limit, each part is read once and piece by piece: a small file can neither fill the memory nor go on
 * for ever.
 */
import { crc32 } from 'node:zlib'
import type { Entry, ZipFile } from 'yauzl'
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
  readonly #zip: ZipFile
  readonly #entries: ReadonlyMap<string, Entry>
  readonly #read = new Set<string>()
  #expandedBytes = 0
  #closed = false

  private constructor(file: string, zip: ZipFile, entries: ReadonlyMap<string, Entry>) {
    this.file = file
    this.#zip = zip
    this.#entries = entries
  }

  /** @throws ImportError where the file is no ZIP archive, or a broken one. */
  static async open({ name, bytes }: InputFile): Promise<Archive> {
    if (typeof Buffer === 'undefined')
      throw importFault(name, 'a workbook, which only Node can read; in a browser give the tabs as CSV files')
    const { fromBufferPromise } = await import('yauzl')
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    try {
      const zip = await fromBufferPromise(buffer, { lazyEntries: true })
      const entries = new Map<string, Entry>()
      for await (const entry of zip.eachEntry()) {
        if (entries.size >= MAX_PARTS) throw importFault(name, `more than ${MAX_PARTS} parts`)
        if (entries.has(entry.fileName))
          throw importFault(name, 'there are two parts of this name', entry.fileName)
        entries.set(entry.fileName, entry)
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
    if (entry.isEncrypted()) throw importFault(this.file, 'encrypted; save it without a password', part)
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
    let taking = false
    const give = (text: string): void => {
      taking = true
      take(text)
      taking = false
    }
    try {
      const stream = await this.#zip.openReadStreamPromise(entry)
      let sum = 0
      let decoder: TextDecoder | undefined
      for await (const chunk of stream as AsyncIterable<Uint8Array>) {
        sum = crc32(chunk, sum)
        decoder ??= decoderOf(chunk)
        give(decoder.decode(chunk, { stream: true }))
      }
      if (sum !== entry.crc32) throw importFault(this.file, 'broken: its checksum is wrong', part)
      give((decoder ?? new TextDecoder()).decode())
    } catch (error) {
      throw taking ? error : asImportError(error, this.file, part)
    }
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#zip.close()
  }
}

/** UTF-8, as all writers use, or UTF-16 by its mark, which the standard allows too. */
function decoderOf(start: Uint8Array): TextDecoder {
  const mark = start.length >= 2 ? (start[0] << 8) | start[1] : 0
  const encoding = mark === 0xfffe ? 'utf-16le' : mark === 0xfeff ? 'utf-16be' : 'utf-8'
  return new TextDecoder(encoding, { fatal: true })
}

/** yauzl and zlib throw plain errors for whatever is wrong with the bytes. */
function asImportError(error: unknown, file: string, part: string): ImportError {
  if (error instanceof ImportError) return error
  const { message, code } = error as NodeJS.ErrnoException
  const reason = code === 'ERR_ENCODING_INVALID_ENCODED_DATA' ? 'text that is not UTF-8' : String(message)
  return importFault(
    file,
    `not a readable workbook (.xlsx): ${quote(reason.trim().replace(/\.$/, ''))}`,
    part,
  )
}
