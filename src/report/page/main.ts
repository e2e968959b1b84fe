/** The script of a report: the chart, drawn from the page's data, and tables that sort and search. */
import type { Night } from '../../chart/night.js'
import type { Echarts } from '../../chart/shapes.js'
import { showChart } from './chart.js'
import { prepareTables } from './tables.js'

export function start(echarts: Echarts): void {
  const text = document.getElementById('data')?.textContent
  if (text == null) throw new Error('the report has lost its data')
  document.documentElement.classList.add('live')
  showChart(JSON.parse(text) as Night, echarts)
  prepareTables()
}
