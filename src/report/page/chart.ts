/** The chart of a report, in the colours that the reader has. */
import { canvasChart } from '../../chart/canvas.js'
import type { Grouping } from '../../chart/lanes.js'
import { legendOf } from '../../chart/legend.js'
import type { Night } from '../../chart/night.js'
import type { Echarts } from '../../chart/shapes.js'

const element = <E extends HTMLElement>(id: string) => document.getElementById(id) as E

export function showChart(night: Night, echarts: Echarts): void {
  const filter = element<HTMLInputElement>('filter')
  const grouping = element<HTMLSelectElement>('grouping')
  const dark = matchMedia('(prefers-color-scheme: dark)')
  const entries = document.querySelectorAll<HTMLElement>('.legend li')
  const chart = canvasChart(element('chart'), echarts)

  const draw = (whole: boolean) => {
    const lanes = chart.draw(
      {
        night,
        grouping: grouping.value as Grouping,
        filter: filter.value,
        scheme: dark.matches ? 'dark' : 'light',
      },
      whole,
    )
    const colors = new Set<string>(legendOf(lanes).map(({ color }) => color))
    for (const entry of entries) entry.hidden = !colors.has(entry.dataset.color ?? '')
  }
  filter.addEventListener('input', () => draw(false))
  grouping.addEventListener('change', () => draw(true))
  element('whole').addEventListener('click', () => draw(true))
  dark.addEventListener('change', () => draw(false))
  draw(true)
}
