/**
 * Rule `work`: each work that was asked for is done once or told as not done; it takes its time, keeps its windows and instants, and has
 * its node for itself: nothing migrates to or from it, and no VM runs there.
 */
import { addAll, greatest, least } from '../../lists.js'
import { type Found, isInPlace, isWaking, type Leg, type Replay, type WorkDone } from '../replay.js'
import { append } from '../sweep.js'
import { describe, seconds } from '../text.js'
import { DURATION_TOLERANCE, TIME_TOLERANCE } from '../tolerance.js'

export function work(replay: Replay): Found[] {
  const { problem, plan } = replay
  if (problem.works === undefined) {
    if (plan.maintenance === undefined && plan.notMaintained === undefined) return []
    return [fault('maintenance', undefined, 'the plan tells of maintenance, and none was asked for')]
  }
  const violations = entries(replay)
  for (const done of replay.worksDone.values())
    addAll(violations, [...instants(done), ...windows(done, replay), ...slack(done, replay)])
  return [...violations, ...intrusions(replay)]
}

function fault(subject: string, atSeconds: number | undefined, message: string, excess?: number): Found {
  return {
    subject,
    ...(atSeconds === undefined ? {} : { atSeconds }),
    ...(excess === undefined ? {} : { excess }),
    message,
  }
}

function entries({ problem, plan, workAsked, finalNode, finalState }: Replay): Found[] {
  const violations: Found[] = []
  const seen = new Set<string>()
  for (const { node } of [...(plan.maintenance ?? []), ...(plan.notMaintained ?? [])]) {
    if (!workAsked.has(node)) violations.push(fault(node, undefined, `no work on ${node} was asked for`))
    else if (seen.has(node))
      violations.push(fault(node, undefined, `the work on ${node} is listed more than once`))
    seen.add(node)
  }
  for (const { node } of problem.works ?? []) {
    if (seen.has(node)) continue
    const message = `the work on ${node} was asked for, and is listed neither as done nor as not done`
    violations.push(fault(node, undefined, message))
  }
  for (const { node, vms } of plan.notMaintained ?? []) {
    for (const vm of vms) {
      if (finalNode.get(vm) === node && finalState.get(vm) === 'running') continue
      violations.push(
        fault(node, undefined, `${vm} is said to keep ${node} from its work, and does not run there`),
      )
    }
  }
  return violations
}

function instants({ work, startSeconds, endSeconds }: WorkDone): Found[] {
  const { node, durationSeconds, earliestStartSeconds, latestEndSeconds } = work
  const violations: Found[] = []
  const wrong = endSeconds - startSeconds - durationSeconds
  // Rounded up to a millisecond or exact.
  if (wrong < -TIME_TOLERANCE || wrong > 2 * DURATION_TOLERANCE) {
    const message = `the work on ${node} takes ${seconds(endSeconds - startSeconds)}, not ${seconds(durationSeconds)}`
    violations.push(fault(node, startSeconds, message, wrong))
  }
  const early = Math.max(0, earliestStartSeconds) - startSeconds
  if (early > TIME_TOLERANCE) {
    const message = `the work on ${node} starts ${seconds(early)} before ${seconds(Math.max(0, earliestStartSeconds))}`
    violations.push(fault(node, startSeconds, message, early))
  }
  const late = endSeconds - latestEndSeconds
  if (late > TIME_TOLERANCE) {
    const message = `the work on ${node} ends ${seconds(late)} after ${seconds(latestEndSeconds)}`
    violations.push(fault(node, endSeconds, message, late))
  }
  return violations
}

function windows({ work: { node }, startSeconds, endSeconds }: WorkDone, { problem }: Replay): Found[] {
  const violations: Found[] = []
  const kinds = [
    ...problem.windows,
    ...problem.noWorkWindows.map((window) => ({ vm: undefined, kind: 'no-work', ...window })),
  ]
  for (const { vm, node: of, kind, startSeconds: from, endSeconds: to } of kinds) {
    if (vm !== undefined || (of !== undefined && of !== node)) continue
    const overlap = Math.min(to, endSeconds) - Math.max(from, startSeconds)
    if (overlap <= TIME_TOLERANCE) continue
    const whose = of === undefined ? 'of the whole cluster' : `of ${of}`
    const message = `the work on ${node} overlaps the ${kind} window ${whose} from ${seconds(from)} to ${seconds(to)} by ${seconds(overlap)}`
    violations.push(fault(node, Math.max(from, startSeconds), message, overlap))
  }
  return violations
}

/** Never more than the rest of the plan lasts, were the work its last. */
function slack({ work: { node }, endSeconds }: WorkDone, { plan }: Replay): Found[] {
  const told = plan.maintenance?.find((each) => each.node === node)?.slackSeconds ?? 0
  const most = Math.max(0, plan.makespanSeconds - endSeconds)
  if (told >= -TIME_TOLERANCE && told <= most + TIME_TOLERANCE) return []
  const message = `the work on ${node} is said to have a slack of ${seconds(told)}; it ends ${seconds(most)} before the plan`
  return [fault(node, endSeconds, message, told - most)]
}

/** Time on a node: of a running VM from the start of its arrival to the end of its departure or save, of any other while it migrates. */
interface Stay {
  fromSeconds: number
  untilSeconds: number
  what: string
  vm: string
}

function intrusions(replay: Replay): Found[] {
  const { problem, worksDone, legs, legsOf } = replay
  const stays = new Map<string, Stay[]>()
  const add = (node: string, stay: Stay) => {
    if (worksDone.has(node) && stay.untilSeconds - stay.fromSeconds > TIME_TOLERANCE)
      append(stays, node, stay)
  }
  for (const vm of problem.vms) {
    if (vm.state !== 'running') continue
    let fromSeconds = -Infinity
    let node: string | undefined = vm.node
    for (const { migration, target, startSeconds, endSeconds } of legsOf.get(vm.id) ?? []) {
      if (node !== undefined)
        add(node, { fromSeconds, untilSeconds: endSeconds, what: `${vm.id} runs`, vm: vm.id })
      const rests = isInPlace(migration) && !isWaking(migration)
      node = rests ? undefined : target.id
      fromSeconds = startSeconds
    }
    if (node !== undefined)
      add(node, { fromSeconds, untilSeconds: Infinity, what: `${vm.id} runs`, vm: vm.id })
  }
  for (const { migration, vm, source, target, startSeconds, endSeconds } of legs) {
    if (vm.state === 'running') continue
    for (const { id } of new Set([source, target]))
      add(id, { fromSeconds: startSeconds, untilSeconds: endSeconds, what: describe(migration), vm: vm.id })
  }
  const violations: Found[] = []
  for (const [node, { work, startSeconds, endSeconds }] of worksDone) {
    for (const stay of stays.get(node) ?? []) {
      const overlap = Math.min(stay.untilSeconds, endSeconds) - Math.max(stay.fromSeconds, startSeconds)
      if (overlap <= TIME_TOLERANCE) continue
      const message = `${stay.what} on ${node} for ${seconds(overlap)} of its work from ${seconds(startSeconds)} to ${seconds(endSeconds)}`
      violations.push(fault(node, Math.max(stay.fromSeconds, startSeconds), message, overlap))
    }
    if (work.mode === 'save') addAll(violations, savedNode(node, replay))
  }
  return [...violations, ...leftOff(replay)]
}

/** What is shut down for a work is started again after it. */
function leftOff({ workAsked, worksDone, legs }: Replay): Found[] {
  return legs.flatMap(({ migration, vm, source, last, startSeconds }): Found[] => {
    const work = workAsked.get(source.id)
    if (work === undefined || (work.mode === 'save' && worksDone.has(source.id))) return []
    if (migration.kind === 'stop-in-place' && last) {
      const message = `${vm.id} is shut down for the work on ${source.id}, and not started after it`
      return [fault(source.id, startSeconds, message)]
    }
    return []
  })
}

/** Mode `save`: its own VMs are saved before and resumed after, and nothing comes in between. */
function savedNode(node: string, { problem, legs, legsOf, wishes, finalState }: Replay): Found[] {
  const violations: Found[] = []
  const saves: readonly string[] = ['save-in-place', 'resume-in-place']
  const inPlace: Leg[] = legs.filter(
    ({ migration, source }) => saves.includes(migration.kind) && source.id === node,
  )
  for (const vm of problem.vms) {
    if (vm.node !== node || vm.state !== 'running' || wishes.has(vm.id)) continue
    const away = legsOf.get(vm.id)?.find(({ migration }) => !isInPlace(migration))
    if (away) {
      const message = `${describe(away.migration)}: ${node} is maintained with mode "save", and its VMs stay`
      violations.push(fault(node, away.startSeconds, message))
    }
    if (finalState.get(vm.id) === 'running') continue
    violations.push(
      fault(
        node,
        undefined,
        `${vm.id} is saved or shut down for the work on ${node}, and does not run after it`,
      ),
    )
  }
  const first = least(inPlace.map((leg) => leg.startSeconds))
  const last = greatest(inPlace.map((leg) => leg.endSeconds))
  for (const { migration, target, startSeconds, endSeconds } of legs) {
    if (isInPlace(migration) || target.id !== node) continue
    if (endSeconds <= first + TIME_TOLERANCE || startSeconds >= last - TIME_TOLERANCE) continue
    const message = `${describe(migration)}: ${node} receives nothing from ${seconds(first)} to ${seconds(last)}, from its first save to its last resume`
    violations.push(fault(node, startSeconds, message))
  }
  return violations
}
