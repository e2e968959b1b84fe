/** What tells one plan from another: it ties a journal to the plan that was run. */
import { requireObject, requireObjects } from '../arguments.js'
import type { Migration, Plan } from './plan.js'

function byTime(a: Migration, b: Migration): number {
  return a.startSeconds - b.startSeconds || (a.vm < b.vm ? -1 : a.vm > b.vm ? 1 : 0)
}

/**
 * The 64-bit FNV-1a hash (Fowler, Noll, Vo) of the plan's migrations, 16 hexadecimal digits: of the UTF-8 text of a JSON array with
 * `[vm, from, to, kind, startSeconds, round]` for each, by start, then VM id. Figures and warnings do not count, nor does how the
 * file is laid out. Of a plan with works, `[node, startSeconds]` of each follow, in its order. It tells plans apart that were mixed up; it is no protection against one that was forged.
 *
 * @throws InvalidOptionError where the plan has no list of migrations
 */
export function planFingerprint(plan: Pick<Plan, 'migrations' | 'maintenance'>): string {
  requireObject('the plan', plan)
  requireObjects('migrations of the plan', plan.migrations)
  const rows: (string | number)[][] = [...plan.migrations]
    .sort(byTime)
    .map(({ vm, from, to, kind, startSeconds, round }) => [vm, from, to, kind, startSeconds, round])
  if (plan.maintenance !== undefined) requireObjects('maintenance of the plan', plan.maintenance)
  for (const { node, startSeconds } of plan.maintenance ?? []) rows.push([node, startSeconds])
  return fnv1a64(new TextEncoder().encode(JSON.stringify(rows)))
}

const TWO_32 = 0x1_0000_0000
/** The prime is 2^40 + this. */
const PRIME_LOW = 0x1b3

/** In two halves of 32 bits, as every product here is below 2^53. */
export function fnv1a64(bytes: Uint8Array): string {
  let high = 0xcbf29ce4
  let low = 0x84222325
  for (const byte of bytes) {
    low = (low ^ byte) >>> 0
    const product = low * PRIME_LOW
    high = (high * PRIME_LOW + Math.floor(product / TWO_32) + ((low << 8) >>> 0)) % TWO_32
    low = product % TWO_32
  }
  const hex = (half: number) => half.toString(16).padStart(8, '0')
  return hex(high) + hex(low)
}
