/** Names of the output formats, apart from what writes them: the command line shows them at every start. */

export const PLAN_FORMAT_NAMES = [
  'json',
  'table',
  'csv',
  'ics',
  'ics-rounds',
  'cau',
  'powershell',
  'html',
  'svg',
  'svg-dark',
  'mermaid',
] as const
export type PlanFormatName = (typeof PLAN_FORMAT_NAMES)[number]

/** Of an explanation, and of a report of quiet spans. */
export const PAGE_FORMAT_NAMES = ['json', 'table'] as const
export type PageFormatName = (typeof PAGE_FORMAT_NAMES)[number]

export const SWEEP_FORMAT_NAMES = ['table', 'json', 'csv', 'svg'] as const
export type SweepFormatName = (typeof SWEEP_FORMAT_NAMES)[number]
