/** The script of a report: the chart, drawn from the page's data, and tables that sort and search. */
import type { Night } from '../../chart/night.js'
import { showChart } from './chart.js'
import { prepareTables } from './tables.js'

const text = document.getElementById('data')?.textContent
if (text == null) throw new Error('the report has lost its data')
document.documentElement.classList.add('live')
showChart(JSON.parse(text) as Night)
prepareTables()
