/** A static member outside the subset. */
import { UnsupportedError } from './errors.js'
import type { PSType } from './values.js'

export const unknown = (type: PSType, name: string): never => {
  throw new UnsupportedError(`[${type.fullName}]::${name}`)
}
