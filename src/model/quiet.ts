/** When nothing migrates: what `quiet()` returns (docs/library.md). All times in seconds from the plan's start. */
import type { WindowKind } from './problem.js'

/** `[startSeconds, endSeconds)`, without a migration of its subject. */
export interface QuietSpan {
  startSeconds: number
  endSeconds: number
}

export interface QuietNode {
  node: string
  /** Every span of at least the duration asked for, in order; whole spans, not cut to that duration. */
  spans: QuietSpan[]
  /** Where none is long enough: the first of the longest ones. Undefined where there is no moment without a migration either. */
  longest?: QuietSpan
}

export interface QuietVm {
  vm: string
  /** As of a node. */
  spans: QuietSpan[]
  longest?: QuietSpan
}

/** An occurrence of one of the problem's windows; neither `vm` nor `node`: the whole cluster. */
export interface QuietWindow {
  vm?: string
  node?: string
  kind: WindowKind
  startSeconds: number
  endSeconds: number
}

/** Where a backup of all subjects goes: the earliest piece of the duration asked for. */
export interface QuietBest {
  startSeconds: number
  /** Start + duration. */
  endSeconds: number
  /** Until when it could be put off, or last. */
  quietUntilSeconds: number
  /** Windows of the subjects and of the cluster that overlap it, for information: they forbid migrations, not backups. */
  windows: QuietWindow[]
}

export interface Quiet {
  version: 1
  /** Name of the problem. */
  problem: string
  durationSeconds: number
  /** End of the time that was looked at; it begins at second 0. */
  untilSeconds: number
  /** The nodes that were chosen; without any choice, all. */
  nodes: QuietNode[]
  /** The VMs that were chosen; without any choice, all. */
  vms: QuietVm[]
  /** Spans in which no chosen node and no chosen VM takes part in a migration; without any choice, no node at all. */
  common: QuietSpan[]
  /** Where `common` is empty: as of a node. */
  longest?: QuietSpan
  /** Undefined where `common` is empty. */
  best?: QuietBest
}
