/** The formats that a plan, an explanation, and a report of quiet spans can be written in. A new one is one more entry here, and its name in format-names.ts. */
import type { Explanation } from '../model/explanation.js'
import type { Plan } from '../model/plan.js'
import type { ResolvedProblem } from '../model/problem.js'
import type { Quiet } from '../model/quiet.js'
import { planToCauOrder, requireNodeNames } from './cau.js'
import { planToCsv } from './csv.js'
import type { PageFormatName, PlanFormatName } from './format-names.js'
import { migrationsToCalendar, requireDates, roundsToCalendar } from './ics.js'
import { explanationToJson, planToJson, quietToJson } from './json.js'
import { planToMermaid } from './mermaid.js'
import { planToRunbook, requireRunbookNames } from './runbook/runbook.js'
import { explanationToTable } from './table/explanation.js'
import { planToTable } from './table/plan.js'
import { quietToTable } from './table/quiet.js'
import type { TableOptions } from './table/theme.js'

export interface PlanFormat {
  /** Endings of file names, lower case, that choose this format. */
  extensions: readonly string[]
  /**
   * Asked before the search, so that nobody waits for a plan that cannot be written.
   * @throws InvalidProblemError where the problem lacks what the format has to say
   */
  require?(problem: ResolvedProblem): void
  /** What to know before the file is used, a line each. */
  notes?(problem: ResolvedProblem): string[]
  /** What only one format needs is loaded when it is asked for. */
  render(plan: Plan, problem: ResolvedProblem, options: TableOptions): string | Promise<string>
}

const NO_LAG =
  'policy.startLagSeconds is 0: a runbook sees some 2 s late that a migration has ended, and falls behind this plan; plan with 2'

async function planToChart(plan: Plan, problem: ResolvedProblem, scheme: 'light' | 'dark'): Promise<string> {
  const { planToSvg } = await import('../chart/svg.js')
  return planToSvg(plan, problem, scheme)
}

export const PLAN_FORMATS = {
  json: { extensions: ['.json'], render: (plan) => planToJson(plan) },
  table: { extensions: ['.txt', '.log'], render: planToTable },
  csv: { extensions: ['.csv'], render: planToCsv },
  ics: { extensions: ['.ics'], require: requireDates, render: migrationsToCalendar },
  'ics-rounds': { extensions: [], require: requireDates, render: roundsToCalendar },
  cau: { extensions: [], require: requireNodeNames, render: planToCauOrder },
  powershell: {
    extensions: ['.ps1'],
    require: requireRunbookNames,
    notes: ({ policy }) => (policy.startLagSeconds === 0 ? [NO_LAG] : []),
    render: planToRunbook,
  },
  html: {
    extensions: ['.html', '.htm'],
    render: async (plan, problem) => (await import('../report/report.js')).planToReport(plan, problem),
  },
  svg: { extensions: ['.svg'], render: (plan, problem) => planToChart(plan, problem, 'light') },
  'svg-dark': { extensions: [], render: (plan, problem) => planToChart(plan, problem, 'dark') },
  mermaid: { extensions: ['.mmd'], render: planToMermaid },
} as const satisfies Record<PlanFormatName, PlanFormat>

export interface ExplanationFormat {
  extensions: readonly string[]
  render(explanation: Explanation, problem: ResolvedProblem, options: TableOptions): string
}

export const EXPLANATION_FORMATS = {
  json: { extensions: ['.json'], render: (explanation) => explanationToJson(explanation) },
  table: { extensions: ['.txt', '.log'], render: explanationToTable },
} as const satisfies Record<PageFormatName, ExplanationFormat>

export interface QuietFormat {
  extensions: readonly string[]
  render(report: Quiet, problem: ResolvedProblem, options: TableOptions): string
}

export const QUIET_FORMATS = {
  json: { extensions: ['.json'], render: (report) => quietToJson(report) },
  table: { extensions: ['.txt', '.log'], render: quietToTable },
} as const satisfies Record<PageFormatName, QuietFormat>
