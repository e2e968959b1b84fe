import type { Problem } from '../../src/model/problem.js'
import { hostsOf } from '../problem.js'

/** Every node sends to every other: a search that does not end at once. */
export function wide(count: number): Problem {
  const ids = Array.from({ length: count }, (_, n) => `N${n}`)
  const moves = ids.flatMap((_, n) =>
    [1, 2, 3, 5, 8, 13].map((step) => ({
      vm: `${n}-${step}`,
      to: ids[(n + step) % count],
      durationSeconds: 10 + ((n * 31 + step * 17) % 43),
    })),
  )
  return {
    version: 1,
    nodes: hostsOf(1e6, ...ids),
    vms: moves.map(({ vm }) => ({ id: vm, node: `N${vm.split('-')[0]}`, memoryMiB: 1 })),
    windows: ids.map((node, n) => ({ node, start: 20 + ((n * 7) % 60), durationSeconds: 15 })),
    request: { moves },
  }
}
