/** What a node has too little of, in words and figures. */
import type { Space } from '../../model/instance.js'
import type { Refusal } from './wish.js'

const MIB = 1024

/**
 * @param missing in the space's own unit
 * @param rest of the sentence, after what is missing
 */
export function lacks(space: Space, node: string, missing: number, rest: string): Refusal {
  const { reason, device } = space
  const amount = reason === 'memory' ? Math.ceil(missing / MIB) : missing
  const what =
    reason === 'memory' ? 'MiB' : reason === 'devices' ? `${device}` : amount === 1 ? 'vCPU' : 'vCPUs'
  const figures =
    reason === 'memory'
      ? { missingMiB: amount }
      : { missing: amount, ...(device === undefined ? {} : { device }) }
  return { reason, detail: `${node} lacks ${amount} ${what} ${rest}`, ...figures }
}
