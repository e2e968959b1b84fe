/** What was learned, in sentences: what it rests on, what it is worth, and what it cannot know. */
import { formatCount } from '../io/table/clock.js'
import { LEAST_MIGRATIONS, type LearnReport } from './learn.js'
import type { Learned } from './learned.js'

/** A line each, without a newline at the end. */
export function reportLesson(report: LearnReport, learned: Learned | undefined): string[] {
  const { migrations, nights, before, after } = report
  const seen = `${formatCount(migrations, 'live migration')} of ${formatCount(nights, 'night')} seen from start to end`
  if (report.nothing === 'few') {
    return [`${seen}: too few to learn from (${LEAST_MIGRATIONS} are the least); nothing is written`]
  }
  const lines = [`${seen}; the problem's figures miss their durations by ${percent(before!)} (median)`]
  if (learned === undefined) {
    lines.push(
      `what could be learned misses what was left out by ${percent(after!)}: no better; nothing is written`,
    )
    return lines
  }
  const { policy, nodes, vms, relativeErrors } = learned
  const held = nights > 1 ? 'a night that was left out' : 'the tenth that was left out'
  lines.push(`with what was learned, ${held} is missed by ${percent(after!)}`)
  lines.push(
    `linkEfficiency ${policy.linkEfficiency} (±${percent(relativeErrors.linkEfficiency)}), setupSeconds ${policy.setupSeconds} (±${percent(relativeErrors.setupSeconds)})`,
  )
  const apart = Object.entries(nodes).filter(
    ([, { linkEfficiency }]) => Math.abs(linkEfficiency / policy.linkEfficiency - 1) > 0.2,
  )
  for (const [id, { linkEfficiency, migrations: own }] of apart) {
    const than = linkEfficiency < policy.linkEfficiency ? 'slower' : 'faster'
    lines.push(
      `${id} is ${than} than the others: linkEfficiency ${linkEfficiency} (${formatCount(own, 'migration')})`,
    )
  }
  const factors = Object.keys(vms).length
  if (factors > 0) {
    const untested = nights === 1 ? '; whether they come again, only the next night can say' : ''
    lines.push(
      `${formatCount(factors, 'VM')} with a durationFactor of ${factors === 1 ? 'its' : 'their'} own${untested}`,
    )
  } else lines.push('no factors of single VMs: they take 40 migrations or a second night')
  lines.push(
    'not to be known from journals: dirty rates, working sets, passes and blackouts; a switch that only some nights fill',
  )
  lines.push(`for the runbook: -MarginPercent ${report.marginPercent} would have covered 99 of 100 of them`)
  return lines
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}
