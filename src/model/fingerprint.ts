/** What tells one plan from another: it ties a journal to the plan that was run. */
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import type { Migration, Plan } from './plan.js'

const DIGITS = 16

function byTime(a: Migration, b: Migration): number {
  return a.startSeconds - b.startSeconds || (a.vm < b.vm ? -1 : a.vm > b.vm ? 1 : 0)
}

/**
 * The first 16 hexadecimal digits of the SHA-256 of the plan's migrations, as JSON: an array with `[vm, from, to, kind,
 * startSeconds, round]` for each, by start, then VM id. Figures and warnings do not count, nor does how the file is laid out.
 */
export function planFingerprint(plan: Pick<Plan, 'migrations'>): string {
  const rows = [...plan.migrations]
    .sort(byTime)
    .map(({ vm, from, to, kind, startSeconds, round }) => [vm, from, to, kind, startSeconds, round])
  return bytesToHex(sha256(utf8ToBytes(JSON.stringify(rows)))).slice(0, DIGITS)
}
