/**
 * vmferry plans live migrations for Hyper-V clusters: `plan()` makes a schedule with its makespan, a lower bound and the gap;
 * `check()` judges any plan independently of how it was made; `explain()` says what a plan rests on and what would help;
 * `quiet()` says when nothing migrates; `importProblem()` makes a problem of what other tools export; `readCalendarWindows()` reads backup
 * calendars; `rehearse()` says what longer and shorter migrations do to a plan; `remaining()` and `planRemaining()` plan what is left of a run; `learn()` says from its journal how long migrations really take; `back()`
 * brings home what a plan has moved.
 */
export type { PlanManyOptions, PlannedOne } from './batch/many.js'
export { check } from './check/check.js'
export {
  InvalidOptionError,
  InvalidProblemError,
  type Issue,
  KernelError,
  PlannerError,
  UnknownCpuError,
} from './errors.js'
export type { ExplainOptions, ExplainProgress } from './explain/options.js'
export { applyPatch } from './explain/patch.js'
export type { ImportedProblem } from './import/build.js'
export type { IgnoredColumns } from './import/csv/columns.js'
export { ImportError } from './import/failure.js'
export type { Assumption, ImportIssue, ImportQuestion, InputFile, Origin } from './import/inventory.js'
export type { ForNode, ImportOptions, LocalDisks } from './import/options.js'
export type { ImportReport } from './import/report.js'
export { IMPORT_SOURCES, type ImportSource } from './import/sources.js'
export type { CalendarOptions, CalendarScope, CalendarWindows } from './io/calendar/options.js'
export type { LearnedNight, LearnReport } from './learn/learn.js'
export type { Applied, ApplyOptions, Learned } from './learn/learned.js'
export { type CpuComparison, type CpuMove, type CpuWithFeatures, compareCpus } from './model/cpu/compare.js'
export type { CpuSignature } from './model/cpu/generation.js'
export { cpuModel } from './model/cpu/lookup.js'
export { type CpuModel, cpuModels } from './model/cpu/table.js'
export type {
  Blocked,
  BoundExplanation,
  Change,
  CompatibilityView,
  ExplainedWindow,
  Explanation,
  NodeActivity,
  NodeExplanation,
  NodeForVm,
  NodeMigration,
  NodeSegment,
  Obstacle,
  PatchOperation,
  Relaxation,
  RelaxationKind,
  RuledOut,
  VmExplanation,
  WayToNode,
} from './model/explanation.js'
export { planFingerprint } from './model/fingerprint.js'
export {
  type Journal,
  type JournalBegin,
  type JournalEntry,
  type JournalMigration,
  type JournalWork,
  type PlacedEntry,
  parseJournal,
} from './model/journal.js'
export type {
  BalanceFigures,
  MaintainedNode,
  Migration,
  MigrationKind,
  NotHomeVm,
  NotMaintainedNode,
  NotMaintainedReason,
  Plan,
  PlanStatistics,
  PlanStatus,
  PlanWarning,
  ScheduleKind,
  StopReason,
  UnplacedReason,
  UnplacedVm,
  Violation,
  ViolationRule,
  WarningCode,
} from './model/plan.js'
export type {
  BalanceMetric,
  Compatibility,
  CpuVendor,
  Instant,
  NodeState,
  Policy,
  Problem,
  ProblemBalance,
  ProblemCpu,
  ProblemDrain,
  ProblemGroup,
  ProblemMaintenance,
  ProblemMove,
  ProblemNetwork,
  ProblemNode,
  ProblemVm,
  ProblemWindow,
  VmState,
  Way,
  WindowKind,
} from './model/problem.js'
export { DEFAULT_POLICY } from './model/problem.js'
export type { Quiet, QuietBest, QuietNode, QuietSpan, QuietVm, QuietWindow } from './model/quiet.js'
export { parseProblem } from './model/validate.js'
export {
  applyLearned,
  back,
  explain,
  importProblem,
  learn,
  planMany,
  planRemaining,
  readCalendarWindows,
  rehearse,
  remaining,
} from './on-demand.js'
export { plan } from './plan.js'
export type { PlanOptions } from './plan-options.js'
export type { QuietOptions } from './quiet/options.js'
export { quiet } from './quiet/quiet.js'
export type { Uncertainty } from './rehearse/draws.js'
export type { Often, Rehearsal, RehearseOptions } from './rehearse/rehearse.js'
export type { BackOptions, WayBack } from './replan/back.js'
export type { FailedMigration, Remaining, RemainingOptions } from './replan/remaining.js'
export type { RunningMigration } from './replan/running-windows.js'
export type { FailedWork, RemainingWorks, RunningWork } from './replan/works.js'
export { type ParameterOverrides, type Parameters, parametersAt } from './solver/parameters.js'
export type { Progress } from './solver/progress.js'
export { Workers, type WorkersOptions } from './workers.js'
