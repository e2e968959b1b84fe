/** The report's parts above its tables, in the order in which they are wanted. */
import { domainKinds } from '../chart/lanes.js'
import type { LegendEntry } from '../chart/legend.js'
import type { Night } from '../chart/night.js'
import { type Clock, formatCount, formatPercent, formatSeconds, formatSpan } from '../io/table/clock.js'
import { describeLikely, describeMakespan, describeStatus } from '../io/table/header.js'
import { REASONS } from '../io/table/outcome.js'
import { escapeText } from '../io/table/text.js'
import type { Plan, UnplacedReason } from '../model/plan.js'
import type { Loss, NodeFacts } from './facts.js'
import { html, type Markup } from './markup.js'

type Mood = 'good' | 'warn' | 'bad'

function tile(mood: Mood, heading: string, value: string, lines: readonly string[]): Markup {
  return html`<div class="tile ${mood}"><h2>${heading}</h2><strong>${value}</strong>${lines.map((line) => html`<p>${line}</p>`)}</div>
`
}

function ends(plan: Plan, clock: Clock): Markup {
  const { makespanSeconds, migrations } = plan
  const span = formatSpan(makespanSeconds)
  const count = formatCount(migrations.length, 'migration')
  if (migrations.length === 0) return tile('warn', 'When it ends', 'Nothing moves', [])
  const when = clock.start === undefined ? span : clock.instant(makespanSeconds)
  const begun = clock.start === undefined ? [] : [`Starts ${clock.start}`]
  const likely = describeLikely(plan, formatSpan)
  const nights = likely === undefined ? [] : [`Likely ${likely}`]
  return tile('good', 'When it ends', when, [
    describeMakespan(plan, `${count} in ${span}`),
    ...nights,
    ...begun,
  ])
}

function howSure(plan: Plan, clock: Clock): Markup {
  const { gap, lowerBoundSeconds, proven, statistics } = plan
  const by = escapeText(statistics.bound)
  const bound = `Lower bound ${formatSpan(lowerBoundSeconds)}, by ${by}: no plan ends before ${clock.instant(lowerBoundSeconds)}`
  const value = proven ? 'Proven' : gap > 0 ? `Gap ${formatPercent(gap)}` : 'Gap 0 %'
  return tile(proven ? 'good' : 'warn', 'How sure', value, [capital(describeStatus(plan)), bound])
}

const capital = (text: string) => text.slice(0, 1).toUpperCase() + text.slice(1)

/** Nodes that one line names. */
const NAMED = 6

function named(names: readonly string[]): string {
  const rest = names.length - NAMED
  return names.slice(0, NAMED).join(', ') + (rest > 0 ? ` and ${rest} more` : '')
}

function whatIsLeft(plan: Plan, facts: readonly NodeFacts[], clock: Clock): Markup {
  const drains = facts.filter(({ drained }) => drained)
  const full = drains.filter(({ emptyAt }) => emptyAt === undefined)
  const empty = drains
    .filter(({ emptyAt }) => emptyAt !== undefined)
    .sort((a, b) => a.emptyAt! - b.emptyAt!)
    .map(({ node, emptyAt }) => `${escapeText(node.id)} at ${clock.instant(emptyAt!)}`)
  const dropped = (plan.notMaintained ?? []).map(({ node }) => escapeText(node))
  const away = plan.notHome?.length ?? 0
  const lines = [
    ...(dropped.length === 0 ? [] : [`Not worked on: ${named(dropped)}`]),
    ...(away === 0 ? [] : [`Not home again: ${formatCount(away, 'VM')}`]),
    ...(empty.length === 0 ? [] : [`Empty: ${named(empty)}`]),
    ...(full.length === 0 ? [] : [`Not empty: ${named(full.map(({ node }) => escapeText(node.id)))}`]),
  ]
  const left = [
    ...(plan.unplaced.length > 0 ? [`${formatCount(plan.unplaced.length, 'VM')} unplaced`] : []),
    ...(dropped.length > 0 ? [`${formatCount(dropped.length, 'work')} not done`] : []),
  ]
  if (left.length > 0) return tile('bad', 'What is left', left.join(', '), lines)
  return tile('good', 'What is left', 'Nothing', [...lines, 'Every VM that was asked for is placed'])
}

export function tiles(plan: Plan, facts: readonly NodeFacts[], clock: Clock): Markup {
  return html`<div class="tiles">
${ends(plan, clock)}${howSure(plan, clock)}${whatIsLeft(plan, facts, clock)}</div>
`
}

const swatch = ({ words, color, hatched }: LegendEntry) =>
  html`<li data-color="${color}"><svg viewBox="0 0 16 11" aria-hidden="true">${
    hatched
      ? html`<path d="M0 7L7 0M3 11L14 0M10 11L16 5" stroke="var(--${color})" stroke-width="1.2"/>`
      : html`<rect width="16" height="11" rx="2" fill="var(--${color})"/>`
  }</svg>${words}</li>`

/** The picture is what a reader without scripts, and a printer, gets. */
export function chart(night: Night, legend: readonly LegendEntry[], picture: string): Markup {
  const kinds = domainKinds(night).map((kind) => html`<option value="domain:${kind}">by ${kind}</option>`)
  return html`<section><div class="tools"><h2 id="night">The night</h2>
<input type="search" id="filter" placeholder="VM, node or group" aria-label="Filter the chart by VM, node or group">
<select id="grouping" aria-label="Lanes"><option value="node">by node</option><option value="vm">by VM</option>${kinds}</select>
<button type="button" id="whole">Whole night</button></div>
<ul class="legend">${legend.map(swatch)}</ul>
<div id="chart" tabindex="0" role="img" aria-label="Chart of the migrations over time; the tables below say the same. Arrow keys move it, plus and minus zoom."></div>
<img id="picture" alt="Chart of the migrations over time" src="${picture}">
<p class="note help">Drag to move; Ctrl and wheel, or the bar below, to zoom.</p></section>
`
}

function list(heading: string, items: readonly Markup[]): Markup {
  if (items.length === 0) return html``
  return html`<section class="long"><h2>${heading}</h2><ul class="list">${items}</ul></section>
`
}

export function lost(plan: Plan, found: readonly Loss[]): Markup {
  const penalties = plan.cost - plan.makespanSeconds
  const heading =
    penalties < 0.0005
      ? 'What will be lost'
      : `What will be lost (${formatSeconds(penalties)} s of penalties)`
  return list(
    heading,
    found.map(({ vm, what }) => html`<li><b>${escapeText(vm)}</b> ${escapeText(what)}</li>`),
  )
}

export function warnings(plan: Plan): Markup {
  return list(
    'Warnings',
    plan.warnings.map(({ code, vm, node, message }) => {
      const about = [vm, node].filter((id) => id !== undefined).map(escapeText)
      const subject = about.length === 0 ? html`` : html`<b>${about.join(', ')}</b>: `
      return html`<li>${subject}${escapeText(message)} <span class="note">(${code})</span></li>`
    }),
  )
}

function refusals(nodes: Readonly<Record<string, UnplacedReason>>): Markup[] {
  const groups = new Map<UnplacedReason, string[]>()
  for (const [node, reason] of Object.entries(nodes))
    groups.set(reason, [...(groups.get(reason) ?? []), escapeText(node)])
  return [...groups].map(([reason, names]) => html`<dd class="note">${REASONS[reason]}: ${named(names)}</dd>`)
}

export function unplaced(plan: Plan): Markup {
  const entries = [
    ...plan.unplaced.map(
      ({ vm, reason, detail, nodes, remedies }) =>
        html`<dt>${escapeText(vm)}</dt><dd>${capital(REASONS[reason])}: ${escapeText(detail)}</dd>${refusals(nodes)}${remedies.map((remedy) => html`<dd class="remedy">${escapeText(remedy)}</dd>`)}
`,
    ),
    ...(plan.notMaintained ?? []).map(({ node, detail, vms }) => {
      const staying =
        vms.length === 0 ? html`` : html`<dd class="note">VMs that stay: ${named(vms.map(escapeText))}</dd>`
      return html`<dt>${escapeText(node)}</dt><dd>Not worked on: ${escapeText(detail)}</dd>${staying}
`
    }),
    ...(plan.notHome ?? []).map(
      ({ vm, reason }) => html`<dt>${escapeText(vm)}</dt><dd>Does not come home: ${REASONS[reason]}</dd>
`,
    ),
  ]
  if (entries.length === 0) return html``
  return html`<section class="long"><h2>What is left, and what would help</h2><dl class="left">${entries}</dl></section>
`
}
