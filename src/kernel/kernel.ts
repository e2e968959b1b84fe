/** The kernel as the solver sees it (`types.ts`): one instance for the one-shot routines, one more for each scheduler, scorer and search. */
import { Arena } from './arena.js'
import * as compatibility from './compatibility.js'
import { createExactSearch } from './exact.js'
import { maximumWeightMatching } from './matching.js'
import { compileKernel, instantiateKernel } from './module.js'
import { createMultiModeScheduler } from './multi-mode.js'
import { createRoundScorer } from './rounds.js'
import { createScheduler } from './scheduler.js'
import { singleNode } from './single-node.js'
import type { Kernel } from './types.js'

/** A kernel over a compiled module; `loadKernel` is the usual way to one. */
export function createKernel(module: WebAssembly.Module): Kernel {
  const wasm = instantiateKernel(module)
  const arena = new Arena(wasm.memory, wasm.heapBase())
  return {
    subsetMatrix: (rows, columns, words) => compatibility.subsetMatrix(wasm, arena, rows, columns, words),
    missingCounts: (rows, columns, words) => compatibility.missingCounts(wasm, arena, rows, columns, words),
    intersection: (masks, words) => compatibility.intersection(wasm, arena, masks, words),
    maximumWeightMatching: (graph) => maximumWeightMatching(wasm, arena, graph),
    singleNode: (problem) => singleNode(wasm, arena, problem),
    createScheduler: (problem) => createScheduler(instantiateKernel(module), problem),
    createMultiModeScheduler: (problem) => createMultiModeScheduler(instantiateKernel(module), problem),
    createRoundScorer: (tasks) => createRoundScorer(instantiateKernel(module), tasks),
    createExactSearch: (problem) => createExactSearch(instantiateKernel(module), problem),
  }
}

/**
 * The kernel of this realm.
 * @throws KernelError where the engine cannot run it.
 */
export async function loadKernel(): Promise<Kernel> {
  return createKernel(await compileKernel())
}
