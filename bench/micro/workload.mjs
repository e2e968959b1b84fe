/** Names a workload by what is in it: two runs are comparable where the hashes are equal. */
import { createHash } from 'node:crypto'

function feed(hash, value) {
  if (ArrayBuffer.isView(value)) {
    hash.update(`${value.constructor.name} ${value.length}:`)
    hash.update(new Uint8Array(value.buffer, value.byteOffset, value.byteLength))
  } else if (Array.isArray(value)) {
    hash.update(`[${value.length}`)
    for (const entry of value) feed(hash, entry)
  } else if (typeof value === 'object' && value !== null) {
    for (const key of Object.keys(value).sort()) {
      hash.update(`${key}=`)
      feed(hash, value[key])
    }
  } else {
    hash.update(`${typeof value} ${value};`)
  }
}

/**
 * The first 16 hexadecimal digits of the SHA-256 of an input: plain objects, arrays, typed arrays (little-endian, as in memory),
 * numbers, strings. The order of an object's keys plays no part.
 */
export function inputHash(input) {
  const hash = createHash('sha256')
  feed(hash, input)
  return hash.digest('hex').slice(0, 16)
}
