#!/usr/bin/env node
// Draws what bench/scale.mjs measured, `--json` of it, as an SVG: seconds and peak memory over the number of migrations, both axes
// logarithmic, with the line of n^1.2 through the first size from 1,000 on for comparison.
// usage: node bench/scale/plot.mjs RESULT.json docs/images/scale.svg
import { readFileSync, writeFileSync } from 'node:fs'
import { parse, View } from 'vega'
import { compile } from 'vega-lite'

const [input, output] = process.argv.slice(2)
if (input === undefined || output === undefined) {
  console.error('usage: node bench/scale/plot.mjs RESULT.json OUTPUT.svg')
  process.exit(2)
}
const { rows, workload } = JSON.parse(readFileSync(input, 'utf8'))
const SERIES = { planSeconds: 'plan and write', checkSeconds: 'check', bound: 'n^1.2' }
const from = rows.find((row) => row.migrations >= 1000) ?? rows[0]
const times = rows.flatMap((row) => [
  { migrations: row.migrations, value: row.planSeconds, series: SERIES.planSeconds },
  { migrations: row.migrations, value: row.checkSeconds, series: SERIES.checkSeconds },
  ...(row.migrations < from.migrations
    ? []
    : [
        {
          migrations: row.migrations,
          value: from.planSeconds * (row.migrations / from.migrations) ** 1.2,
          series: SERIES.bound,
        },
      ]),
])
const memory = rows.map((row) => ({
  migrations: row.migrations,
  value: row.peakMB,
  series: SERIES.planSeconds,
}))

const x = {
  field: 'migrations',
  type: 'quantitative',
  scale: { type: 'log' },
  axis: { format: ',d', title: 'migrations' },
}
const color = {
  field: 'series',
  type: 'nominal',
  scale: { domain: Object.values(SERIES), range: ['#1f6feb', '#8250df', '#9a9a9a'] },
  legend: { title: null, orient: 'bottom' },
}
const panel = (values, title) => ({
  width: 330,
  height: 260,
  data: { values },
  mark: { type: 'line', point: true },
  encoding: {
    x,
    y: { field: 'value', type: 'quantitative', scale: { type: 'log' }, axis: { title, format: '~g' } },
    color,
    strokeDash: { condition: { test: `datum.series === '${SERIES.bound}'`, value: [4, 4] }, value: [1, 0] },
  },
})
const { spec } = compile({
  background: 'white',
  title: `${workload.family}, effort ${workload.effort}: ${rows[0].migrations.toLocaleString('en')} to ${rows.at(-1).migrations.toLocaleString('en')} migrations`,
  hconcat: [panel(times, 'seconds'), panel(memory, 'peak memory, MB')],
})
writeFileSync(output, `${await new View(parse(spec), { renderer: 'none' }).toSVG()}\n`)
