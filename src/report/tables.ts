/** The report's tables: nodes with their memory, and migrations. */

import { FULL } from '../chart/lanes.js'
import { type Clock, formatSeconds, formatSpan } from '../io/table/clock.js'
import { escapeText, formatInteger } from '../io/table/text.js'
import type { Migration, Plan } from '../model/plan.js'
import type { ResolvedProblem } from '../model/problem.js'
import type { NodeFacts } from './facts.js'
import { html, type Markup } from './markup.js'

/** @param name of its search field and its region */
export function table(id: string, name: string, columns: readonly string[], rows: readonly Markup[]): Markup {
  const headings = columns.map(
    (heading) => html`<th scope="col"><button type="button">${heading}</button></th>`,
  )
  return html`<section class="long"><div class="tools"><h2 id="${id}">${name}</h2>
<input type="search" data-table="${id}-table" placeholder="Search" aria-label="Search: ${name}"></div>
<div class="scroll" tabindex="0" role="region" aria-labelledby="${id}"><table id="${id}-table" aria-labelledby="${id}"><thead><tr>${headings}</tr></thead>
<tbody>${rows}</tbody></table></div></section>
`
}

/** A cell that is sorted by something else than what it shows. */
function sorted(text: string, by: number): Markup {
  return html`<td data-by="${by}">${text}</td>`
}

const number = (value: number) => sorted(formatInteger(value), value)

const GIB = 1024
const gibibytes = (mib: number) => `${formatInteger(Math.round(mib / GIB))} GiB`

/** Pixels of a bar. */
const BAR = 132

function memoryCell(mib: number, capacityMiB: number): Markup {
  const share = mib / capacityMiB
  const text = `${gibibytes(mib)}, ${Math.round(share * 100)} %`
  const width = Math.min(BAR, share * BAR).toFixed(1)
  const fill = share >= FULL ? 'var(--full)' : 'var(--send)'
  return html`<td data-by="${share.toFixed(4)}">${text}<svg class="bar" viewBox="0 0 132 8" preserveAspectRatio="none" aria-hidden="true"><rect width="132" height="8" rx="4" fill="var(--stripe)"/><rect width="${width}" height="8" rx="4" fill="${fill}"/></svg></td>`
}

function stateOf({ node, drained, emptyAt, work }: NodeFacts, clock: Clock): Markup {
  if (work !== undefined) {
    const span = `${clock.instant(work.startSeconds)} to ${clock.instant(work.endSeconds)}`
    return html`<td>worked on ${span}, slack ${formatSpan(work.slackSeconds)}</td>`
  }
  if (emptyAt !== undefined) return html`<td>empty at ${clock.instant(emptyAt)}</td>`
  if (drained) return html`<td class="alert">not empty</td>`
  return html`<td>${node.state === 'up' ? '' : node.state}</td>`
}

export function nodesTable(facts: readonly NodeFacts[], clock: Clock): Markup {
  const counts = ['VMs before', 'after', 'Sends', 'Receives']
  const columns = ['Node', 'State', ...counts, 'Memory before', 'Memory after', 'At most']
  const rows = facts.map((each) => {
    const { node, decides, memoryBefore, memoryAfter, memoryPeak } = each
    const name = decides
      ? html`<td class="decides">${escapeText(node.id)} (decides the bound)</td>`
      : html`<td>${escapeText(node.id)}</td>`
    return html`<tr>${name}${stateOf(each, clock)}${[each.vmsBefore, each.vmsAfter, each.sends, each.receives].map(number)}${[memoryBefore, memoryAfter, memoryPeak].map((mib) => memoryCell(mib, node.memoryMiB))}</tr>
`
  })
  return table('nodes', 'Nodes', columns, rows)
}

function notesOf(m: Migration): string {
  const notes: string[] = []
  if (m.parking) notes.push('parks here, moves on later')
  if (m.makesRoom) notes.push('makes room for another VM')
  if (m.stepsAside) notes.push('steps aside for a work')
  if (m.lostOffloads.length > 0) notes.push(`loses ${m.lostOffloads.join(', ')}`)
  if (m.lostFeatures.length > 0) notes.push(`loses CPU ${m.lostFeatures.join(', ')}`)
  return escapeText(notes.join('; '))
}

export function migrationsTable({ migrations }: Plan, problem: ResolvedProblem, clock: Clock): Markup {
  const times = [`Start${clock.unit}`, `End${clock.unit}`, 'Seconds', 'Blackout s']
  const columns = ['VM', 'From', 'To', 'Kind', 'GiB', ...times, 'Notes']
  const rows = migrations.map((m) => {
    const { memoryMiB } = problem.vmById.get(m.vm)!
    const took = m.endSeconds - m.startSeconds
    const names = [m.vm, m.from, m.to, m.kind].map((text) => html`<td>${escapeText(text)}</td>`)
    const numbers = [
      html`<td>${formatSeconds(memoryMiB / GIB)}</td>`,
      sorted(clock.instant(m.startSeconds), m.startSeconds),
      sorted(clock.instant(m.endSeconds), m.endSeconds),
      html`<td>${took.toFixed(1)}</td>`,
      html`<td>${m.blackoutSeconds.toFixed(2)}</td>`,
    ]
    return html`<tr>${names}${numbers}<td>${notesOf(m)}</td></tr>
`
  })
  return table('migrations', 'Migrations', columns, rows)
}
