/** The bound in words: who decides, why nothing ends sooner, what is proven and what is not. */
import type { BoundExplanation } from '../model/explanation.js'
import { freeTimeBefore, unionIntervals } from '../model/intervals.js'
import { durationToTicks, ticksToSeconds } from '../model/ticks.js'
import type { Facts } from './facts.js'
import { counted, named, seconds } from './words.js'

export function boundSentences(
  facts: Facts,
  bound: BoundExplanation,
  boundNodes: readonly number[],
): string[] {
  const { plan } = facts
  if (plan.migrations.length === 0)
    return [
      plan.unplaced.length > 0
        ? `Nothing can move: ${counted(plan.unplaced.length, 'VM')} must stay.`
        : 'Nothing has to move.',
    ]
  return [
    ...deciding(facts, bound, boundNodes),
    ...ending(bound, plan.makespanSeconds),
    ...paying(bound),
    proof(facts, bound),
  ]
}

function deciding(facts: Facts, bound: BoundExplanation, boundNodes: readonly number[]): string[] {
  const { plan } = facts
  const by = seconds(bound.lowerBoundSeconds)
  const { method, nodes, vms } = bound
  const closed = closing(facts, bound, boundNodes)
  switch (method) {
    case 'node-load':
      return [
        `${nodes[0]} decides: ${load(facts, bound, boundNodes[0])}.`,
        ...closed,
        `So it cannot be done, and no plan can end, before ${by}.`,
      ]
    case 'single-node':
      return [
        `${nodes[0]} decides: its ${counted(vms.length, 'migration')} (${seconds(bound.workSeconds ?? 0)} of work) run one after another, and no order fits them between the windows of their VMs and nodes any earlier than ${by}.`,
        ...closed,
      ]
    case 'odd-set': {
      const slots = boundNodes.reduce((sum, n) => sum + facts.instance.nodeSlots[n], 0)
      return [
        `${named(nodes, 13)} decide together: a migration among them holds two of them at once, so at most ${Math.floor(slots / 2)} of the ${vms.length} that stay among them can run at a time. They need until ${by}.`,
        ...closed,
      ]
    }
    case 'single-vm':
      return [
        `${vms[0]} decides: even if nothing else moved, it could not be done before ${by}.`,
        ...waiting(bound),
      ]
    case 'assignment':
      return [
        `No single node decides: the work that the request needs at least, shared out over the nodes' free time as well as can be, takes until ${by}.`,
      ]
    case 'matching-lp':
      return [
        `No single node decides: every migration holds two nodes at once, and no mix of migrations that can run together has done all of them before ${by}.`,
      ]
    case 'limit': {
      const { most, policy, live } = facts.instance.limits.find((each) =>
        plan.statistics.bound.endsWith(each.policy),
      )!
      const what = live ? 'live migrations' : 'restarts and saves'
      return [
        `The cluster's limit decides: of its ${what} at most ${most} may be under way at once (${policy}), and they cannot be done before ${by}.`,
      ]
    }
    case 'network': {
      const id = plan.statistics.bound.slice('network '.length)
      return [
        `The network ${id} decides: what has to cross it, each migration its share for its time, takes until ${by}.`,
      ]
    }
    case 'serial': {
      const group = plan.statistics.bound.slice('serial '.length)
      return [
        `The serial group ${group} decides: its VMs migrate one at a time, and cannot all be done before ${by}.`,
      ]
    }
    case 'order': {
      const what = nodes.length > 0 ? `beside what else ${nodes[0]} has to do, ` : ''
      return [
        `The request's order decides: ${what}those that go one after another cannot be done before ${by}.`,
      ]
    }
    case 'exact-search':
      return [`A search through all schedules of these migrations decided: none ends before ${by}.`]
    case 'rounds-threshold':
    case 'rounds-lp':
      return [
        `The rounds decide: each lasts as long as its longest migration, and no way to share the migrations out over rounds ends before ${by}.`,
      ]
    default: {
      const whose = nodes.length > 0 ? ` of ${named(nodes)}` : ''
      return [`The bound ${method}${whose} decides: no plan ends before ${by}.`, ...closed]
    }
  }
}

/** What the node has to do at least. */
function load({ instance, problem, plan }: Facts, { vms, workSeconds }: BoundExplanation, n: number): string {
  const one = instance.nodeSlots[n] === 1
  const beside = vms.length === 1 ? '' : one ? ', one after another' : `, ${instance.nodeSlots[n]} at a time`
  if (workSeconds === undefined) {
    const saves = problem.drains.some((each) => each.mode === 'save' && each.node === problem.nodes[n].id)
    const what = saves
      ? `it saves ${counted(vms.length, 'VM')}`
      : `it takes part in ${counted(vms.length, 'migration')}`
    return what + (saves && vms.length > 1 ? ', one after another' : beside)
  }
  const work = `${seconds(workSeconds)} of work`
  if (plan.unplaced.some(({ vm }) => vms.includes(vm)))
    return `whichever VMs stay, its migrations leave it ${work} at least${beside}`
  return `whatever is chosen, it takes part in ${counted(vms.length, 'migration')}, ${work}${beside}`
}

/** What windows take from the deciding nodes before the bound. */
function closing({ instance }: Facts, bound: BoundExplanation, boundNodes: readonly number[]): string[] {
  if (bound.windows.length === 0) return []
  const until = durationToTicks(bound.lowerBoundSeconds)
  const parts = boundNodes
    .map((n) => {
      const all = unionIntervals(instance.clusterWindows, instance.nodeWindows[n])
      return { n, ticks: until - freeTimeBefore(all, until) }
    })
    .filter(({ ticks }) => ticks > 0)
    .map(({ n, ticks }) => `${instance.problem.nodes[n].id} for ${seconds(ticksToSeconds(ticks))}`)
  return parts.length === 0 ? [] : [`Until then, windows close ${named(parts)}.`]
}

function waiting(bound: BoundExplanation): string[] {
  if (bound.windows.length === 0) return []
  const parts = bound.windows.map((w) => {
    const whose = w.vm ?? w.node ?? 'the whole cluster'
    return `the ${w.kind} of ${whose} from ${seconds(w.startSeconds)} to ${seconds(w.endSeconds)}`
  })
  return [`It has to keep out of ${named(parts)}.`]
}

function ending(bound: BoundExplanation, makespan: number): string[] {
  const verb = bound.lastVms.length === 1 ? 'ends' : 'end'
  return [
    `In this plan ${named(bound.lastVms)} ${verb} last, at ${seconds(makespan)}, on ${named(bound.lastNodes)}.`,
  ]
}

function paying({ penalties }: BoundExplanation): string[] {
  if (penalties.length === 0) return []
  const sum = penalties.reduce((total, { leastSeconds }) => total + leastSeconds, 0)
  const who = penalties.length === 1 ? `${penalties[0].vm} has` : `${penalties.length} VMs have`
  return [
    `${who} no way without a penalty (lost offloads, a restart or a save): at least ${seconds(sum)} of cost in any plan.`,
  ]
}

function proof({ plan }: Facts, bound: BoundExplanation): string {
  const stays =
    plan.unplaced.length > 0
      ? ` ${counted(plan.unplaced.length, 'VM')} ${plan.unplaced.length === 1 ? 'stays' : 'stay'};`
      : ''
  if (bound.proven && plan.unplaced.length > 0)
    return `Proven:${stays} no plan places more, and none of those that place as much costs less.`
  if (bound.proven)
    return bound.gap > 0
      ? 'Proven: a plan that ended sooner would cost more in penalties; none costs less.'
      : 'Proven: no plan costs less.'
  const open = plan.cost - plan.costLowerBound
  return `Not proven:${stays} a better plan would cost at most ${seconds(open)} less${plan.unplaced.length > 0 ? ', or leave less behind' : ''}; more effort may find it, or prove that there is none.`
}
