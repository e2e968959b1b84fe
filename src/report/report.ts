/** The report: one HTML file that needs nothing else, asks for nothing, and runs nothing but its own script. */
import { makeEcharts } from '../chart/echarts.js'
import { lanesOf } from '../chart/lanes.js'
import { legendOf } from '../chart/legend.js'
import { nightOf } from '../chart/night.js'
import { planToSvg } from '../chart/svg.js'
import { escapeJson } from '../io/controls.js'
import { createClock, formatSpan } from '../io/table/clock.js'
import type { Plan } from '../model/plan.js'
import type { ResolvedProblem } from '../model/problem.js'
import { losses, nodeFacts } from './facts.js'
import { html, raw } from './markup.js'
import { NOTICES, PAGE_SCRIPT } from './page-script.js'
import { chart, lost, tiles, unplaced, warnings } from './sections.js'
import { STYLE } from './style.js'
import { migrationsTable, nodesTable } from './tables.js'

/** For a policy: `sha256-…`. */
async function hashOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return `'sha256-${btoa(String.fromCharCode.apply(undefined, [...new Uint8Array(digest)]))}'`
}

/** Text of a data block: nothing in it can end the block. */
function json(value: unknown): string {
  return escapeJson(JSON.stringify(value)).replaceAll('<', '\\u003c')
}

/** The library's text is its program. */
const script = () => `${NOTICES}\n${PAGE_SCRIPT}\nreport.start((${makeEcharts})())`

/** A picture by an address of its own: what is in it is no part of the page. */
function address(svg: string): string {
  return `data:image/svg+xml,${svg.replace(/["#%&<>]|[^\x20-\x7e]+/g, encodeURIComponent)}`
}

export async function planToReport(plan: Plan, problem: ResolvedProblem): Promise<string> {
  const night = nightOf(plan, problem)
  const clock = createClock(problem, plan.makespanSeconds)
  const facts = nodeFacts(plan, problem, night)
  const program = script()
  const policy = [
    "default-src 'none'",
    `script-src ${await hashOf(program)}`,
    `style-src ${await hashOf(STYLE)}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
  // By VM all bars are in the colour that those within a domain have. The script hides what is not to be seen.
  const legend = legendOf([...lanesOf(night, 'node'), ...lanesOf(night, 'vm')])
  const name = night.name || 'Plan'
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${name}: migrations</title>
${raw('style', STYLE)}</head>
<body><main>
<header><h1>${name}</h1><p>Live migrations, planned by vmferry</p></header>
${tiles(plan, facts, clock)}${chart(night, legend, address(planToSvg(plan, problem, 'light')))}${lost(plan, losses(plan, formatSpan))}${warnings(plan)}${unplaced(plan)}${nodesTable(facts, clock)}${migrationsTable(plan, problem, clock)}
<footer>Times are ${clock.start === undefined ? 'counted from the start of the plan' : `those of the clock that shows ${clock.start} at the start`}.</footer>
</main>
${raw('script', json(night), ' type="application/json" id="data"')}
${raw('script', program)}
</body></html>
`
  return page.text
}
