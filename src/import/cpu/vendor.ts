/** The maker of a CPU, by whatever a source calls it. */
import type { CpuVendor } from '../../model/problem.js'

const WORDS: readonly (readonly [RegExp, CpuVendor])[] = [
  [/intel|\bxeon\b/i, 'Intel'],
  [/hygon|\bc86\b/i, 'Hygon'],
  [/\bamd\b|authenticamd|\bepyc\b|\bopteron\b/i, 'AMD'],
]

/** By `GenuineIntel`, `AMD`, or a brand name; undefined where it tells none. */
export function vendorOf(text: string): CpuVendor | undefined {
  return WORDS.find(([pattern]) => pattern.test(text))?.[1]
}
