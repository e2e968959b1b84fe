// The kernel's exports. Knows indices, ticks and masks; nothing of names, JSON or dates. No import, no garbage collection: records
// (layout.mjs) and numbers in regions that the caller lays out.
export { subsetMatrix, missingCounts, intersection } from './compatibility'
export { scoreRounds } from './rounds'
export { maximumWeightMatching } from './matching'
export { singleNode } from './single-node'
export { prepareSchedule, evaluateOrder, annealOrder } from './scheduler'
export { evaluateModes, annealModes } from './mode-anneal'
export { beginExact, keepOrders, runExact, rootBoundExact } from './exact'

/** First byte after the module's static data: where the caller's regions may begin. */
export function heapBase(): usize {
  return __heap_base
}
