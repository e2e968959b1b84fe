/** The one boundary between user MiB and the KiB in which memory is counted, by planner and checker alike. */

const KIB_PER_MIB = 1024
/** What float error a sum or product of MiB may carry before rounding would change a whole number of KiB. */
const TOLERANCE = 1e-6

/**
 * Rounds down, of VMs, nodes and the reserve alike: what fits exactly still fits, since a sum of parts rounded down is no more than the
 * rounded sum. Integers in f64, whose sums are exact.
 */
export function wholeKiB(mib: number): number {
  return Math.floor(mib * KIB_PER_MIB + TOLERANCE)
}

/** Exact. */
export function kibToMiB(kib: number): number {
  return kib / KIB_PER_MIB
}
