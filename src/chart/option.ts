/** Lanes as one option of ECharts: the same for the canvas of a page and for SVG. */
import type { EChartsOption } from 'echarts'
import { formatDay, formatSpan, formatTimeOfDay } from '../io/table/clock.js'
import { displayWidth, shorten } from '../io/table/text.js'
import { greatest } from '../lists.js'
import { laneRenderer } from './draw.js'
import type { Lane } from './lanes.js'
import type { Night } from './night.js'
import type { Palette } from './palette.js'
import { CHART_WORDS, type ChartWords } from './words.js'

/** Columns of a lane's name. */
const LABEL = 22
const COLUMN = 7
const DAY_MS = 86_400_000
/** Between two redraws while one drags, ms: ten a second, the default, are seen to jump. */
const REDRAW = 16

export const FONT = 'system-ui, Segoe UI, Roboto, Helvetica Neue, Arial, sans-serif'

/** Milliseconds of second 0 on the axis. */
export function baseOf({ localStartMs }: Pick<Night, 'localStartMs'>): number {
  return localStartMs ?? 0
}

/** An instant on the axis, as a clock shows it, or counted from the start. */
export function instantOnAxis({ localStartMs }: Pick<Night, 'localStartMs'>, ms: number): string {
  if (localStartMs === undefined) return formatSpan(ms / 1000)
  if (ms % DAY_MS === 0) return formatDay(ms / 1000)
  return formatTimeOfDay(ms / 1000, ms % 60_000 !== 0)
}

export interface ChartSettings {
  palette: Palette
  /** With zoom: for a page. */
  interactive: boolean
  /** Lanes that stand in the chart at once; the others are scrolled to. */
  lanesShown: number
  /** Default English. */
  words?: ChartWords
}

/** Pixels above and below the lanes. */
export const MARGIN = { top: 34, bottom: 42, right: 26 }

/** Pixels of every lane, by how many rows the fullest has. */
export function laneHeight(lanes: readonly Lane[]): number {
  const rows = greatest(
    lanes.map((lane) => lane.rows),
    1,
  )
  return Math.min(96, Math.max(30, 12 + rows * 17))
}

function line(
  name: string,
  ms: number,
  color: string,
  type: 'solid' | 'dashed',
  distance: number,
  align: 'left' | 'right' = 'right',
) {
  return {
    xAxis: ms,
    name,
    lineStyle: { color, type, width: 1.5 },
    label: { formatter: name, color, position: 'end' as const, align, distance },
  }
}

export function chartOption(night: Night, lanes: readonly Lane[], settings: ChartSettings): EChartsOption {
  const { palette, interactive, lanesShown, words = CHART_WORDS } = settings
  const base = baseOf(night)
  const { makespanSeconds, lowerBoundSeconds, untilSeconds = makespanSeconds } = night
  const end = base + makespanSeconds * 1000
  const names = lanes.map(({ label }) => shorten(label, LABEL, '…'))
  const met = lowerBoundSeconds >= makespanSeconds - 0.0005
  const clock = (seconds: number) => instantOnAxis(night, Math.round(base / 1000 + seconds) * 1000)
  const lines = met
    ? [line(words.endsAtBound(clock(makespanSeconds)), end, palette.bound, 'solid', 6)]
    : [
        line(words.ends(clock(makespanSeconds)), end, palette.end, 'solid', 6),
        line(
          words.bound(clock(lowerBoundSeconds)),
          base + lowerBoundSeconds * 1000,
          palette.bound,
          'dashed',
          22,
          // Near the left edge there is no room on that side.
          lowerBoundSeconds < untilSeconds / 4 ? 'left' : 'right',
        ),
      ]
  const axisLabel = { color: palette.muted, fontSize: 11, fontFamily: FONT }
  const zoomStyle = {
    borderColor: palette.rule,
    backgroundColor: palette.stripe,
    fillerColor: `${palette.send}33`,
    showDataShadow: false,
    showDetail: false,
    brushSelect: false,
  }
  const scrolls = lanes.length > lanesShown
  const scroll = { startValue: 0, endValue: lanesShown - 1, yAxisIndex: 0, filterMode: 'filter' as const }
  return {
    animation: false,
    useUTC: true,
    backgroundColor: palette.card,
    textStyle: { fontFamily: FONT, color: palette.ink },
    grid: {
      left: 24 + greatest(names.map(displayWidth), 4) * COLUMN,
      right: MARGIN.right + (scrolls && interactive ? 24 : 0),
      top: MARGIN.top,
      bottom: MARGIN.bottom + (interactive ? 34 : 0),
    },
    xAxis: {
      type: 'time',
      position: 'top',
      min: base,
      // A plan that moves nothing has an axis all the same.
      max: base + (untilSeconds > 0 ? untilSeconds : 1) * 1000,
      axisLabel: { ...axisLabel, hideOverlap: true, formatter: (ms: number) => instantOnAxis(night, ms) },
      axisLine: { lineStyle: { color: palette.rule } },
      axisTick: { lineStyle: { color: palette.rule } },
      splitLine: { show: true, lineStyle: { color: palette.rule } },
    },
    yAxis: {
      type: 'category',
      inverse: true,
      data: lanes.map(({ decides }, i) => ({
        value: names[i],
        textStyle: decides ? { color: palette.bound, fontWeight: 'bold' } : { color: palette.ink },
      })),
      axisLabel: { interval: 0, fontSize: 12, fontFamily: FONT },
      axisLine: { show: false },
      axisTick: { show: false },
    },
    ...(interactive
      ? {
          dataZoom: [
            {
              type: 'inside',
              xAxisIndex: 0,
              throttle: REDRAW,
              filterMode: 'none',
              zoomOnMouseWheel: 'ctrl',
              moveOnMouseWheel: false,
            },
            {
              type: 'slider',
              xAxisIndex: 0,
              throttle: REDRAW,
              filterMode: 'none',
              height: 18,
              bottom: 8,
              ...zoomStyle,
            },
            ...(scrolls
              ? [
                  {
                    type: 'inside',
                    zoomOnMouseWheel: false,
                    moveOnMouseWheel: true,
                    moveOnMouseMove: true,
                    ...scroll,
                  },
                  { type: 'slider', width: 14, right: 6, zoomLock: true, ...scroll, ...zoomStyle },
                ]
              : []),
          ],
        }
      : {}),
    series: [
      {
        type: 'custom',
        clip: true,
        renderItem: laneRenderer(night, lanes, palette, base, words),
        encode: { y: 0 },
        data: lanes.map((_, i) => [i]),
        markLine: {
          symbol: 'none',
          silent: true,
          animation: false,
          label: { fontSize: 12, fontFamily: FONT },
          data: makespanSeconds > 0 ? lines : [],
        },
      },
    ],
  } as EChartsOption
}
