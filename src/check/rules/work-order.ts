/** Rule `work-order`: works keep `after`, `position` and `settleSeconds`, and with `neverBackwards` no VM goes back. */
import { type Found, isInPlace, isWorkedOn, type Replay } from '../replay.js'
import { describe, seconds } from '../text.js'
import { TIME_TOLERANCE } from '../tolerance.js'

export function workOrder(replay: Replay): Found[] {
  const { worksDone } = replay
  const violations: Found[] = []
  const report = (subject: string, atSeconds: number, message: string, excess?: number) => {
    violations.push({
      subject,
      atSeconds,
      ...(excess === undefined ? {} : { excess }),
      message,
    })
  }
  const mustPrecede = (earlier: string, later: string, why: string) => {
    const excess = worksDone.get(earlier)!.endSeconds - worksDone.get(later)!.startSeconds
    if (excess <= TIME_TOLERANCE) return
    const at = worksDone.get(later)!.startSeconds
    report(
      later,
      at,
      `the work on ${later} starts ${seconds(excess)} before that on ${earlier} has ended, ${why}`,
      excess,
    )
  }
  for (const [node, { work, startSeconds, endSeconds }] of worksDone) {
    for (const before of work.after) {
      if (worksDone.has(before)) mustPrecede(before, node, `which goes before it`)
      else report(node, startSeconds, `${node} is worked on, and ${before}, which goes before it, is not`)
    }
    for (const [other, { work: of, startSeconds: otherStart }] of worksDone) {
      if (of.position !== 'first' && work.position === 'first') mustPrecede(node, other, 'which is "first"')
      else if (of.position === 'last' && work.position !== 'last')
        mustPrecede(node, other, `and ${other} is "last"`)
      const settled = endSeconds + work.settleSeconds
      if (otherStart < endSeconds - TIME_TOLERANCE || otherStart >= settled - TIME_TOLERANCE) continue
      if (other === node) continue
      const message = `the work on ${other} starts while ${node} settles, from ${seconds(endSeconds)} to ${seconds(settled)}`
      report(other, otherStart, message, settled - otherStart)
    }
  }
  if (replay.problem.policy.neverBackwards) for (const [...found] of backwards(replay)) report(...found)
  return violations
}

function* backwards(replay: Replay): Generator<[string, number, string]> {
  const { legs, workAsked, worksDone } = replay
  for (const { migration, vm, source, target, startSeconds } of legs) {
    if (isInPlace(migration) || !workAsked.has(target.id)) continue
    if (!isWorkedOn(source.id, startSeconds, replay) || isWorkedOn(target.id, startSeconds, replay)) continue
    const why = worksDone.has(target.id) ? 'is still to be worked on' : 'is not worked on at all'
    yield [
      vm.id,
      startSeconds,
      `${describe(migration)} leads back: ${source.id} is worked on already, and ${target.id} ${why}`,
    ]
  }
}
