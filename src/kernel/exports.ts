/** The raw exports of the WASM module: pointers are byte addresses, booleans and enums are i32. One member a kernel routine. */
import type { CompatibilityExports } from './compatibility.js'
import type { ExactExports } from './exact.js'
import type { MatchingExports } from './matching.js'
import type { MultiModeExports } from './multi-mode.js'
import type { RoundsExports } from './rounds.js'
import type { SchedulerExports } from './scheduler.js'
import type { SingleNodeExports } from './single-node.js'

export interface KernelExports
  extends CompatibilityExports,
    RoundsExports,
    MatchingExports,
    SchedulerExports,
    MultiModeExports,
    ExactExports,
    SingleNodeExports {
  memory: WebAssembly.Memory
  /** First byte after the module's static data: where regions may begin. */
  heapBase(): number
}
