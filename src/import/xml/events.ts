/**
 * XML as a stream of events, by saxes: well-formed or refused. Input is foreign: a document type is refused, so that no entities but the
 * five of XML itself exist, and elements nest only so deep. Size is limited where the bytes are read, and of one text or tag here: saxes
 * keeps it until it is whole.
 */
import type { SaxesParser } from 'saxes'
import { importFault } from '../failure.js'

/** Deeper than any export nests its elements. */
const MAX_DEPTH = 100

/** Characters of a text, tag or comment. A cell of Excel has at most 32,767, each of which may be escaped by seven. */
const MAX_PIECE = 1_000_000

const DOCTYPE = 'a document type (<!DOCTYPE …>), which no export has and vmferry does not read; remove it'

export interface XmlHandlers {
  /** Name without its namespace prefix; attributes as written. */
  open(name: string, attributes: Readonly<Record<string, string>>, line: number): void
  close(name: string): void
  /** Text between tags, entities resolved; a long one may come in pieces. */
  text?(text: string, line: number): void
}

/** Takes the text of a document piece by piece. */
export interface XmlReader {
  /** @throws ImportError with line and column. */
  write(text: string): void
  /** @throws ImportError where the document ends too early. */
  end(): void
}

/** The part behind the namespace prefix: some writers give every element one. */
export function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}

/**
 * @param place in front of line and column in messages: the part of an archive; `''` where the file itself is the document
 * @param manyRoots takes several documents one after another, as `virsh dumpxml` in a loop writes them
 */
export async function xmlReader(
  file: string,
  place: string,
  handlers: XmlHandlers,
  { manyRoots = false }: { manyRoots?: boolean } = {},
): Promise<XmlReader> {
  const { SaxesParser } = await import('saxes')
  const parser: SaxesParser = new SaxesParser({ fragment: manyRoots, position: true })
  const where = (): string => `${place === '' ? '' : `${place}, `}line ${parser.line}`
  const refuse = (message: string): never => {
    throw importFault(file, message, where())
  }
  let depth = 0
  let wholeUpTo = 0
  let written = 0
  const mark = (): void => {
    wholeUpTo = parser.position
  }
  parser.on('error', ({ message }) => {
    // Where one may not stand, saxes says so before it tells of it.
    if (message.includes('doctype')) refuse(DOCTYPE)
    // saxes writes line and column in front.
    refuse(`not well-formed XML: ${message.replace(/^\d+:\d+: /, '').replace(/\.$/, '')}`)
  })
  parser.on('doctype', () => {
    refuse(DOCTYPE)
  })
  parser.on('opentag', ({ name, attributes }) => {
    mark()
    if (++depth > MAX_DEPTH) refuse(`elements nest more than ${MAX_DEPTH} deep`)
    handlers.open(localName(name), attributes, parser.line)
  })
  parser.on('closetag', ({ name }) => {
    mark()
    depth--
    handlers.close(localName(name))
  })
  if (handlers.text !== undefined) {
    const take = (piece: string): void => handlers.text?.(piece, parser.line)
    parser.on('text', take)
    parser.on('cdata', take)
  }
  return {
    write: (piece) => {
      parser.write(piece)
      // Between two pieces saxes counts the last one twice.
      written += piece.length
      if (written - wholeUpTo > MAX_PIECE) refuse(`a text or tag of more than ${MAX_PIECE} characters`)
    },
    end: () => {
      parser.close()
    },
  }
}
