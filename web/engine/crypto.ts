/** What the formats take of Node's module of that name. */
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'

export function createHash(_name: 'sha256') {
  const hash = sha256.create()
  return {
    update(text: string) {
      hash.update(utf8ToBytes(text))
      return this
    },
    digest: (_encoding: 'hex') => bytesToHex(hash.digest()),
  }
}
