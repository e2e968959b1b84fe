/** Small workbooks, in the ways in which libraries write them. */
import { strToU8, zipSync } from 'fflate'

export type Cell = string | number | boolean | null

export interface WorkbookOptions {
  /** Where texts go: a table of shared ones, or into their cells. */
  strings?: 'shared' | 'inline'
  /** Namespace prefix of every element, as ClosedXML writes. */
  prefix?: string
  /** Whether cells and rows say where they are. */
  references?: boolean
  /** Backslashes between folders, as old .NET writes. */
  backslashes?: boolean
  /** Absolute targets of relationships. */
  absolute?: boolean
}

export const escapeXml = (text: string): string =>
  text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c]!)

const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'

export function letters(column: number): string {
  return column < 26
    ? String.fromCharCode(65 + column)
    : letters(Math.floor(column / 26) - 1) + letters(column % 26)
}

/** Parts of a workbook, before they are zipped. */
export function workbookParts(
  sheets: Record<string, readonly (readonly Cell[])[]>,
  { strings = 'shared', prefix = '', references = true, absolute = false }: WorkbookOptions = {},
): Record<string, string> {
  const p = prefix === '' ? '' : `${prefix}:`
  const xmlns = prefix === '' ? `xmlns="${MAIN}"` : `xmlns:${prefix}="${MAIN}"`
  const shared: string[] = []
  const cell = (value: Cell, reference: string): string => {
    const at = references ? ` r="${reference}"` : ''
    if (value === null) return references ? '' : `<${p}c/>`
    if (typeof value === 'number') return `<${p}c${at}><${p}v>${value}</${p}v></${p}c>`
    if (typeof value === 'boolean') return `<${p}c${at} t="b"><${p}v>${Number(value)}</${p}v></${p}c>`
    if (strings === 'inline')
      return `<${p}c${at} t="inlineStr"><${p}is><${p}t>${escapeXml(value)}</${p}t></${p}is></${p}c>`
    let index = shared.indexOf(value)
    if (index < 0) index = shared.push(value) - 1
    return `<${p}c${at} t="s"><${p}v>${index}</${p}v></${p}c>`
  }
  const row = (cells: readonly Cell[], i: number): string =>
    `<${p}row${references ? ` r="${i + 1}"` : ''}>${cells.map((value, j) => cell(value, `${letters(j)}${i + 1}`)).join('')}</${p}row>`
  const names = Object.keys(sheets)
  const parts: Record<string, string> = {
    '[Content_Types].xml':
      '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>',
    '_rels/.rels': `<Relationships><Relationship Id="r1" Type="${RELATIONS}/officeDocument" Target="${absolute ? '/' : ''}xl/workbook.xml"/></Relationships>`,
    'xl/workbook.xml': `<?xml version="1.0" encoding="utf-8"?><${p}workbook ${xmlns} xmlns:rel="${RELATIONS}"><${p}sheets>${names
      .map((name, i) => `<${p}sheet name="${escapeXml(name)}" sheetId="${i + 1}" rel:id="s${i + 1}"/>`)
      .join('')}</${p}sheets></${p}workbook>`,
  }
  names.forEach((name, i) => {
    const data = sheets[name].map(row).join('')
    parts[`xl/worksheets/sheet${i + 1}.xml`] =
      `<${p}worksheet ${xmlns}><${p}sheetData>${data}</${p}sheetData></${p}worksheet>`
  })
  parts['xl/sharedStrings.xml'] =
    `<${p}sst ${xmlns}>${shared.map((text) => `<${p}si><${p}t xml:space="preserve">${escapeXml(text)}</${p}t></${p}si>`).join('')}</${p}sst>`
  const target = (path: string): string => (absolute ? `/xl/${path}` : path)
  parts['xl/_rels/workbook.xml.rels'] = `<Relationships>${names
    .map(
      (_, i) =>
        `<Relationship Id="s${i + 1}" Type="${RELATIONS}/worksheet" Target="${target(`worksheets/sheet${i + 1}.xml`)}"/>`,
    )
    .join(
      '',
    )}<Relationship Id="strings" Type="${RELATIONS}/sharedStrings" Target="${target('sharedStrings.xml')}"/></Relationships>`
  return parts
}

export function zipParts(
  parts: Record<string, string>,
  { backslashes = false }: WorkbookOptions = {},
): Uint8Array {
  return zipSync(
    Object.fromEntries(
      Object.entries(parts).map(([name, text]) => [
        backslashes ? name.replaceAll('/', '\\') : name,
        strToU8(text),
      ]),
    ),
  )
}

export function workbook(
  sheets: Record<string, readonly (readonly Cell[])[]>,
  options: WorkbookOptions = {},
): Uint8Array {
  return zipParts(workbookParts(sheets, options), options)
}
