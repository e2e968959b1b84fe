/**
 * Judges a plan against a problem that is already resolved. Independent of solver and kernel: its own duration model, window
 * test, memory sweep and subset tests, all in seconds and MiB. O(n log n) in migrations and windows for a right plan.
 */
import type { Plan, Violation, ViolationRule } from '../model/plan.js'
import type { ResolvedProblem } from '../model/problem.js'
import { type Found, type Replay, replay } from './replay.js'
import { affinity } from './rules/affinity.js'
import { allowedNodes } from './rules/allowed-nodes.js'
import { antiAffinity } from './rules/anti-affinity.js'
import { balance } from './rules/balance.js'
import { blackout } from './rules/blackout.js'
import { cpu } from './rules/cpu.js'
import { deadline } from './rules/deadline.js'
import { devices } from './rules/devices.js'
import { drained } from './rules/drained.js'
import { duration } from './rules/duration.js'
import { figures } from './rules/figures.js'
import { home } from './rules/home.js'
import { horizon } from './rules/horizon.js'
import { kinds } from './rules/kinds.js'
import { limit } from './rules/limit.js'
import { losses } from './rules/losses.js'
import { memory } from './rules/memory.js'
import { network } from './rules/network.js'
import { nodeFailure } from './rules/node-failure.js'
import { nodeState } from './rules/node-state.js'
import { order } from './rules/order.js'
import { parking } from './rules/parking.js'
import { request } from './rules/request.js'
import { rounds } from './rules/rounds.js'
import { sequence } from './rules/sequence.js'
import { serial } from './rules/serial.js'
import { slots } from './rules/slots.js'
import { vcpus } from './rules/vcpus.js'
import { ways } from './rules/ways.js'
import { width } from './rules/width.js'
import { window } from './rules/window.js'
import { work } from './rules/work.js'
import { workLimit } from './rules/work-limit.js'
import { workOrder } from './rules/work-order.js'

/** In the order in which violations are listed: what makes no sense at all comes first, what is only badly added up last. */
const RULES: readonly (readonly [ViolationRule, (replay: Replay) => Found[]])[] = [
  ['order', order],
  ['horizon', horizon],
  ['duration', duration],
  ['blackout', blackout],
  ['width', width],
  ['ways', ways],
  ['slots', slots],
  ['network', network],
  ['limit', limit],
  ['serial', serial],
  ['window', window],
  ['sequence', sequence],
  ['deadline', deadline],
  ['cpu-features', cpu],
  ['memory', memory],
  ['vcpus', vcpus],
  ['devices', devices],
  ['allowed-nodes', allowedNodes],
  ['anti-affinity', antiAffinity],
  ['affinity', affinity],
  ['node-state', nodeState],
  ['request', request],
  ['balance', balance],
  ['request', kinds],
  ['request', drained],
  ['work', work],
  ['work-order', workOrder],
  ['work-limit', workLimit],
  ['home', home],
  ['parking', parking],
  ['rounds', rounds],
  ['figures', losses],
  ['figures', figures],
  ['figures', nodeFailure],
]

/**
 * Every violation, rule by rule; [] where the plan is right. Each has the rule, the id of the VM or node (or the plan's field)
 * that breaks it, the instant in seconds, by how much (seconds, MiB or a count, as the message says), and the message. Nothing
 * is changed in either argument.
 */
export function checkResolved(problem: ResolvedProblem, plan: Plan): Violation[] {
  const followed = replay(problem, plan)
  return RULES.flatMap(([rule, judge]) => judge(followed).map((found) => ({ rule, ...found })))
}
