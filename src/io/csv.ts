/** CSV output (RFC 4180): a heading, then one line for each migration. */
import type { Migration, Plan } from '../model/plan.js'
import type { ResolvedProblem } from '../model/problem.js'
import { escapeControls } from './controls.js'
import { isoInstant } from './instant.js'

/** The same in every file, so that a script may rely on them; `start` and `end` stay empty where the problem has no start. */
export const PLAN_COLUMNS = [
  'vm',
  'from',
  'to',
  'kind',
  'round',
  'startSeconds',
  'endSeconds',
  'start',
  'end',
  'blackoutSeconds',
  'parking',
  'makesRoom',
  'lostOffloads',
  'lostFeatures',
] as const

/**
 * Spreadsheets take a cell that begins with one of these (the wide ones in some locales) for a formula, and formulas can start programs.
 * So too behind a separator of some other locale, at which they may split the cell.
 */
const FORMULA = /[=+\-@\t\r\uff1d\uff0b\uff0d\uff20](?<=(?:^|[,;|\t\r\n])[ \u00a0"]*.)/gs

/** Separators of any locale, quotes, and spaces at an end, which some readers drop. */
const NEEDS_QUOTES = /[",;|\t\r\n]|^\s|\s$/

/** An apostrophe, which spreadsheets read as "text follows", goes in front of what would be a formula. */
export function textCell(value: string): string {
  const safe = escapeControls(value).replace(FORMULA, "'$&")
  return NEEDS_QUOTES.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

function cellsOf(
  m: Migration,
  start: ResolvedProblem['start'],
): Record<(typeof PLAN_COLUMNS)[number], string> {
  return {
    vm: textCell(m.vm),
    from: textCell(m.from),
    to: textCell(m.to),
    kind: m.kind,
    round: String(m.round),
    startSeconds: String(m.startSeconds),
    endSeconds: String(m.endSeconds),
    start: start === undefined ? '' : isoInstant(start, m.startSeconds),
    end: start === undefined ? '' : isoInstant(start, m.endSeconds),
    blackoutSeconds: String(m.blackoutSeconds),
    parking: m.parking === true ? 'true' : '',
    makesRoom: m.makesRoom === true ? 'true' : '',
    lostOffloads: textCell(m.lostOffloads.join(' ')),
    lostFeatures: textCell(m.lostFeatures.join(' ')),
  }
}

/** Lines end in CRLF, also the last one. VMs that stay unplaced have no line. */
export function planToCsv(plan: Plan, problem: Pick<ResolvedProblem, 'start'>): string {
  const lines = [PLAN_COLUMNS.join(',')]
  for (const migration of plan.migrations) {
    const cells = cellsOf(migration, problem.start)
    lines.push(PLAN_COLUMNS.map((column) => cells[column]).join(','))
  }
  return lines.map((line) => `${line}\r\n`).join('')
}
