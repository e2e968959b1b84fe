/** A plan beside the nights of others, in sentences. */
import { formatCount, formatSpan } from '../io/table/clock.js'
import type { Plan } from '../model/plan.js'
import type { ResolvedProblem } from '../model/problem.js'
import { type PeerNight, peerNights } from './peers.js'

/** VMs that a line names. */
const NAMED = 3

/** A line for each peer, without a newline at the end. */
export async function compareLines(problem: ResolvedProblem, plan: Plan): Promise<string[]> {
  const nights = await peerNights(problem)
  if (nights.length === 0) return ['nothing to compare with: nothing is moved, drained or worked on']
  return nights.map((night) => lineOf(night, plan))
}

function lineOf({ name, makespanSeconds, migrations, stuck, windowsMet }: PeerNight, plan: Plan): string {
  const parts = [`${formatSpan(makespanSeconds)}, ${formatCount(migrations, 'migration')}`]
  if (windowsMet > 0) parts.push(`${formatCount(windowsMet, 'window')} met`)
  if (stuck.length > 0) {
    const named = stuck.slice(0, NAMED).join(', ')
    const more = stuck.length > NAMED ? ` and ${stuck.length - NAMED} more` : ''
    parts.push(`stuck with ${named}${more}`)
  }
  const saved = makespanSeconds === 0 ? 0 : 1 - plan.makespanSeconds / makespanSeconds
  const time = saved >= 0 ? `${Math.round(100 * saved)} % sooner` : `${Math.round(-100 * saved)} % later`
  const fewer = migrations - plan.migrations.length
  const count =
    fewer === 0
      ? ''
      : `, with ${formatCount(Math.abs(fewer), fewer > 0 ? 'fewer migration' : 'more migration')}`
  return `${name}: ${parts.join('; ')}; this plan ends ${time}${count}`
}
