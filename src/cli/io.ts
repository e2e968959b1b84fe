/** Everything that the command line touches outside itself, so that it can run without a process. */
import type * as nodeFs from 'node:fs'
import type { PlanRunner } from '../batch/runner.js'
import type { ExplainOptions } from '../explain/options.js'
import type { CalendarOptions, CalendarWindows } from '../io/calendar/options.js'
import type { Explanation } from '../model/explanation.js'
import type { Journal } from '../model/journal.js'
import type { Plan, Violation } from '../model/plan.js'
import type { Problem, ResolvedProblem } from '../model/problem.js'
import type { Quiet } from '../model/quiet.js'
import type { PlanOptions } from '../plan-options.js'
import type { QuietOptions } from '../quiet/options.js'
import type { BackOptions, WayBack } from '../replan/back.js'
import type { RemainingOptions } from '../replan/remaining.js'
import type { Rest } from '../replan/replan.js'
import type { Effort } from '../solver/dials.js'
import type { Parameters } from '../solver/parameters.js'

export interface OutputStream {
  isTTY: boolean
  /** Columns of the terminal; undefined where it is none. */
  columns: number | undefined
  /** Settles once the text is out. A reader that has gone away (EPIPE) is no error; others reject. */
  write(text: string): Promise<void>
}

/** Device and inode: the same file under whatever name. */
export interface FileIdentity {
  dev: number
  ino: number
}

export interface InputStream {
  isTTY: boolean
  chunks(): AsyncIterable<Uint8Array>
  /** Of the file that it is redirected from; undefined for a pipe or a terminal. */
  identity(): FileIdentity | undefined
}

/** The part of `node:fs` that is used. */
export type FileSystem = Pick<
  typeof nodeFs,
  | 'accessSync'
  | 'closeSync'
  | 'copyFileSync'
  | 'fchmodSync'
  | 'fsyncSync'
  | 'lstatSync'
  | 'openSync'
  | 'promises'
  | 'readlinkSync'
  | 'realpathSync'
  | 'renameSync'
  | 'statSync'
  | 'unlinkSync'
  | 'writeFileSync'
>

/** What the commands need of the library. */
export interface Planner {
  parseJson(text: string): unknown
  resolveProblem(input: unknown): ResolvedProblem
  withWindows(problem: ResolvedProblem, windows: unknown): ResolvedProblem
  readCalendarWindows(text: string, options: CalendarOptions): Promise<CalendarWindows>
  parseJournal(text: string): Journal
  /** All parameters of a search: those of the document (some or all), else those of the effort. */
  readParameters(document: unknown, effort: Effort | undefined): Parameters
  plan(problem: ResolvedProblem, options: PlanOptions): Promise<Plan>
  check(problem: ResolvedProblem, plan: unknown): Violation[]
  quiet(problem: ResolvedProblem, plan: unknown, options: QuietOptions): Quiet
  explain(document: Problem, problem: ResolvedProblem, options: ExplainOptions): Promise<Explanation>
  remaining(
    document: Problem,
    problem: ResolvedProblem,
    plan: unknown,
    journal: Journal,
    options: RemainingOptions,
  ): Promise<Rest>
  planRemaining(rest: Rest, options: PlanOptions): Promise<Plan>
  back(document: Problem, problem: ResolvedProblem, plan: unknown, options: BackOptions): Promise<WayBack>
  /** @param jobs plans that are made at once; undefined: as many as there are cores */
  createRunner(jobs: number | undefined): Promise<PlanRunner>
}

export interface CliIo {
  stdin: InputStream
  stdout: OutputStream
  stderr: OutputStream
  env: Readonly<Record<string, string | undefined>>
  /** `process.platform`. */
  platform: string
  fs: FileSystem
  /** Loads the planner on demand: `--help` and `--version` must not wait for it. */
  loadPlanner(): Promise<Planner>
  /** Calls back on the first interrupt from now on; a second one ends the process. Returns how to stop listening. */
  onInterrupt(listener: () => void): () => void
}
