/** A sweep as a chart: makespan against penalties, migrations and free memory, with the plans that no other beats in each pair joined. */
import type { CustomSeriesRenderItem, EChartsOption } from 'echarts'
import { formatCount } from '../io/table/clock.js'
import {
  frontierOf,
  isPlanned,
  OBJECTIVES,
  type Objective,
  type Sweep,
  type SweepRow,
} from '../sweep/sweep.js'
import { FONT } from './option.js'
import { PALETTES } from './palette.js'
import { drawSvg } from './svg.js'

const PANELS: readonly { name: string; objective: Objective }[] = [
  { name: 'penalties, s', objective: 'penaltiesSeconds' },
  { name: 'migrations', objective: 'migrations' },
  { name: 'free memory, MiB', objective: 'freeMiB' },
]
const WIDTH = 1200
const HEIGHT = 434
const TOP = 98
const PANEL = { left: 74, width: 300, gap: 92 }
const RADIUS = 5

/** Ends with one newline. */
export function sweepToSvg(sweep: Sweep): string {
  const palette = PALETTES.light
  const rows = sweep.rows.filter(isPlanned)
  const fewest = rows.reduce((least, { unplaced }) => Math.min(least, unplaced), Number.POSITIVE_INFINITY)
  // Of plans that leave more the makespan says little.
  const shown = rows.filter(({ unplaced }) => unplaced === fewest)
  const y = (objective: Objective) => (row: SweepRow) => Math.abs(OBJECTIVES[objective](row))
  const text = (x: number, top: number, words: string, fill: string, font: string) => ({
    ...{ type: 'text', style: { x, y: top, text: words, fill, font } },
  })
  const left = rows.length - shown.length
  const heading = `${sweep.problem || 'sweep'}: ${formatCount(shown.length, 'plan')} over ${sweep.dimensions.map(({ name }) => name).join(', ')}${left > 0 ? `; ${left} that leave more VMs not shown` : ''}`
  const series = PANELS.flatMap(({ objective }, panel) => {
    const of = y(objective)
    const frontier = frontierOf(shown, ['makespanSeconds', objective]).sort(
      (a, b) => a.makespanSeconds - b.makespanSeconds || of(a) - of(b),
    )
    const line: CustomSeriesRenderItem = (_, api) => ({
      ...{ type: 'polyline', silent: true, style: { stroke: palette.bound, lineWidth: 1.5, fill: 'none' } },
      shape: { points: frontier.map((row) => api.coord([row.makespanSeconds, of(row)])) },
    })
    // The best last, over those that are in the same place.
    const rank = (row: SweepRow): number => (row.index === sweep.best ? 2 : frontier.includes(row) ? 1 : 0)
    const layered = [...shown].sort((a, b) => rank(a) - rank(b))
    const dot: CustomSeriesRenderItem = ({ dataIndex }, api) => {
      const row = layered[dataIndex]!
      const [cx = 0, cy = 0] = api.coord([row.makespanSeconds, of(row)])
      const best = row.index === sweep.best
      const fill = [palette.memory, palette.bound, palette.good][rank(row)]!
      return {
        type: 'circle',
        silent: true,
        shape: { cx, cy, r: best ? RADIUS + 2 : RADIUS },
        style: { fill },
      }
    }
    const at = { type: 'custom', xAxisIndex: panel, yAxisIndex: panel, animation: false }
    return [
      {
        ...at,
        renderItem: line,
        data: frontier.length > 0 ? [[frontier[0]!.makespanSeconds, of(frontier[0]!)]] : [],
      },
      { ...at, renderItem: dot, data: layered.map((row) => [row.makespanSeconds, of(row)]) },
    ]
  })
  const axis = {
    axisLine: { lineStyle: { color: palette.muted } },
    splitLine: { lineStyle: { color: palette.rule } },
  }
  const label = { color: palette.muted, fontFamily: FONT }
  const option = {
    animation: false,
    backgroundColor: palette.card,
    grid: PANELS.map((_, i) => ({
      ...{ left: PANEL.left + i * (PANEL.width + PANEL.gap), top: TOP, width: PANEL.width, bottom: 52 },
    })),
    xAxis: PANELS.map((_, gridIndex) => ({
      ...{ type: 'value', scale: true, gridIndex, name: 'makespan, s', nameLocation: 'middle', nameGap: 30 },
      ...{ nameTextStyle: label, axisLabel: { ...label, hideOverlap: true }, ...axis },
    })),
    yAxis: PANELS.map(({ name }, gridIndex) => ({
      ...{
        type: 'value',
        scale: true,
        gridIndex,
        name,
        nameTextStyle: { ...label, align: 'left', padding: [0, 0, 0, -40] },
      },
      ...{ axisLabel: label, ...axis },
    })),
    graphic: [
      text(14, 12, heading, palette.ink, `600 16px ${FONT}`),
      ...[
        ['best', palette.good],
        ['no other plan is as good in both, and better in one', palette.bound],
        ['others', palette.memory],
      ].flatMap(([words, fill], i) => [
        { type: 'circle', shape: { cx: 22 + [0, 60, 400][i]!, cy: 46, r: RADIUS }, style: { fill } },
        text(32 + [0, 60, 400][i]!, 40, words!, palette.muted, `12px ${FONT}`),
      ]),
    ],
    series,
  }
  return drawSvg(option as EChartsOption, { width: WIDTH, height: HEIGHT })
}
