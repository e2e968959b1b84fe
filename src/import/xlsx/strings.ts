/** Texts of cells: the workbook's table of shared ones, and what is common to all. */
import { importFault } from '../failure.js'
import { type XmlHandlers, xmlReader } from '../xml/events.js'
import type { Archive } from './archive.js'

/** Of all sheets together. RVTools writes some 100 for each VM. */
const MAX_STRINGS = 8_000_000

/** Control characters and such, which XML cannot hold, are written `_x000D_`. */
export function unescapeText(text: string): string {
  if (!text.includes('_x')) return text
  return text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  )
}

/**
 * Collects the text of a `<si>` or `<is>`: its `<t>`, and those of its runs, without the phonetic ones that say how to read them.
 */
export class RichText {
  #text = ''
  #inText = false
  #phonetic = 0

  clear(): void {
    this.#text = ''
  }

  get text(): string {
    return unescapeText(this.#text)
  }

  open(name: string): void {
    if (name === 'rPh') this.#phonetic++
    this.#inText = name === 't' && this.#phonetic === 0
  }

  close(name: string): void {
    if (name === 'rPh') this.#phonetic--
    this.#inText = false
  }

  take(text: string): void {
    if (this.#inText) this.#text += text
  }
}

/** @throws ImportError */
export async function readSharedStrings(archive: Archive, part: string): Promise<string[]> {
  const strings: string[] = []
  const rich = new RichText()
  const handlers: XmlHandlers = {
    open(name, _, line) {
      if (name === 'si') {
        if (strings.length >= MAX_STRINGS)
          throw importFault(archive.file, `more than ${MAX_STRINGS} texts`, `${part}, line ${line}`)
        rich.clear()
      }
      rich.open(name)
    },
    close(name) {
      rich.close(name)
      if (name === 'si') strings.push(rich.text)
    },
    text: (text) => rich.take(text),
  }
  const reader = await xmlReader(archive.file, part, handlers)
  await archive.read(part, reader.write)
  reader.end()
  return strings
}
