/** Amounts of memory in libvirt's XML. */
import { quote } from '../../model/issues.js'
import type { ImportIssue } from '../inventory.js'
import type { XmlElement } from '../xml/tree.js'

const MIB = 1_048_576

/** Bytes, by libvirt's own names: those with an `i`, and single letters, are powers of 1024, the others of 1000. */
const UNITS: Readonly<Record<string, number>> = {
  b: 1,
  bytes: 1,
  kb: 1e3,
  k: 1024,
  kib: 1024,
  mb: 1e6,
  m: MIB,
  mib: MIB,
  gb: 1e9,
  g: 1024 ** 3,
  gib: 1024 ** 3,
  tb: 1e12,
  t: 1024 ** 4,
  tib: 1024 ** 4,
}

/** MiB of `<memory unit="KiB">…</memory>`; KiB where there is no unit. Undefined for a fault, which has been reported. */
export function memoryOf(element: XmlElement, issues: ImportIssue[]): number | undefined {
  const unit = element.attribute('unit') ?? 'KiB'
  const factor = Object.hasOwn(UNITS, unit.toLowerCase()) ? UNITS[unit.toLowerCase()] : undefined
  if (factor === undefined) {
    const right = 'KiB, MiB, GiB or another unit of libvirt'
    issues.push({ origin: element.origin, message: `unit ${quote(unit)} is not ${right}` })
    return undefined
  }
  const mib = /^\d{1,18}$/.test(element.text) ? (Number(element.text) * factor) / MIB : 0
  if (mib > 0 && mib < 1e9) return mib
  issues.push({ origin: element.origin, message: `${quote(element.text)} ${unit} is no amount of memory` })
  return undefined
}
