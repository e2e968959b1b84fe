/** The formats that a plan can be written in. A new one is one more entry here. */
import type { Plan } from '../model/plan.js'
import type { ResolvedProblem } from '../model/problem.js'
import { planToJson } from './json.js'
import { planToTable } from './table/plan.js'
import type { TableOptions } from './table/theme.js'

export interface PlanFormat {
  /** Endings of file names, lower case, that choose this format. */
  extensions: readonly string[]
  render(plan: Plan, problem: ResolvedProblem, options: TableOptions): string
}

export const PLAN_FORMATS = {
  json: { extensions: ['.json'], render: (plan) => planToJson(plan) },
  table: { extensions: ['.txt', '.log'], render: planToTable },
} as const satisfies Record<string, PlanFormat>

export type PlanFormatName = keyof typeof PLAN_FORMATS
export const PLAN_FORMAT_NAMES = Object.keys(PLAN_FORMATS) as PlanFormatName[]

/** Without a file (`undefined`) a table; with one, what its ending says, and JSON where it says nothing. */
export function defaultPlanFormat(file: string | undefined): PlanFormatName {
  if (file === undefined) return 'table'
  const name = file.toLowerCase()
  const matches = (format: PlanFormatName) =>
    PLAN_FORMATS[format].extensions.some((extension) => name.endsWith(extension))
  return PLAN_FORMAT_NAMES.find(matches) ?? 'json'
}
