/** Rule `deadline`: what a move, or a drain, does is done by its `by`. */
import type { Found, Leg, Replay } from '../replay.js'
import { describe, seconds } from '../text.js'
import { TIME_TOLERANCE } from '../tolerance.js'

export function deadline({ problem, legs, legsOf }: Replay): Found[] {
  const violations: Found[] = []
  const judge = (leg: Leg | undefined, bySeconds: number | undefined, what: string) => {
    const fault = leg === undefined || bySeconds === undefined ? undefined : late(leg, bySeconds, what)
    if (fault !== undefined) violations.push(fault)
  }
  for (const { vm, bySeconds } of problem.moves)
    judge(legsOf.get(vm)?.at(-1), bySeconds, `the move of ${vm} was to be over`)
  for (const { node, bySeconds } of problem.drains) {
    if (bySeconds === undefined) continue
    for (const leg of legs) if (leg.at === node) judge(leg, bySeconds, `${node} was to be empty`)
  }
  return violations
}

function late(leg: Leg, bySeconds: number, what: string): Found | undefined {
  const excess = leg.endSeconds - bySeconds
  if (excess <= TIME_TOLERANCE) return undefined
  return {
    subject: leg.vm.id,
    atSeconds: leg.endSeconds,
    excess,
    message: `${describe(leg.migration)} ends ${seconds(excess)} after ${what}, at ${seconds(bySeconds)}`,
  }
}
