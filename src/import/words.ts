/** Phrases of messages and reports. */

/** Names that a list shows. */
const SHOWN = 3

/** `HV01`, `HV01 and HV02`, `HV01, HV02, HV03 and 61 more`. */
export function listNames(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN)
  const more = names.length - shown.length
  if (more > 0) return `${shown.join(', ')} and ${more} more`
  if (shown.length < 2) return shown.join('')
  return `${shown.slice(0, -1).join(', ')} and ${shown[shown.length - 1]}`
}
