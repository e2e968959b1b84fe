/** What each node does over time, as one state per cell of a chart. */
import type { Plan } from '../../model/plan.js'
import type { ResolvedProblem } from '../../model/problem.js'

export type CellState =
  | 'send'
  | 'receive'
  | 'both'
  | 'slotless'
  | 'work'
  | 'backup'
  | 'blackout'
  | 'slack'
  | 'idle'

/** Order of the counters of a sweep, and of the layers of an event. */
const LAYERS = ['send', 'receive', 'slotless', 'work', 'blackout', 'backup', 'slack'] as const
type Layer = (typeof LAYERS)[number]

interface Span {
  layer: Layer
  start: number
  end: number
}

export interface NodeActivity {
  node: string
  /** Seconds in which it sends or receives at least one VM live. */
  busySeconds: number
  /** Takes part in at least one migration of any kind. */
  active: boolean
  cells: CellState[]
}

function collectSpans(plan: Plan, problem: ResolvedProblem): Map<string, Span[]> {
  const spans = new Map<string, Span[]>(problem.nodes.map((node) => [node.id, []]))
  for (const m of plan.migrations) {
    const place = { start: m.startSeconds, end: m.endSeconds }
    spans.get(m.from)?.push({ layer: m.kind === 'live' ? 'send' : 'slotless', ...place })
    if (m.to !== m.from)
      spans.get(m.to)?.push({ layer: m.kind === 'live' ? 'receive' : 'slotless', ...place })
  }
  for (const { node, startSeconds: start, endSeconds: end, slackSeconds } of plan.maintenance ?? []) {
    spans.get(node)?.push({ layer: 'work', start, end })
    spans.get(node)?.push({ layer: 'slack', start: end, end: end + slackSeconds })
  }
  for (const w of problem.windows) {
    // A window of one VM keeps that VM still, not its node.
    if (w.vm !== undefined) continue
    const span: Span = { layer: w.kind, start: w.startSeconds, end: w.endSeconds }
    if (w.node !== undefined) spans.get(w.node)?.push(span)
    else for (const list of spans.values()) list.push(span)
  }
  return spans
}

function stateOf(counts: readonly number[]): CellState {
  const [send, receive, slotless, work, blackout, backup, slack] = counts
  if (send > 0 && receive > 0) return 'both'
  if (send > 0) return 'send'
  if (receive > 0) return 'receive'
  if (slotless > 0) return 'slotless'
  if (work > 0) return 'work'
  if (blackout > 0) return 'blackout'
  if (backup > 0) return 'backup'
  return slack > 0 ? 'slack' : 'idle'
}

/** Adds `[start, end)` to the cells that it touches, each by its overlap. */
function addToCells(share: Float64Array, start: number, end: number, cellSeconds: number): void {
  const last = Math.min(share.length - 1, Math.ceil(end / cellSeconds) - 1)
  for (let cell = Math.floor(start / cellSeconds); cell <= last; cell++) {
    const overlap = Math.min(end, (cell + 1) * cellSeconds) - Math.max(start, cell * cellSeconds)
    if (overlap > 0) share[cell] += overlap
  }
}

function sweep(spans: readonly Span[], cellCount: number, cellSeconds: number) {
  const horizon = cellCount * cellSeconds
  const events = spans
    .filter((span) => span.start < horizon && span.end > span.start)
    .flatMap((span) => {
      const layer = LAYERS.indexOf(span.layer)
      return [
        { at: Math.max(0, span.start), layer, change: 1 },
        { at: Math.min(horizon, span.end), layer, change: -1 },
      ]
    })
    .sort((a, b) => a.at - b.at)
  const counts = LAYERS.map(() => 0)
  const shares = new Map<CellState, Float64Array>()
  let busySeconds = 0
  let at = 0
  for (const event of events) {
    const state = stateOf(counts)
    if (event.at > at && state !== 'idle') {
      const share = shares.get(state) ?? new Float64Array(cellCount)
      shares.set(state, share)
      addToCells(share, at, event.at, cellSeconds)
      if (state === 'send' || state === 'receive' || state === 'both') busySeconds += event.at - at
    }
    counts[event.layer] += event.change
    at = event.at
  }
  return { shares, busySeconds }
}

/**
 * One entry per node, in the problem's order. A cell shows what takes most of its time; it is idle only where nothing at all
 * happens in it, so that no short migration or window vanishes from an otherwise empty cell.
 */
export function nodeActivities(plan: Plan, problem: ResolvedProblem, cellCount: number): NodeActivity[] {
  const cellSeconds = plan.makespanSeconds / cellCount
  const spans = collectSpans(plan, problem)
  return problem.nodes.map(({ id }) => {
    const own = spans.get(id) ?? []
    const { shares, busySeconds } = sweep(own, cellCount, cellSeconds)
    const cells = Array.from({ length: cellCount }, (_, cell): CellState => {
      let best: CellState = 'idle'
      let most = 0
      for (const [state, share] of shares) {
        // By how much a work may last longer is no happening that could hide one.
        if (state !== 'slack' && share[cell] > most) {
          most = share[cell]
          best = state
        }
      }
      return best === 'idle' && (shares.get('slack')?.[cell] ?? 0) > 0 ? 'slack' : best
    })
    const active = own.some(
      (s) => s.layer === 'send' || s.layer === 'receive' || s.layer === 'slotless' || s.layer === 'work',
    )
    return { node: id, busySeconds, active, cells }
  })
}
