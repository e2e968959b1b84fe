/** What every search needs. */
import type { Kernel } from '../kernel/types.js'
import type { Instance } from '../model/instance.js'
import type { Run } from './run.js'
import type { ForbiddenIntervals } from './wishes/forbidden.js'

export interface SearchContext {
  readonly instance: Instance
  readonly kernel: Kernel
  readonly run: Run
  readonly forbidden: ForbiddenIntervals
}
