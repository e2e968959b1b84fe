/** Small words for sentences about problems and plans. Ids are told as they are: whoever shows them escapes them. */

/** `1 VM`, `2 VMs`. */
export function counted(count: number, singular: string, plural = `${singular}s`): string {
  return `${count} ${count === 1 ? singular : plural}`
}

/** Seconds with at most three decimals. */
export function seconds(value: number): string {
  return `${Number(value.toFixed(3))} s`
}

const MOST_NAMED = 6

/** `A`, `A and B`, `A, B and 4 more`. */
export function named(ids: readonly string[], most = MOST_NAMED): string {
  if (ids.length > most) return `${ids.slice(0, most - 1).join(', ')} and ${ids.length - most + 1} more`
  if (ids.length < 2) return ids.join('')
  return `${ids.slice(0, -1).join(', ')} and ${ids[ids.length - 1]}`
}
