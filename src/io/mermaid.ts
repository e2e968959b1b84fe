/** A Gantt chart in Mermaid's notation, for wikis and tickets: a section for each node that sends. */
import { append } from '../check/sweep.js'
import type { Migration, Plan } from '../model/plan.js'
import type { ResolvedProblem } from '../model/problem.js'
import { escapeText } from './table/text.js'

/** Everything that is no letter, digit or one of these few is spelt by its number, as Mermaid has it: nothing in a name is then its syntax. */
const PLAIN = /[^\p{L}\p{M}\p{N} _.-]/gu

const text = (name: string) => escapeText(name).replace(PLAIN, (c) => `#${c.codePointAt(0)};`)

/** Wall clock without an offset: Mermaid shows what it reads. */
function instant(seconds: number, { start }: Pick<ResolvedProblem, 'start'>): string {
  const zero = start === undefined ? 0 : start.epochMs + start.offsetMinutes * 60_000
  return new Date(Math.round(zero + seconds * 1000)).toISOString().slice(0, -1)
}

/** The first word is ours: one at the start of a line could be a keyword. */
function wordsOf({ vm, from, to, kind }: Migration): string {
  if (from === to) return `${kind} ${text(vm)}`
  return `${kind === 'live' ? '' : `${kind} `}to ${text(to)}, ${text(vm)}`
}

export function planToMermaid(plan: Plan, problem: ResolvedProblem): string {
  const byNode = new Map<string, Migration[]>()
  for (const m of plan.migrations) append(byNode, m.from, m)
  const lines = ['gantt', `  title ${text(plan.problem || problem.name || 'plan')}`]
  lines.push('  dateFormat YYYY-MM-DDTHH:mm:ss.SSS', '  axisFormat %H:%M:%S')
  for (const { id } of problem.nodes) {
    const migrations = byNode.get(id)
    if (migrations === undefined) continue
    lines.push(`  section from ${text(id)}`)
    for (const m of migrations) {
      const tag = m.kind === 'live' ? '' : 'crit, '
      const [start, end] = [m.startSeconds, m.endSeconds].map((s) => instant(s, problem))
      lines.push(`    ${wordsOf(m)} :${tag}${start}, ${end}`)
    }
  }
  if (plan.makespanSeconds > 0)
    lines.push('  section all', `    done :milestone, ${instant(plan.makespanSeconds, problem)}, 0d`)
  return `${lines.join('\n')}\n`
}
