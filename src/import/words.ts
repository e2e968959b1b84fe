/** Phrases of messages and reports. */
import { quote } from '../model/issues.js'

/** Names that a list shows. */
const SHOWN = 3

/** A foreign name inside a sentence: as it is where it is short and cannot be taken for something else, else quoted. */
export function plainName(name: string): string {
  const plain =
    name !== '' && name.length <= 60 && name === name.trim() && !/[\p{C}\p{Zl}\p{Zp}"\\,;]/u.test(name)
  return plain ? name : quote(name)
}

/** A name as part of a command line. */
export function argument(name: string): string {
  return /^[\p{L}\p{N}._@-]{1,60}$/u.test(name) ? name : quote(name)
}

/** `HV01`, `HV01 and HV02`, `HV01, HV02, HV03 and 61 more`. */
export function listNames(names: readonly string[], most = SHOWN): string {
  const shown = names.slice(0, most).map(plainName)
  const more = names.length - shown.length
  if (more > 0) return `${shown.join(', ')} and ${more} more`
  if (shown.length < 2) return shown.join('')
  return `${shown.slice(0, -1).join(', ')} and ${shown[shown.length - 1]}`
}
