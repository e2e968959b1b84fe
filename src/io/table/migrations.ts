/** The list of migrations, round by round. */
import { addAll } from '../../lists.js'
import type { Migration, Plan } from '../../model/plan.js'
import type { Clock } from './clock.js'
import { formatSeconds } from './clock.js'
import type { Column, Row } from './columns.js'
import { fitWidths, layOut, lineWidth, naturalWidths, paragraph } from './columns.js'
import { formatInteger } from './text.js'
import type { Theme } from './theme.js'

/** More migrations than this are cut off unless all are asked for. */
export const LISTED_MIGRATIONS = 200

const INDENT = 2
type Field =
  | 'round'
  | 'start'
  | 'end'
  | 'took'
  | 'vm'
  | 'from'
  | 'arrow'
  | 'to'
  | 'kind'
  | 'blackout'
  | 'notes'
const FIELDS: readonly Field[] = [
  'round',
  'start',
  'end',
  'took',
  'vm',
  'from',
  'arrow',
  'to',
  'kind',
  'blackout',
  'notes',
]

/** What leaves the line first when it is too narrow; the notes then stand below their row and take up what else left. */
const DROP_ORDER: readonly Field[] = ['notes', 'kind', 'blackout', 'end', 'took', 'round']

function columnOf(field: Field, clock: Clock): Column {
  switch (field) {
    case 'round':
      return { heading: 'round', align: 'right' }
    case 'start':
    case 'end':
      return { heading: `${field}${clock.unit}`, align: 'right' }
    case 'took':
      return { heading: 'seconds', align: 'right' }
    case 'vm':
      return { heading: 'VM', align: 'left', least: 6 }
    case 'from':
    case 'to':
      return { heading: field, align: 'left', least: 4 }
    case 'arrow':
      return { heading: '', align: 'left' }
    case 'kind':
      return { heading: 'kind', align: 'left' }
    case 'blackout':
      return { heading: 'blackout s', align: 'right' }
    case 'notes':
      return { heading: 'notes', align: 'left' }
  }
}

function notesOf(m: Migration, fields: readonly Field[], theme: Theme): string {
  const notes: string[] = []
  if (!fields.includes('kind') && m.kind !== 'live') notes.push(m.kind)
  if (m.parking) notes.push('parks here, moves on later')
  if (m.makesRoom) notes.push('makes room for another VM')
  if (m.lostOffloads.length > 0) notes.push(`loses ${m.lostOffloads.map(theme.clean).join(', ')}`)
  if (m.lostFeatures.length > 0) notes.push(`loses CPU ${m.lostFeatures.map(theme.clean).join(', ')}`)
  if (!fields.includes('blackout') && m.blackoutSeconds >= 1)
    notes.push(`blackout ${formatSeconds(m.blackoutSeconds)} s`)
  return notes.join('; ')
}

function cellOf(field: Field, m: Migration, notes: string, clock: Clock, theme: Theme): string {
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
    case 'arrow':
      return theme.glyphs.arrow
    case 'to':
      return theme.clean(m.to)
    case 'kind':
      return m.kind
    case 'blackout':
      return m.blackoutSeconds.toFixed(2)
    case 'notes':
      return notes
  }
}

function rowsOf(listed: readonly Migration[], fields: readonly Field[], clock: Clock, theme: Theme): Row[] {
  return listed.map((m, i) => {
    const notes = notesOf(m, fields, theme)
    const cells = fields.map((field) => cellOf(field, m, notes, clock, theme))
    // One number a round: the group shows at a glance.
    if (fields[0] === 'round' && i > 0 && listed[i - 1].round === m.round) cells[0] = ''
    const marked = m.parking === true || m.makesRoom === true || m.kind !== 'live'
    const styles = fields.map((field) =>
      field === 'notes' || (field === 'kind' && marked) ? 'warn' : undefined,
    )
    return { cells, styles, ...(fields.includes('notes') || notes === '' ? {} : { below: notes }) }
  })
}

function byRound(a: Migration, b: Migration): number {
  return a.round - b.round || a.startSeconds - b.startSeconds || (a.vm < b.vm ? -1 : a.vm > b.vm ? 1 : 0)
}

/** No lines where nothing moves. */
export function renderMigrations(plan: Plan, clock: Clock, theme: Theme): string[] {
  if (plan.migrations.length === 0) return []
  const sorted = [...plan.migrations].sort(byRound)
  const listed = theme.options.all ? sorted : sorted.slice(0, LISTED_MIGRATIONS)
  const room = theme.options.width - INDENT
  let fields = FIELDS
  if (listed.every((m) => notesOf(m, fields, theme) === '')) fields = fields.filter((f) => f !== 'notes')
  for (const dropped of [...DROP_ORDER, undefined]) {
    const columns = fields.map((field) => columnOf(field, clock))
    const rows = rowsOf(listed, fields, clock, theme)
    const widths = fitWidths(columns, naturalWidths(columns, rows), room)
    if (dropped === undefined || lineWidth(widths) <= room) {
      const lines = [theme.paint('bold', 'Migrations'), ...layOut(columns, rows, widths, INDENT, theme)]
      const hidden = sorted.length - listed.length
      if (hidden > 0) {
        const text = `and ${formatInteger(hidden)} more (--all lists them)`
        addAll(lines, paragraph(text, theme, INDENT))
      }
      return lines
    }
    fields = fields.filter((field) => field !== dropped)
  }
  return []
}
