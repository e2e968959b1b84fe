/** The chart of a page: drawn on a canvas, zoomed, moved, filtered, in the colours that the reader has. */
import { CustomChart } from 'echarts/charts'
import { DataZoomComponent, GridComponent, MarkLineComponent } from 'echarts/components'
import { graphic, init, use } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'
import { layOutLane } from '../../chart/draw.js'
import { type Bar, type Grouping, type Lane, lanesOf } from '../../chart/lanes.js'
import { legendOf } from '../../chart/legend.js'
import type { Night } from '../../chart/night.js'
import { baseOf, chartOption, instantOnAxis, laneHeight, MARGIN } from '../../chart/option.js'
import { PALETTES } from '../../chart/palette.js'
import { registerShapes } from '../../chart/shapes.js'
import { formatSpan } from '../../io/table/clock.js'

/** Lanes in sight at once. */
const MOST_LANES = 32
/** Pixels of the slider below. */
const SLIDER = 34
/** Share of what is in sight by which a key moves the chart, and by which it zooms. */
const STEP = 0.2

const element = <E extends HTMLElement>(id: string) => document.getElementById(id) as E

function describe(night: Night, { move, start, end }: Bar): string {
  const { vm, from, to, kind } = night.moves[move]
  const { id, groups = [] } = night.vms[vm]
  const at = (seconds: number) => instantOnAxis(night, baseOf(night) + Math.round(seconds) * 1000)
  const way = from === to ? night.nodes[from].id : `${night.nodes[from].id} → ${night.nodes[to].id}`
  const lines = [id, way, `${kind}, ${at(start)} to ${at(end)} (${formatSpan(end - start)})`]
  if (groups.length > 0) lines.push(`groups: ${groups.join(', ')}`)
  return lines.join('\n')
}

export function showChart(night: Night): void {
  use([CustomChart, DataZoomComponent, GridComponent, MarkLineComponent, CanvasRenderer])
  registerShapes(graphic)
  const box = element('chart')
  const filter = element<HTMLInputElement>('filter')
  const grouping = element<HTMLSelectElement>('grouping')
  const dark = matchMedia('(prefers-color-scheme: dark)')
  const tip = document.createElement('div')
  tip.id = 'tip'
  tip.hidden = true
  const entries = document.querySelectorAll<HTMLElement>('.legend li')
  let lanes: Lane[] = []

  const heightOf = () =>
    MARGIN.top + Math.min(lanes.length, MOST_LANES) * laneHeight(lanes) + MARGIN.bottom + SLIDER
  const chart = init(box, undefined, { renderer: 'canvas', height: 300 })
  box.append(tip)

  /** The span in sight stays, unless all of it is asked for. */
  const draw = (whole: boolean) => {
    lanes = lanesOf(night, grouping.value as Grouping, filter.value)
    const before = whole ? undefined : zoomOf()
    chart.resize({ height: heightOf() })
    const colors = new Set<string>(legendOf(lanes).map(({ color }) => color))
    for (const entry of entries) entry.hidden = !colors.has(entry.dataset.color ?? '')
    const palette = PALETTES[dark.matches ? 'dark' : 'light']
    chart.setOption(chartOption(night, lanes, { palette, interactive: true, lanesShown: MOST_LANES }), true)
    if (before !== undefined) zoomTo(before.start, before.end)
  }
  const zoomOf = (): { start: number; end: number } | undefined =>
    (chart.getOption() as { dataZoom?: { start: number; end: number }[] } | undefined)?.dataZoom?.[0]
  const zoomTo = (start: number, end: number) => {
    const width = Math.min(100, Math.max(0.05, end - start))
    const from = Math.min(100 - width, Math.max(0, start))
    chart.dispatchAction({ type: 'dataZoom', dataZoomIndex: [0, 1], start: from, end: from + width })
  }

  const barAt = (x: number, y: number): Bar | undefined => {
    if (!chart.containPixel({ gridIndex: 0 }, [x, y])) return undefined
    const [ms, index] = chart.convertFromPixel({ gridIndex: 0 }, [x, y])
    const lane = lanes[index]
    if (lane === undefined) return undefined
    const middle = chart.convertToPixel({ yAxisIndex: 0 }, index) as number
    const height = laneHeight(lanes)
    const { top, rowHeight } = layOutLane(lane, height)
    const row = Math.floor((y - (middle - height / 2) - top) / rowHeight)
    const seconds = (ms - baseOf(night)) / 1000
    return lane.bars.find(
      (bar) => bar.row <= row && row < bar.row + bar.rows && bar.start <= seconds && seconds < bar.end,
    )
  }
  const pointer = chart.getZr()
  pointer.on('mousemove', ({ offsetX, offsetY }) => {
    const bar = barAt(offsetX, offsetY)
    tip.hidden = bar === undefined
    if (bar === undefined) return
    tip.textContent = describe(night, bar)
    tip.style.left = `${Math.max(0, Math.min(offsetX + 14, box.clientWidth - tip.offsetWidth - 4))}px`
    tip.style.top = `${offsetY + 16}px`
  })
  pointer.on('globalout', () => {
    tip.hidden = true
  })

  box.addEventListener('keydown', (event) => {
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
  })
  filter.addEventListener('input', () => draw(false))
  grouping.addEventListener('change', () => draw(true))
  element('whole').addEventListener('click', () => draw(true))
  dark.addEventListener('change', () => draw(false))
  new ResizeObserver(() => chart.resize({ height: heightOf() })).observe(box)
  draw(true)
}
