/** A node's CPU: its features where Coreinfo ran, else what it may be looked up by. */

import type { Findings } from '../findings.js'
import type { InventoryCpu } from '../inventory.js'
import { originOf, type Row, rawOf } from './rows.js'
import { asText } from './values.js'

/** A line of `Coreinfo.exe -f` for each feature, `*` where the CPU has it. */
const LINE = /^\s*(\S+)\s+([*-])(?:\s|$)/

interface Described {
  row: Row
  vendor: string | undefined
  texts: string[]
}

/** @returns undefined where the rows tell nothing of a CPU */
export function readCpu(
  id: string,
  processors: readonly Row[],
  coreinfo: readonly Row[],
  findings: Findings,
): InventoryCpu | undefined {
  const described = describe(id, processors, findings)
  for (const row of coreinfo) {
    const text = rawOf(row, 'Text')
    const found = typeof text === 'string' ? parseCoreinfo(text) : undefined
    const vendor = found?.vendor ?? described?.vendor
    if (found === undefined || vendor === undefined) {
      findings.assume(
        originOf(row, 'Text'),
        `no output of "Coreinfo.exe -f" with its heading: the CPU of ${id} is looked up by what Windows says of it`,
      )
      continue
    }
    const texts = found.signature === undefined ? [] : [found.signature]
    return {
      features: found.features,
      vendor,
      texts: [...texts, ...(described?.texts ?? [])],
      origin: originOf(row, 'Text'),
    }
  }
  if (described === undefined) return undefined
  const { row, vendor, texts } = described
  return { ...(vendor === undefined ? {} : { vendor }), texts, origin: originOf(row) }
}

/** What Windows says, which must be the same of every socket. */
function describe(id: string, rows: readonly Row[], findings: Findings): Described | undefined {
  let first: Described | undefined
  for (const row of rows) {
    const texts = textsOf(row)
    if (texts.length === 0) continue
    if (first === undefined) first = { row, vendor: asText(rawOf(row, 'Manufacturer')), texts }
    else if (first.texts.join('\n') !== texts.join('\n')) {
      findings.fault(
        originOf(row),
        `${id} has two kinds of CPU, "${first.texts[0]}" and "${texts[0]}"; one with both is not supported: give its features with Coreinfo, or --cpu ${id}=…`,
      )
      return first
    }
  }
  return first
}

function textsOf(row: Row): string[] {
  const texts: string[] = []
  const described = ['Description', 'Caption'].map((name) => asText(rawOf(row, name)))
  const signature = described.find((text) => text !== undefined && /family \d+ model \d+/i.test(text))
  if (signature !== undefined) texts.push(signature)
  // EDX and EAX of CPUID leaf 1; EAX is the signature.
  const id = asText(rawOf(row, 'ProcessorId'))
  if (id !== undefined && /^[\da-f]{16}$/i.test(id)) texts.push(`0x${id.slice(8)}`)
  const brand = asText(rawOf(row, 'Name'))
  if (brand !== undefined) texts.push(brand.replace(/\s+/g, ' '))
  return texts
}

interface CoreinfoCpu {
  /** As CPUID says it: `GenuineIntel`, …; undefined where the text does not tell. */
  vendor: string | undefined
  /** `Intel64 Family 6 Model 85 Stepping 7`, where the text has it. */
  signature: string | undefined
  /** In Coreinfo's spelling, those of the host alone among them. */
  features: string[]
}

/** The CPU in what Sysinternals Coreinfo prints, or undefined where the text has no line of a feature that is there. */
export function parseCoreinfo(text: string): CoreinfoCpu | undefined {
  const features: string[] = []
  for (const line of text.split(/\r\n|\r|\n/)) {
    const match = line.length <= 400 ? LINE.exec(line) : null
    if (match?.[2] === '*' && /^[A-Za-z\d][\w.-]*$/.test(match[1])) features.push(match[1])
  }
  if (features.length === 0) return undefined
  return {
    vendor: /\b(?:GenuineIntel|AuthenticAMD|HygonGenuine)\b/.exec(text)?.[0],
    signature: /\b(?:Intel64|AMD64) Family \d{1,3} Model \d{1,3} Stepping \d{1,2}\b/.exec(text)?.[0],
    features,
  }
}
