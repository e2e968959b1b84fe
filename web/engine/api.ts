/** What the page asks of its engine: a worker with the library, reached by comlink. All of it goes through a message. */
import type { Night } from '../../src/chart/night.js'
import type { ImportQuestion, InputFile } from '../../src/import/inventory.js'
import type { ImportOptions } from '../../src/import/options.js'
import type { ImportSource } from '../../src/import/sources.js'
import type { VmExplanation } from '../../src/model/explanation.js'
import type { Plan, ScheduleKind } from '../../src/model/plan.js'
import type { Problem } from '../../src/model/problem.js'
import type { Progress } from '../../src/solver/progress.js'

/** A sentence of the engine about a place: what is wrong, or what was assumed. */
export interface Remark {
  place: string
  text: string
  /** A form can answer it. */
  asks?: ImportQuestion
}

export type Answer<T> = { ok: true; value: T } | { ok: false; faults: Remark[] }

export interface SearchOptions {
  effort: 1 | 2 | 3 | 4 | 5
  schedule: ScheduleKind
  seed: number
  /** Seconds; undefined: none. */
  timeLimitSeconds: number | undefined
}

/** What was dropped, and how to take it. */
export interface Given {
  files: InputFile[]
  /** Of an inventory; undefined: by its content. */
  source: ImportSource | undefined
  answers: Pick<ImportOptions, 'cpu' | 'start' | 'ignoreColumns' | 'encoding' | 'exclude' | 'zone'>
}

export interface Opened {
  problem: Problem
  /** Came with the problem, and keeps every rule of it. */
  plan: Plan | undefined
  /** What the files were. */
  source: ImportSource | 'problem' | 'calendar'
  assumptions: Remark[]
}

/** A row of the table of hosts. Amounts in MiB. */
export interface HostFacts {
  node: string
  slots: number
  state: string
  memoryMiB: number
  vmsBefore: number
  vmsAfter: number
  memoryBefore: number
  memoryAfter: number
  memoryPeak: number
  sends: number
  receives: number
  /** Seconds since when it is empty. */
  emptyAt: number | undefined
  work: { startSeconds: number; endSeconds: number } | undefined
  decides: boolean
}

/** A problem as the page shows it, with a plan or before one. */
export interface Look {
  night: Night
  hosts: HostFacts[]
  start: { epochMs: number; offsetMinutes: number } | undefined
  losses: { vm: string; what: string }[]
  /** The same night as others do it. */
  peers: { name: string; makespanSeconds: number; migrations: number; stuck: number; windowsMet: number }[]
}

/** A change that helps, as the library planned it. */
export interface Help {
  change: string
  makespanSeconds: number
  gainSeconds: number
  gainUnplaced: number
  proven: boolean
  problem: Problem
}

export const WRITTEN = ['powershell', 'ics', 'html', 'csv', 'svg'] as const
export type Written = 'plan' | 'problem' | (typeof WRITTEN)[number]

export interface Engine {
  open(given: Given, current: Problem | undefined): Promise<Answer<Opened>>
  /** @param untilSeconds where the chart ends; undefined: some time behind the plan */
  look(problem: Problem, plan: Plan | undefined, untilSeconds: number | undefined): Promise<Answer<Look>>
  plan(
    problem: Problem,
    options: SearchOptions,
    onProgress: (progress: Progress) => void,
  ): Promise<Answer<{ plan: Plan; violations: number }>>
  /** Ends the plan, or the search for help, that is under way: the best that was found is the answer. */
  cancel(): void
  explain(problem: Problem, plan: Plan, vm: string): Promise<Answer<VmExplanation>>
  help(problem: Problem, options: SearchOptions, vm: string | undefined): Promise<Answer<Help[]>>
  write(
    format: Written,
    problem: Problem,
    plan: Plan | undefined,
  ): Promise<Answer<{ text: string; notes: string[] }>>
  /** Names of CPU models, newest last. */
  cpus(): Promise<{ name: string; generation: string }[]>
}
