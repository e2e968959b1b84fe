/** Small XML documents as a tree that remembers the lines. */
import { quote } from '../../model/issues.js'
import { importFault } from '../failure.js'
import type { Origin } from '../inventory.js'
import { xmlReader } from './events.js'

/** Of one file: far more than the domains of a host have. */
const MAX_ELEMENTS = 2_000_000

/** Declarations in front of documents that were written one after another: within one file only the first would be XML. */
const DECLARATION = /^[ \t]*<\?xml[ \t][^?<>]{0,200}\?>/gm

export class XmlElement {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: XmlElement[] = []
  /** Text directly inside, without that of children. */
  ownText = ''
  readonly #file: string
  /** On which the start tag ends, from 1. */
  readonly line: number

  constructor(file: string, name: string, attributes: Readonly<Record<string, string>>, line: number) {
    this.#file = file
    this.name = name
    this.attributes = attributes
    this.line = line
  }

  /** Without spaces around it. */
  get text(): string {
    return this.ownText.trim()
  }

  get origin(): Origin {
    return { file: this.#file, place: `line ${this.line}, <${this.name.slice(0, 60)}>` }
  }

  /** The value of an attribute, or undefined. */
  attribute(name: string): string | undefined {
    return Object.hasOwn(this.attributes, name) ? this.attributes[name] : undefined
  }

  /** The first child of that name. */
  child(name: string): XmlElement | undefined {
    return this.children.find((child) => child.name === name)
  }

  /** All children of that name. */
  all(name: string): XmlElement[] {
    return this.children.filter((child) => child.name === name)
  }

  /** The first descendant along these names. */
  at(...path: string[]): XmlElement | undefined {
    let element: XmlElement | undefined = this
    for (const name of path) element = element?.child(name)
    return element
  }
}

/**
 * The roots of the documents in `text`, one after another.
 * @throws ImportError where it is not well-formed, or has none.
 */
export async function readXmlTrees(file: string, text: string): Promise<XmlElement[]> {
  const roots: XmlElement[] = []
  const open: XmlElement[] = []
  let count = 0
  const reader = await xmlReader(
    file,
    '',
    {
      open(name, attributes, line) {
        if (++count > MAX_ELEMENTS)
          throw importFault(file, `more than ${MAX_ELEMENTS} elements`, `line ${line}`)
        const element = new XmlElement(file, name, attributes, line)
        ;(open.at(-1)?.children ?? roots).push(element)
        open.push(element)
      },
      close: () => void open.pop(),
      text(piece, line) {
        const element = open.at(-1)
        if (element !== undefined) element.ownText += piece
        else if (piece.trim() !== '')
          throw importFault(file, `text outside of the elements: ${quote(piece.trim())}`, `line ${line}`)
      },
    },
    { manyRoots: true },
  )
  reader.write(text.replace(/^\uFEFF/, '').replace(DECLARATION, (found) => ' '.repeat(found.length)))
  reader.end()
  if (roots.length === 0) throw importFault(file, 'no XML element')
  return roots
}
