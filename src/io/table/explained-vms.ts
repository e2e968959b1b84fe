/** Where each VM can go, and why not elsewhere. */

import { addAll, append } from '../../lists.js'
import type {
  CompatibilityView,
  Explanation,
  NodeForVm,
  Obstacle,
  VmExplanation,
  WayToNode,
} from '../../model/explanation.js'
import { isInPlace } from '../../model/ways.js'
import type { Clock } from './clock.js'
import { formatCount, formatSeconds } from './clock.js'
import { paragraph } from './columns.js'
import { cut, REASONS } from './outcome.js'
import { formatInteger } from './text.js'
import type { Theme } from './theme.js'

/** Nodes or features named in one line unless all are asked for. */
const NAMED = 8
const INDENT = 14

/** VMs of the short page. */
const SHORT_VMS = 4

/** @param short only the first of those that stay against the request */
export function renderVms(explanation: Explanation, short: boolean, clock: Clock, theme: Theme): string[] {
  const { vms, vm } = explanation
  if (vms.length === 0) return []
  const title = vm === undefined ? `VMs (${formatInteger(vms.length)})` : 'VM'
  if (short) {
    const listed = vms.filter(({ outcome }) => outcome === 'unplaced').slice(0, SHORT_VMS)
    const rest = `${listed.length === 0 ? '' : 'and '}${formatCount(vms.length - listed.length, 'VM')}${listed.length === 0 ? '' : ' more'}: --vm ID explains one, --all all of them`
    return [
      theme.paint('bold', title),
      ...listed.flatMap((each) => renderVm(each, clock, theme)),
      ...paragraph(rest, theme, 2),
    ]
  }
  return [theme.paint('bold', title), ...cut(vms, theme, (each) => renderVm(each, clock, theme))]
}

function renderVm(entry: VmExplanation, clock: Clock, theme: Theme): string[] {
  const state = entry.state === 'running' ? '' : `, ${entry.state}`
  const what = `${theme.clean(entry.vm)} on ${theme.clean(entry.node)}, ${entry.memoryMiB} MiB${state}: ${outcome(entry, clock, theme)}`
  const lines = paragraph(what, theme, 2).map((line) =>
    entry.outcome === 'unplaced' ? theme.paint('bad', line) : line,
  )
  const possible = entry.nodes.filter((node) => node.possible)
  const asked = possible.filter((node) => node.asked)
  addAll(lines, labelled('can go', ways(asked, theme), theme))
  const others = possible.filter((node) => !node.asked)
  addAll(lines, labelled('could go', ways(others, theme), theme))
  const blocked = asked.filter((node) => node.blocked !== undefined)
  const why = groups(blocked, (node) => blockedText(node, theme), theme)
  addAll(lines, labelled('but', why, theme))
  const out = entry.nodes.filter((node) => !node.possible)
  const obstacles = groups(out, (node) => obstacleTexts(node, theme), theme)
  addAll(lines, labelled('cannot', obstacles, theme))
  for (const view of entry.compatibility) {
    const text = viewText(entry, view, theme)
    if (text !== '') addAll(lines, labelled('mode', [text], theme))
  }
  for (const remedy of entry.remedies ?? []) addAll(lines, labelled('remedy', [theme.clean(remedy)], theme))
  return lines
}

/** A label in front of the first line only. */
function labelled(label: string, texts: readonly string[], theme: Theme): string[] {
  return texts.flatMap((text, i) => paragraph(text, theme, INDENT, i === 0 ? `    ${label}` : undefined))
}

const WHY: Partial<Record<VmExplanation['request'], string>> = {
  none: 'makes room: ',
  maintenance: 'leaves for the work on its node: ',
}

/** Reasons in short: what each node lacks follows below. */
function outcome(entry: VmExplanation, clock: Clock, theme: Theme): string {
  switch (entry.outcome) {
    case 'unplaced':
      return `stays, against the request (${entry.reason === undefined ? '' : REASONS[entry.reason]})`
    case 'already-there':
      return 'is where the request wants it'
    case 'stays':
      return entry.request === 'none' ? 'not part of the request, stays' : 'stays'
    default: {
      const legs = entry.migrations.map(({ to, kind, startSeconds, endSeconds }) => {
        const times = `${clock.instant(startSeconds)} to ${clock.instant(endSeconds)}${clock.unit}`
        if (isInPlace(kind))
          return `${kind === 'stop-in-place' ? 'shut down' : 'saved'} where it is, ${times}`
        return `to ${theme.clean(to)}, ${kind}, ${times}`
      })
      return (WHY[entry.request] ?? '') + legs.join('; then ')
    }
  }
}

/** Nodes that can be reached in the same ways, together. */
function ways(nodes: readonly NodeForVm[], theme: Theme): string[] {
  return groups(nodes, (node) => node.ways.map((way) => wayText(way, theme)).join(' or '), theme)
}

function wayText(way: WayToNode, theme: Theme): string {
  const losses = [
    ...(way.lostOffloads.length > 0 ? [`loses ${list(way.lostOffloads, theme)}`] : []),
    ...(way.lostFeatures.length > 0 ? [`loses CPU ${list(way.lostFeatures, theme)}`] : []),
  ]
  const price = way.penaltySeconds > 0 ? [`penalty ${formatSeconds(way.penaltySeconds)} s`] : []
  return [`${way.kind} in ${formatSeconds(way.durationSeconds)} s`, ...losses, ...price].join(', ')
}

/** `A, B: text`, one line for all nodes with the same text, in order of the first of each. */
function groups(nodes: readonly NodeForVm[], textOf: (node: NodeForVm) => string, theme: Theme): string[] {
  const byText = new Map<string, string[]>()
  for (const node of nodes) {
    const text = textOf(node)
    append(byText, text, node.node)
  }
  return [...byText].map(([text, ids]) => `${list(ids, theme)}: ${text}`)
}

function list(texts: readonly string[], theme: Theme): string {
  const shown = theme.options.all ? texts : texts.slice(0, NAMED)
  const more = texts.length > shown.length ? ` and ${texts.length - shown.length} more` : ''
  return shown.map(theme.clean).join(', ') + more
}

function obstacleTexts({ node, obstacles }: NodeForVm, theme: Theme): string {
  return obstacles.map((obstacle) => obstacleText(node, obstacle, theme)).join('; ')
}

/** The reason without the node's name, so that nodes with the same one can share a line. */
function obstacleText(node: string, obstacle: Obstacle, theme: Theme): string {
  const { reason, detail, missingFeatures, rival, group, longestGapSeconds } = obstacle
  if (reason === 'cpu-features' && missingFeatures !== undefined)
    return `lacks ${list(missingFeatures, theme)}`
  if (reason === 'anti-affinity' && rival !== undefined && group !== undefined)
    return `${theme.clean(rival)} of its group ${theme.clean(group)} stays there`
  const text = detail.startsWith(`${node} `) ? detail.slice(node.length + 1) : detail
  const gap =
    longestGapSeconds === undefined ? '' : `; the longest gap is ${formatSeconds(longestGapSeconds)} s`
  return theme.clean(text) + gap
}

function blockedText({ blocked }: NodeForVm, theme: Theme): string {
  if (blocked === undefined) return ''
  if (blocked.rivals.length > 0) return `${list(blocked.rivals, theme)} of one of its groups ends there`
  if (blocked.reason === 'horizon') return 'no time is left there before the horizon'
  if (blocked.missing !== undefined)
    return `lacks ${blocked.missing} ${theme.clean(blocked.device ?? 'vCPUs')} for it once the plan has ended`
  if (blocked.missingMiB > 0) return `lacks ${blocked.missingMiB} MiB for it once the plan has ended`
  return `has ${blocked.freeMiB} MiB free once the plan has ended, but no order of moves leads there in time`
}

/** Only what the mode would change: nodes that the CPU keeps it from now. */
function viewText(entry: VmExplanation, view: CompatibilityView, theme: Theme): string {
  const possible = new Set(entry.nodes.filter((node) => node.possible).map((node) => node.node))
  const gained = view.reaches.filter((node) => !possible.has(node))
  if (gained.length === 0) return ''
  const price = view.lostFeatures.length > 0 ? `, losing CPU ${list(view.lostFeatures, theme)}` : ''
  return `with compatibility "${view.mode}" it could also go to ${list(gained, theme)}${price}`
}
