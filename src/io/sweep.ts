/** A sweep as JSON and as CSV. */
import { isPlanned, type Sweep } from '../sweep/sweep.js'
import { escapeJson } from './controls.js'
import { textCell } from './csv.js'

export function sweepToJson(sweep: Sweep): string {
  return `${escapeJson(JSON.stringify(sweep, undefined, 2))}\n`
}

const FIGURES = [
  'start',
  'status',
  'proven',
  'makespanSeconds',
  'lowerBoundSeconds',
  'penaltiesSeconds',
  'costSeconds',
  'migrations',
  'unplaced',
  'freeMiB',
  'frontier',
] as const

/** A line for each point of the grid: its settings, its figures, whether it is the best, and why there is no plan. */
export function sweepToCsv({ dimensions, best, rows }: Sweep): string {
  const names = dimensions.map(({ name }) => name)
  const heading = [
    ...names.map(textCell),
    ...FIGURES.map((name) => (names.includes(name) ? `plan.${name}` : name)),
    'best',
    'error',
  ]
  const lines = rows.map((row) => [
    ...names.map((name) => textCell(row.settings[name] ?? '')),
    ...FIGURES.map((name) => (isPlanned(row) ? String(row[name] ?? '') : '')),
    row.index === best ? 'true' : '',
    isPlanned(row) ? '' : textCell(row.error),
  ])
  return [heading, ...lines].map((cells) => `${cells.join(',')}\r\n`).join('')
}
