/** The chart as SVG, made without a page. */
import type { EChartsOption } from 'echarts'
import { formatCount } from '../io/table/clock.js'
import type { Plan } from '../model/plan.js'
import type { ResolvedProblem } from '../model/problem.js'
import { makeEcharts } from './echarts.js'
import { type Lane, lanesOf } from './lanes.js'
import { legendOf } from './legend.js'
import { nightOf } from './night.js'
import { chartOption, FONT, laneHeight, MARGIN } from './option.js'
import { PALETTES, type Palette } from './palette.js'
import { type Echarts, HATCHING, RECTANGLES, registerShapes } from './shapes.js'

const WIDTH = 1200
/** Pixels for the name, and for the legend. */
const TITLE = 34
const LEGEND = 22
/** Pixels a column of the legend takes. */
const COLUMN = 7.2

let echarts: Echarts | undefined

/** A title above the chart and a legend between them. */
function heading(title: string, lanes: readonly Lane[], palette: Palette): object[] {
  const text = (x: number, y: number, words: string, fill: string, font: string) => ({
    type: 'text',
    style: { x, y, text: words, fill, font },
  })
  const elements: object[] = [text(14, 12, title, palette.ink, `600 16px ${FONT}`)]
  let x = 14
  for (const { words, color, hatched } of legendOf(lanes)) {
    const rects = [x, TITLE + 3, 14, 10]
    elements.push(
      hatched
        ? {
            type: HATCHING,
            shape: { rects },
            style: { stroke: palette[color], lineWidth: 1.2, fill: 'none' },
          }
        : { type: RECTANGLES, shape: { rects }, style: { fill: palette[color] } },
      text(x + 19, TITLE + 2, words, palette.muted, `12px ${FONT}`),
    )
    x += 19 + words.length * COLUMN + 16
  }
  return elements
}

/** Without what is for a page that goes on drawing, and without the numbers by which ECharts counts its charts. Quotes in texts are entities. */
function plain(svg: string): string {
  return svg
    .replace(/<style ><!\[CDATA\[[\s\S]*?\]\]>\s*<\/style>\s*/, '')
    .replace(/ (?:class="zr\d[^"]*"|ecmeta_\w+="[^"]*")/g, '')
    .replace(/(id="|url\(#)zr\d+-/g, '$1')
}

/** Draws without a page. */
export function drawSvg(option: EChartsOption, size: { width: number; height: number }): string {
  if (echarts === undefined) {
    echarts = makeEcharts()
    registerShapes(echarts.graphic)
  }
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, ...size })
  chart.setOption(option)
  const svg = chart.renderToSVGString()
  chart.dispose()
  return `${plain(svg)}\n`
}

/** By node; nodes on which nothing happens are left out and counted. */
export function planToSvg(plan: Plan, problem: ResolvedProblem, scheme: 'light' | 'dark'): string {
  const night = nightOf(plan, problem)
  const all = lanesOf(night, 'node')
  const busy = all.filter(({ bars, works }) => bars.length + works.length > 0)
  const lanes = busy.length === 0 ? all : busy
  const palette = PALETTES[scheme]
  const height = laneHeight(lanes)
  const { grid, ...option } = chartOption(night, lanes, {
    palette,
    interactive: false,
    lanesShown: lanes.length,
  })
  const top = TITLE + LEGEND + MARGIN.top
  const idle = all.length - lanes.length
  const others = idle === 0 ? '' : `; on ${formatCount(idle, 'node')} nothing happens`
  const title = `${night.name || 'plan'}: ${formatCount(night.moves.length, 'migration')}${others}`
  const drawn = {
    ...option,
    grid: { ...grid, top },
    graphic: heading(title, lanes, palette),
  } as EChartsOption
  return drawSvg(drawn, { width: WIDTH, height: top + lanes.length * height + MARGIN.bottom })
}
