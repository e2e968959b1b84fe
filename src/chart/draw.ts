/** One lane in pixels: windows hatched, memory as a band at its foot, bars above it, names where they fit. */
import type { CustomSeriesRenderItem, CustomSeriesRenderItemReturn } from 'echarts'
import { shorten } from '../io/table/text.js'
import { addAll } from '../lists.js'
import type { WindowKind } from '../model/problem.js'
import { type Bar, FULL, type Lane, type Role } from './lanes.js'
import type { Night } from './night.js'
import type { Palette } from './palette.js'
import { HATCHING, RECTANGLES } from './shapes.js'
import type { ChartWords } from './words.js'

/** Pixels a column of a name takes at most. */
const COLUMN = 6.4
const NAME_FONT = 11
/** Shortest names that are worth their place, in columns. */
const LEAST_NAME = 4
const ROLES: readonly Role[] = ['send', 'receive', 'inside', 'other']
const WINDOW_KINDS: readonly WindowKind[] = ['backup', 'blackout', 'no-work']

/** Where things are in a lane whose upper edge is at 0. */
export interface LaneLayout {
  top: number
  rowHeight: number
  memoryTop: number
  memoryHeight: number
}

export function layOutLane({ rows, memory }: Lane, height: number): LaneLayout {
  const memoryHeight = memory === undefined ? 0 : Math.max(3, Math.round(height * 0.18))
  const top = 3
  const memoryTop = height - 2 - memoryHeight
  return { top, rowHeight: (memoryTop - 1 - top) / rows, memoryTop, memoryHeight }
}

/** Pixels for seconds, and between which pixels they are seen. */
interface Axis {
  left: number
  right: number
  x(seconds: number): number
}

interface Frame {
  lane: Lane
  axis: Axis
  /** Upper edge of the lane, and its height. */
  y: number
  height: number
  layout: LaneLayout
}

type Element = Extract<NonNullable<CustomSeriesRenderItemReturn>, { type: 'group' }>['children'][number]

/** To a hundredth of a pixel, which keeps SVG short. */
const rectangles = (exact: number[], fill: string, type = RECTANGLES): Element => {
  const rects = exact.map((value) => Math.round(value * 100) / 100)
  return {
    type,
    shape: { rects },
    style: type === HATCHING ? { stroke: fill, lineWidth: 1.2, fill: 'none', opacity: 0.75 } : { fill },
    silent: true,
  } as unknown as Element
}

/** From where to where a span is to be seen, in pixels; undefined where it is not. */
function visible({ left, right, x }: Axis, start: number, end: number): [number, number] | undefined {
  const a = Math.max(left, x(start))
  const b = Math.min(right, x(end))
  return b > a ? [a, b] : undefined
}

function windows({ lane, axis, y, height }: Frame, palette: Palette): Element[] {
  return WINDOW_KINDS.flatMap((kind) => {
    const rects: number[] = []
    for (const window of lane.windows) {
      const span = window.kind === kind ? visible(axis, window.start, window.end) : undefined
      if (span !== undefined) rects.push(span[0], y + 1, span[1] - span[0], height - 2)
    }
    return rects.length === 0 ? [] : [rectangles(rects, palette[kind], HATCHING)]
  })
}

/** One rectangle for each time between two changes. */
function memory({ lane, axis, y, layout }: Frame, palette: Palette): Element[] {
  if (lane.memory === undefined) return []
  const { capacityMiB, steps } = lane.memory
  const { memoryTop, memoryHeight } = layout
  const low: number[] = []
  const full: number[] = []
  for (let i = 0; i < steps.length && axis.x(steps[i]) < axis.right; i += 2) {
    const span = visible(axis, steps[i], steps[i + 2] ?? Number.POSITIVE_INFINITY)
    if (span === undefined) continue
    const share = Math.min(1, steps[i + 1] / capacityMiB)
    const bar = share * memoryHeight
    const rects = share >= FULL ? full : low
    rects.push(span[0], y + memoryTop + memoryHeight - bar, span[1] - span[0], bar)
  }
  const ground = [axis.left, y + memoryTop, axis.right - axis.left, memoryHeight]
  const drawn = [rectangles(ground, palette.stripe)]
  if (low.length > 0) drawn.push(rectangles(low, palette.memory))
  if (full.length > 0) drawn.push(rectangles(full, palette.full))
  return drawn
}

/** None where the width has no room for a part of it that tells anything. */
function label(name: string, x: number, width: number, middle: number, fill: string): Element[] {
  const columns = Math.floor((width - 8) / COLUMN)
  if (columns < LEAST_NAME) return []
  const text = shorten(name, columns, '…')
  const style = { text, x: x + 4, y: middle, verticalAlign: 'middle', fill, fontSize: NAME_FONT }
  return [{ type: 'text', style, silent: true } as Element]
}

function works({ lane, axis, y, layout }: Frame, palette: Palette, words: ChartWords): Element[] {
  const { top, memoryTop } = layout
  return lane.works.flatMap(({ start, end }) => {
    const span = visible(axis, start, end)
    if (span === undefined) return []
    const width = span[1] - span[0]
    const height = memoryTop - 1 - top
    return [
      rectangles([span[0], y + top, width, height], palette.work),
      ...label(words.workedOn, span[0], width, y + top + height / 2, palette.onBar),
    ]
  })
}

function nameOf(night: Night, bar: Bar, byVm: boolean): string {
  const { vm, from, to } = night.moves[bar.move]
  if (!byVm) return night.vms[vm].id
  return from === to ? night.nodes[from].id : `${night.nodes[from].id} → ${night.nodes[to].id}`
}

function bars({ lane, axis, y, layout }: Frame, night: Night, palette: Palette): Element[] {
  const { top, rowHeight } = layout
  const gap = rowHeight > 6 ? 1 : 0
  const byRole = new Map<string, number[]>()
  const names: Element[] = []
  for (const bar of lane.bars) {
    // By start: all others lie farther to the right.
    if (axis.x(bar.start) >= axis.right) break
    const span = visible(axis, bar.start, bar.end)
    if (span === undefined) continue
    const width = Math.max(0.6, span[1] - span[0] - (span[1] - span[0] > 3 ? 1 : 0))
    const fill = bar.bright ? palette[bar.role] : palette.dim
    const rects = byRole.get(fill) ?? []
    byRole.set(fill, rects)
    const barTop = y + top + bar.row * rowHeight
    const barHeight = bar.rows * rowHeight - gap
    rects.push(span[0], barTop, width, barHeight)
    if (barHeight < NAME_FONT) continue
    const name = nameOf(night, bar, lane.memory === undefined)
    const color = bar.bright ? palette.onBar : palette.muted
    addAll(names, label(name, span[0], width, barTop + barHeight / 2, color))
  }
  const order = [palette.dim, ...ROLES.map((role) => palette[role])]
  const drawn = order.flatMap((fill) => (byRole.has(fill) ? [rectangles(byRole.get(fill)!, fill)] : []))
  return [...drawn, ...names]
}

/** @param base milliseconds of second 0 on the axis */
export function laneRenderer(
  night: Night,
  lanes: readonly Lane[],
  palette: Palette,
  base: number,
  words: ChartWords,
): CustomSeriesRenderItem {
  return (params, api) => {
    const index = api.value(0) as number
    const { x: left, width } = params.coordSys as unknown as { x: number; width: number }
    const [zero, middle] = api.coord([base, index])
    const scale = api.coord([base + 1_000_000, index])[0] - zero
    const height = (api.size!([0, 1]) as number[])[1]
    const axis: Axis = {
      left,
      right: left + width,
      x: (seconds) => zero + (seconds * scale) / 1000,
    }
    const lane = lanes[index]
    const frame: Frame = { lane, axis, y: middle - height / 2, height, layout: layOutLane(lane, height) }
    const edge = rectangles([left, middle + height / 2 - 0.5, width, 0.5], palette.rule)
    return {
      type: 'group',
      children: [
        edge,
        ...memory(frame, palette),
        ...windows(frame, palette),
        ...works(frame, palette, words),
        ...bars(frame, night, palette),
      ],
    }
  }
}
