/** A host's CPU in a file of its own, made whole where a terminal or a mail wrapped it, and refused where a part of it is missing. */
import { isLscpu, readLscpu } from './cpu/lscpu.js'
import { importFault } from './failure.js'
import { isKnownFlag } from './flags.js'
import type { InventoryCpu } from './inventory.js'

const RIGHT = 'LC_ALL=C lscpu > HOST.lscpu'

/** How lscpu begins in other languages than English. */
const TRANSLATED =
  /^[ \t]*(?:Architektur|Arquitectura|Architettura|Arquitetura|Architektura|Architectuur|Arkitektur|Arkitehtuuri|Mimari|Архитектура|Архітектура|架构|架構|アーキテクチャ|아키텍처)[ \t]*[:：]/m
const TRANSLATED_JSON = /^\s*\{\s*"lscpu"\s*:\s*\[\s*\{\s*"field"\s*:\s*"(?!Architecture:?")[^"]{0,40}"/
/** `/proc/cpuinfo`, or lscpu, of machines that are no PC. */
const OTHER_MACHINES: readonly (readonly [RegExp, string])[] = [
  [/^(?:Architecture[ \t]*:[ \t]*s390x?|vendor_id[ \t]*:[ \t]*IBM\/S390)\b/m, 's390'],
  [/^(?:Architecture[ \t]*:[ \t]*ppc\w*|cpu[ \t]*:[ \t]*POWER\w*)/m, 'POWER'],
  [/^(?:Architecture[ \t]*:[ \t]*(?:aarch64|arm\w*)|CPU implementer[ \t]*:)/m, 'Arm'],
  [/^(?:Architecture[ \t]*:[ \t]*riscv\w*|isa[ \t]*:[ \t]*rv\d)/m, 'RISC-V'],
]

/**
 * The CPU that lscpu or /proc/cpuinfo tells; undefined where the text is neither.
 * @throws ImportError
 */
export function readCpuFile(file: string, text: string): InventoryCpu | undefined {
  const machine = OTHER_MACHINES.find(([pattern]) => pattern.test(text))?.[1]
  if (machine !== undefined)
    throw importFault(file, `the CPU of a machine of architecture ${machine}; vmferry knows x86-64 only`)
  if (TRANSLATED.test(text) || TRANSLATED_JSON.test(text))
    throw importFault(file, `lscpu in another language than English; make it by ${RIGHT}`)
  if (!isLscpu(text)) return undefined
  const cpu = readLscpu(file, joinWrapped(text))
  checkWhole(file, cpu.features)
  return cpu
}

/**
 * Any CPU that runs 64-bit code has `lm` and `sse2`, which stand early in every list of Linux.
 * @throws ImportError
 */
export function checkWhole(file: string, flags: readonly string[] = [], place = ''): void {
  const missing = ['lm', 'sse2'].filter((flag) => !flags.includes(flag))
  if (missing.length === 0) return
  const what = `the list of flags lacks ${missing.join(' and ')}, which every 64-bit CPU has: it was cut off`
  throw importFault(file, `${what}; give the whole output, as of ${RIGHT}`, place)
}

/** The list of flags is the only value that goes on in lines without a name. */
function joinWrapped(text: string): string {
  if (text.trimStart().startsWith('{')) return text
  const parts: string[] = []
  let isFlags = false
  let before = ''
  for (const line of text.split('\n')) {
    const bare = line.trim()
    if (bare === '') continue
    if (line.includes(':')) {
      isFlags = /^flags[ \t]*:/i.test(bare)
      parts.push('\n', bare)
    } else parts.push(isFlags ? seam(before, bare) : '\n', bare)
    before = bare
  }
  return parts.join('')
}

/** Nothing where a flag was broken in two: together the halves are one that is known, and alone they are not both. */
function seam(before: string, after: string): '' | ' ' {
  const left = before.slice(Math.max(before.lastIndexOf(' '), before.lastIndexOf('\t')) + 1)
  const [right] = after.split(/\s/, 1)
  const broken = isKnownFlag(left + right) && !(isKnownFlag(left) && isKnownFlag(right))
  return broken ? '' : ' '
}
