/** The raw exports of the WASM module: pointers are byte addresses, booleans and enums are i32. One member a kernel routine. */
import type { ArenaExports } from './arena.js'
import type { CompatibilityExports } from './compatibility.js'
import type { ExactExports } from './exact.js'
import type { MatchingExports } from './matching.js'
import type { MultiModeExports } from './multi-mode.js'
import type { RoundsExports } from './rounds.js'
import type { SchedulerExports } from './scheduler.js'
import type { SingleNodeExports } from './single-node.js'

export interface KernelExports
  extends ArenaExports,
    CompatibilityExports,
    RoundsExports,
    MatchingExports,
    SchedulerExports,
    MultiModeExports,
    ExactExports,
    SingleNodeExports {}
