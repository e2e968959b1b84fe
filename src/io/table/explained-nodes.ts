/** What fills the time of the nodes. */

import { addAll } from '../../lists.js'
import type { Explanation, NodeExplanation, NodeMigration, NodeSegment } from '../../model/explanation.js'
import type { Plan } from '../../model/plan.js'
import type { Clock } from './clock.js'
import { formatSeconds } from './clock.js'
import { paragraph, renderTable, tableWidth } from './columns.js'
import { formatInteger } from './text.js'
import type { Theme } from './theme.js'

/** Busiest nodes that are listed unless all are asked for. */
const LISTED_NODES = 24
/** The same on the short page. */
const SHORT_NODES = 8

/** Restarts, saves and works. */
const otherSeconds = (node: NodeExplanation) => node.otherSeconds + node.workSeconds
const windowSeconds = (node: NodeExplanation) => node.backupSeconds + node.blackoutSeconds
const busySeconds = (node: NodeExplanation) =>
  node.sendSeconds + node.receiveSeconds + node.sendReceiveSeconds + node.otherSeconds

export function renderNodeTimes(
  { nodes }: Explanation,
  short: boolean,
  clock: Clock,
  theme: Theme,
): string[] {
  const active = nodes.filter((node) => node.migrations.length > 0 || node.drained)
  if (active.length === 0) return []
  const busiest = [...active].sort((a, b) => busySeconds(b) - busySeconds(a))
  const listed = theme.options.all ? active : busiest.slice(0, short ? SHORT_NODES : LISTED_NODES)
  const columns = [
    { heading: 'node', align: 'left', least: 8, ids: nodes.map(({ node }) => theme.clean(node)) },
    { heading: 'sends', align: 'right' },
    { heading: 'receives', align: 'right' },
    { heading: 'other', align: 'right' },
    { heading: 'windows', align: 'right' },
    { heading: 'idle', align: 'right' },
    { heading: `last ends${clock.unit}`, align: 'right' },
    { heading: `empty at${clock.unit}`, align: 'right' },
  ] as const
  const rows = listed.map((node) => ({
    cells: [
      theme.clean(node.node),
      formatSeconds(node.sendSeconds + node.sendReceiveSeconds),
      formatSeconds(node.receiveSeconds),
      formatSeconds(otherSeconds(node)),
      formatSeconds(windowSeconds(node)),
      formatSeconds(node.idleSeconds),
      node.migrations.length > 0 ? clock.instant(node.lastEndSeconds) : '',
      emptyAt(node, clock),
    ],
  }))
  const dropped = ['other', 'windows', 'idle', `last ends${clock.unit}`]
  const lines = [
    theme.paint('bold', 'Times of the nodes (s)'),
    ...renderTable({ columns, rows }, 2, theme, dropped),
  ]
  const hidden = active.length - listed.length
  if (hidden > 0) lines.push(`  and ${formatInteger(hidden)} more (--all lists them)`)
  addAll(lines, paragraph('--node ID shows one node in order', theme, 2))
  return lines
}

function emptyAt(node: NodeExplanation, clock: Clock): string {
  if (!node.drained) return ''
  return node.emptyAtSeconds === undefined ? 'not empty' : clock.instant(node.emptyAtSeconds)
}

export function renderOneNode(node: NodeExplanation, plan: Plan, clock: Clock, theme: Theme): string[] {
  const share = (seconds: number) => `${formatSeconds(seconds)} s`
  const facts = [
    `sends ${share(node.sendSeconds + node.sendReceiveSeconds)}`,
    `receives ${share(node.receiveSeconds)}`,
    ...(node.otherSeconds > 0 ? [`restarts and saves ${share(node.otherSeconds)}`] : []),
    `closed by windows ${share(windowSeconds(node))}`,
    `idle ${share(node.idleSeconds)}`,
  ]
  const lines = [
    theme.paint('bold', `Node ${theme.clean(node.node)}`),
    ...paragraph(`Of ${share(plan.makespanSeconds)}: ${facts.join(', ')}.`, theme, 2),
  ]
  if (node.drained) {
    const left = node.leftVms.map(theme.clean).join(', ')
    const text =
      node.emptyAtSeconds === undefined
        ? `Not empty at the end: ${left} stays.`
        : `Empty at ${emptyAt(node, clock)}${clock.unit}.`
    addAll(lines, paragraph(text, theme, 2))
  }
  if (node.segments.length === 0) return lines
  const columns = [
    { heading: `start${clock.unit}`, align: 'right' },
    { heading: `end${clock.unit}`, align: 'right' },
    { heading: 'seconds', align: 'right' },
    { heading: 'what', align: 'left' },
  ] as const
  const rows = node.segments.map((segment) => ({
    cells: [
      clock.instant(segment.startSeconds),
      clock.instant(segment.endSeconds),
      (segment.endSeconds - segment.startSeconds).toFixed(1),
      what(node, segment, theme),
    ],
    styles: [undefined, undefined, undefined, segment.vms.length === 0 ? ('dim' as const) : undefined],
  }))
  const whole = { columns, rows }
  if (tableWidth(whole) <= theme.options.width - 2) return [...lines, ...renderTable(whole, 2, theme)]
  // What happens there goes below its times, whole.
  const below = rows.map(({ cells }) => ({ cells: cells.slice(0, 3), below: cells[3]! }))
  return [...lines, ...renderTable({ columns: columns.slice(0, 3), rows: below }, 2, theme)]
}

function what(node: NodeExplanation, segment: NodeSegment, theme: Theme): string {
  if (segment.activity === 'work') return 'worked on'
  if (segment.vms.length === 0) return segment.activity === 'idle' ? 'idle' : `${segment.activity} window`
  const running = node.migrations.filter(
    (m) => m.startSeconds <= segment.startSeconds && m.endSeconds > segment.startSeconds,
  )
  return running.map((m) => migrationText(m, theme)).join(', ')
}

function migrationText(m: NodeMigration, theme: Theme): string {
  const vm = theme.clean(m.vm)
  if (m.role === 'save') return `saves ${vm}`
  const kind = m.kind === 'live' ? '' : ` (${m.kind})`
  return m.role === 'send'
    ? `sends ${vm} to ${theme.clean(m.other)}${kind}`
    : `receives ${vm} from ${theme.clean(m.other)}${kind}`
}
