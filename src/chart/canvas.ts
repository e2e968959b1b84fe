/** The chart on a page: drawn on a canvas, zoomed, moved, filtered; told what is under the pointer. */

import { formatSpan } from '../io/table/clock.js'
import { layOutLane } from './draw.js'
import { type Bar, type Grouping, type Lane, type LaneWindow, lanesOf } from './lanes.js'
import type { Night } from './night.js'
import { baseOf, chartOption, instantOnAxis, laneHeight, MARGIN } from './option.js'
import { PALETTES } from './palette.js'
import type { Echarts } from './shapes.js'
import { registerShapes } from './shapes.js'
import { CHART_WORDS, type ChartWords } from './words.js'

/** Lanes in sight at once. */
const MOST_LANES = 32
/** Pixels of the slider below. */
const SLIDER = 34
/** Share of what is in sight by which a key moves the chart, and by which it zooms. */
const STEP = 0.2
/** Pixels beside a window's edge that still are its edge, and the least that a window is wide to the pointer. */
const EDGE = 6

export interface ChartView {
  night: Night
  grouping: Grouping
  filter: string
  scheme: 'light' | 'dark'
  words?: ChartWords
}

/** What lies at a place of the chart. Times in seconds from the plan's start. */
export interface ChartPlace {
  lane: Lane
  seconds: number
  bar: Bar | undefined
  window: LaneWindow | undefined
  /** Where in the window. */
  part: 'start' | 'middle' | 'end'
}

export interface CanvasChart {
  /** Draws; the span in sight stays, unless all of it is asked for. @returns the lanes that are there now */
  draw(view: ChartView, whole: boolean): Lane[]
  /** Pixels from the upper left corner of the box. */
  at(x: number, y: number): ChartPlace | undefined
  /** Pixel of an instant; upper and lower edge of the n-th lane. */
  x(seconds: number): number
  lane(index: number): { top: number; bottom: number }
  lanes(): readonly Lane[]
  dispose(): void
}

/** What a bar is, in lines; the first is the VM. */
export function describeBar(
  night: Night,
  { move, start, end }: Bar,
  words: ChartWords = CHART_WORDS,
): string {
  const { vm, from, to, kind } = night.moves[move]
  const { id, groups = [] } = night.vms[vm]
  const at = (seconds: number) => instantOnAxis(night, baseOf(night) + Math.round(seconds) * 1000)
  const way = from === to ? night.nodes[from].id : `${night.nodes[from].id} → ${night.nodes[to].id}`
  const lines = [id, way, words.bar(words.kinds[kind], at(start), at(end), formatSpan(end - start))]
  if (groups.length > 0) lines.push(words.groups(groups.join(', ')))
  return lines.join('\n')
}

let registered = false

/** @param box gets a canvas, the tip of the pointer, and the keys that move and zoom; @param cursorOf of the pointer over a place */
export function canvasChart(
  box: HTMLElement,
  { graphic, init }: Echarts,
  cursorOf?: (place: ChartPlace) => string,
): CanvasChart {
  if (!registered) registerShapes(graphic)
  registered = true
  const tip = document.createElement('div')
  tip.className = 'tip'
  tip.hidden = true
  let lanes: Lane[] = []
  let view: ChartView | undefined

  const heightOf = () =>
    MARGIN.top + Math.min(lanes.length, MOST_LANES) * laneHeight(lanes) + MARGIN.bottom + SLIDER
  const chart = init(box, undefined, { renderer: 'canvas', height: 300 })
  box.append(tip)

  const zoomOf = (): { start: number; end: number } | undefined =>
    (chart.getOption() as { dataZoom?: { start: number; end: number }[] } | undefined)?.dataZoom?.[0]
  const zoomTo = (start: number, end: number) => {
    const width = Math.min(100, Math.max(0.05, end - start))
    const from = Math.min(100 - width, Math.max(0, start))
    chart.dispatchAction({ type: 'dataZoom', dataZoomIndex: [0, 1], start: from, end: from + width })
  }
  const draw = (next: ChartView, whole: boolean): Lane[] => {
    view = next
    const { night, grouping, filter, scheme, words } = next
    const shape = { height: heightOf(), count: lanes.length }
    lanes = lanesOf(night, grouping, filter)
    const before = whole ? undefined : zoomOf()
    if (whole || heightOf() !== shape.height || lanes.length !== shape.count)
      chart.resize({ height: heightOf() })
    const settings = { palette: PALETTES[scheme], interactive: true, lanesShown: MOST_LANES }
    chart.setOption(chartOption(night, lanes, words === undefined ? settings : { ...settings, words }), true)
    if (before !== undefined) zoomTo(before.start, before.end)
    return lanes
  }

  const x = (seconds: number) =>
    chart.convertToPixel({ xAxisIndex: 0 }, baseOf(view!.night) + seconds * 1000) as number
  const lane = (index: number) => {
    const middle = chart.convertToPixel({ yAxisIndex: 0 }, index) as number
    const height = laneHeight(lanes)
    return { top: middle - height / 2, bottom: middle + height / 2 }
  }
  const at = (px: number, py: number): ChartPlace | undefined => {
    if (view === undefined || !chart.containPixel({ gridIndex: 0 }, [px, py])) return undefined
    const [ms, index] = chart.convertFromPixel({ gridIndex: 0 }, [px, py])
    const found = lanes[index]
    if (found === undefined) return undefined
    const { top, rowHeight } = layOutLane(found, laneHeight(lanes))
    const row = Math.floor((py - lane(index).top - top) / rowHeight)
    const seconds = (ms - baseOf(view.night)) / 1000
    const bar = found.bars.find(
      (each) => each.row <= row && row < each.row + each.rows && each.start <= seconds && seconds < each.end,
    )
    const window =
      bar === undefined
        ? found.windows.find(({ start, end }) => x(start) - EDGE <= px && px <= x(end) + EDGE)
        : undefined
    const part =
      window === undefined
        ? 'middle'
        : Math.abs(px - x(window.end)) <= EDGE
          ? 'end'
          : Math.abs(px - x(window.start)) <= EDGE
            ? 'start'
            : 'middle'
    return { lane: found, seconds, bar, window, part }
  }

  const pointer = chart.getZr()
  pointer.on('mousemove', ({ offsetX, offsetY }) => {
    const place = at(offsetX, offsetY)
    const bar = place?.bar
    if (place !== undefined && cursorOf !== undefined) pointer.setCursorStyle(cursorOf(place))
    tip.hidden = bar === undefined
    if (bar === undefined) return
    tip.textContent = describeBar(view!.night, bar, view!.words)
    tip.style.left = `${Math.max(0, Math.min(offsetX + 14, box.clientWidth - tip.offsetWidth - 4))}px`
    tip.style.top = `${offsetY + 16}px`
  })
  pointer.on('globalout', () => {
    tip.hidden = true
  })
  const onKey = (event: KeyboardEvent) => {
    const { start, end } = zoomOf() ?? { start: 0, end: 100 }
    const step = (end - start) * STEP
    const zooms: Record<string, [number, number]> = {
      ArrowLeft: [start - step, end - step],
      ArrowRight: [start + step, end + step],
      '+': [start + step, end - step],
      '-': [start - step, end + step],
      '0': [0, 100],
    }
    const zoom = zooms[event.key]
    if (zoom === undefined || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    zoomTo(...zoom)
  }
  box.addEventListener('keydown', onKey)
  const watcher = new ResizeObserver(() => chart.resize({ height: heightOf() }))
  watcher.observe(box)
  return {
    draw,
    at,
    x,
    lane,
    lanes: () => lanes,
    dispose() {
      watcher.disconnect()
      box.removeEventListener('keydown', onKey)
      chart.dispose()
      tip.remove()
    },
  }
}
