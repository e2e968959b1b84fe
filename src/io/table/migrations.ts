/** The list of migrations: a timeline in order of time, rounds one by one. */
import type { Migration, Plan } from '../../model/plan.js'
import type { ResolvedProblem } from '../../model/problem.js'
import type { Clock } from './clock.js'
import { formatSeconds } from './clock.js'
import type { Column, Row, Table } from './columns.js'
import { commonLine, FEW_ROWS, layTable, paragraph, sayAll, tableWidth } from './columns.js'
import { formatInteger } from './text.js'
import type { Theme } from './theme.js'

/** More migrations than this are cut off unless all are asked for. */
export const LISTED_MIGRATIONS = 200

const INDENT = 2
const FIELDS = ['round', 'start', 'end', 'took', 'vm', 'from', 'to', 'kind', 'blackout', 'notes'] as const
type Field = (typeof FIELDS)[number]

/** What leaves the line first when it is too narrow; the notes then stand below their row and take up what else left. */
const DROP_ORDER: readonly Field[] = ['notes', 'kind', 'blackout', 'end', 'took', 'round']

function columnOf(field: Field, problem: ResolvedProblem, clock: Clock, theme: Theme): Column {
  switch (field) {
    case 'round':
      return { heading: 'round', align: 'right' }
    case 'start':
    case 'end':
      return { heading: `${field}${clock.unit}`, align: 'right' }
    case 'took':
      return { heading: 'seconds', align: 'right', say: (cell) => `${cell} seconds` }
    case 'vm':
      return { heading: 'VM', align: 'left', least: 6, ids: problem.vms.map(({ id }) => theme.clean(id)) }
    case 'from':
      return { heading: field, align: 'left', least: 4, ids: problem.nodes.map(({ id }) => theme.clean(id)) }
    case 'to': {
      const arrow = `${theme.glyphs.arrow}  `
      return {
        heading: ' '.repeat(arrow.length) + field,
        align: 'left',
        least: arrow.length + 4,
        ids: problem.nodes.map(({ id }) => arrow + theme.clean(id)),
        say: (cell) => `to ${cell.slice(arrow.length)}`,
      }
    }
    case 'kind':
      return { heading: 'kind', align: 'left', say: (cell) => cell }
    case 'blackout':
      return { heading: 'blackout s', align: 'right', say: (cell) => `blackout ${cell} s` }
    case 'notes':
      return { heading: 'notes', align: 'left', say: (cell) => cell }
  }
}

function notesOf(m: Migration, told: readonly Field[], theme: Theme): string {
  const notes: string[] = []
  if (!told.includes('kind') && m.kind !== 'live') notes.push(m.kind)
  if (m.parking) notes.push('parks here, moves on later')
  if (m.makesRoom) notes.push('makes room for another VM')
  if (m.lostOffloads.length > 0) notes.push(`loses ${m.lostOffloads.map(theme.clean).join(', ')}`)
  if (m.lostFeatures.length > 0) notes.push(`loses CPU ${m.lostFeatures.map(theme.clean).join(', ')}`)
  if (!told.includes('blackout') && m.blackoutSeconds >= 1)
    notes.push(`blackout ${formatSeconds(m.blackoutSeconds)} s`)
  return notes.join('; ')
}

/** @param told fields that the reader sees, in the table or above it: the notes take up the rest */
function cellOf(field: Field, m: Migration, told: readonly Field[], clock: Clock, theme: Theme): string {
  switch (field) {
    case 'round':
      return String(m.round)
    case 'start':
      return clock.instant(m.startSeconds)
    case 'end':
      return clock.instant(m.endSeconds)
    case 'took':
      return (m.endSeconds - m.startSeconds).toFixed(1)
    case 'vm':
      return theme.clean(m.vm)
    case 'from':
      return theme.clean(m.from)
    case 'to':
      return `${theme.glyphs.arrow}  ${theme.clean(m.to)}`
    case 'kind':
      return m.kind
    case 'blackout':
      return m.blackoutSeconds.toFixed(2)
    case 'notes':
      return notesOf(m, told, theme)
  }
}

function byRound(a: Migration, b: Migration): number {
  return a.round - b.round || byStart(a, b)
}

function byStart(a: Migration, b: Migration): number {
  return a.startSeconds - b.startSeconds || (a.vm < b.vm ? -1 : a.vm > b.vm ? 1 : 0)
}

/** No lines where nothing moves. */
export function renderMigrations(plan: Plan, problem: ResolvedProblem, clock: Clock, theme: Theme): string[] {
  if (plan.migrations.length === 0) return []
  const inRounds = plan.schedule === 'rounds'
  const sorted = [...plan.migrations].sort(inRounds ? byRound : byStart)
  const listed = theme.options.all ? sorted : sorted.slice(0, LISTED_MIGRATIONS)
  const cellsOf = (field: Field, told: readonly Field[]) =>
    listed.map((m) => cellOf(field, m, told, clock, theme))
  const common = FIELDS.filter((field) => {
    const cells = cellsOf(field, FIELDS)
    return (cells.length >= FEW_ROWS || cells[0] === '') && cells.every((cell) => cell === cells[0])
  })
  const column = (field: Field) => columnOf(field, problem, clock, theme)
  const tableOf = (fields: readonly Field[]): Table => {
    const told = [...common, ...fields]
    const cells = fields.map((field) => cellsOf(field, told))
    // One number a round: the group shows at a glance.
    if (inRounds && fields[0] === 'round')
      cells[0] = cells[0]!.map((cell, i) => (cell === cells[0]![i - 1] ? '' : cell))
    const rows = listed.map((m, i): Row => {
      const marked = m.parking === true || m.makesRoom === true || m.kind !== 'live'
      const styles = fields.map((f) => (f === 'notes' || (f === 'kind' && marked) ? 'warn' : undefined))
      const notes = told.includes('notes') ? '' : notesOf(m, told, theme)
      return { cells: cells.map((list) => list[i]!), styles, ...(notes === '' ? {} : { below: notes }) }
    })
    return { columns: fields.map(column), rows }
  }
  let fields = FIELDS.filter((field) => !common.includes(field))
  for (const dropped of DROP_ORDER) {
    if (tableWidth(tableOf(fields)) <= theme.options.width - INDENT) break
    fields = fields.filter((field) => field !== dropped)
  }
  const said = common.map((field) => sayAll(column(field), cellsOf(field, FIELDS)[0]!))
  const hidden = sorted.length - listed.length
  const more = `and ${formatInteger(hidden)} more (--all lists them)`
  return [
    theme.paint('bold', 'Migrations'),
    ...commonLine(said, INDENT, theme),
    ...layTable(tableOf(fields), INDENT, theme),
    ...(hidden > 0 ? paragraph(more, theme, INDENT) : []),
  ]
}
