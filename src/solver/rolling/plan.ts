/** Plans a night of maintenance: works that can be done, order and targets searched for, bounds, and the plan in user units. */
import { InvalidProblemError } from '../../errors.js'
import type { Kernel } from '../../kernel/types.js'
import type { LpService } from '../../lp/types.js'
import type { Instance } from '../../model/instance.js'
import type { Plan } from '../../model/plan.js'
import { COST_NOISE, ticksToSeconds } from '../../model/ticks.js'
import { boundNight, raiseNightBound } from '../bounds/night/night-bound.js'
import type { Run } from '../run.js'
import { Compatibility } from '../wishes/compatibility.js'
import { ForbiddenIntervals } from '../wishes/forbidden.js'
import { WishMaker } from '../wishes/maker.js'
import { Failures } from './failures.js'
import { impossibleWorks } from './impossible.js'
import { Night } from './night.js'
import { reportNight } from './report.js'
import { scheduleOf } from './schedule.js'
import { search } from './search.js'

export async function planNight(instance: Instance, kernel: Kernel, run: Run, lp: LpService): Promise<Plan> {
  refuseUnplanned(instance, run)
  const forbidden = new ForbiddenIntervals(instance)
  const compatibility = new Compatibility(instance, kernel)
  const failures = new Failures(instance, run.parameters.assignment)
  const maker = new WishMaker(instance, compatibility, forbidden)
  const wider = instance.problem.policy.wideMigrations && instance.nodeSlots.some((slots) => slots > 1)
  const nights = (wider ? [true, false] : [false]).map(
    (w) => new Night(instance, compatibility, forbidden, w, failures),
  )
  const [night] = nights
  const obstacles = impossibleWorks(night, maker)
  let left = 0
  for (const n of obstacles.keys()) left += night.weight[n]
  const open = [...night.worked].filter((n) => !obstacles.has(n))
  const { base, perVm, boundSteps } = run.parameters.rolling
  const atHome = bounded(night, compatibility, forbidden)
  let bound = { ...boundNight(atHome, open, boundSteps), left }
  const found = await search(nights, run, {
    work: base + perVm * night.vms,
    open,
    tell: ({ decoded }) => {
      const undone = night.worked.reduce((count, n) => count + (decoded.workStart[n] < 0 ? 1 : 0), 0)
      run.tell({
        makespanSeconds: ticksToSeconds(decoded.makespan),
        lowerBoundSeconds: decoded.left <= left ? ticksToSeconds(bound.makespan) : 0,
        unplaced: undone,
      })
    },
    meets: ({ decoded }) =>
      decoded.left <= bound.left && decoded.uncovered === 0 && decoded.cost <= bound.cost + COST_NOISE,
  })
  const { decoded } = found
  if (decoded.left <= left && decoded.cost > bound.cost + COST_NOISE && !run.stopped)
    bound = { ...(await raiseNightBound(atHome, open, bound, decoded, lp, run.parameters.rolling)), left }
  // What leaves more may well end earlier: the bound speaks of plans that leave no more than this.
  const certain = found.decoded.left <= left ? bound : { ...bound, makespan: 0, cost: 0, by: 'none' }
  return reportNight(found.night, maker, run, scheduleOf(found.decoded), certain, obstacles)
}

/** Bounds take all VMs for at home at the beginning: where some are not, they hold without any return. */
function bounded(night: Night, compatibility: Compatibility, forbidden: ForbiddenIntervals): Night {
  if (!night.displaced) return night
  const { instance } = night
  const { problem } = instance
  // The way home needs no owner's consent.
  const vms = problem.vms.map((vm) =>
    vm.allowedNodes === undefined
      ? vm
      : { ...vm, allowedNodes: new Set([...vm.allowedNodes, vm.home, vm.node]) },
  )
  const policy = { ...problem.policy, returnHome: false }
  const free = { ...instance, problem: { ...problem, vms, policy } }
  return new Night(free, compatibility, forbidden, night.wide, night.failures)
}

/** What makes no sense beside works. @throws InvalidProblemError */
function refuseUnplanned(instance: Instance, run: Run): void {
  const { problem, nodeIndex } = instance
  const issues: { path: string; message: string }[] = []
  const worked = new Set(problem.works!.map(({ node }) => nodeIndex.get(node)))
  if (run.options.schedule === 'rounds') {
    const message = 'works start by time and not by rounds; leave the schedule at "timeline"'
    issues.push({ path: 'request.maintenance', message })
  }
  problem.moves.forEach(({ vm, durationSeconds }, m) => {
    const { node, state } = problem.vmById.get(vm)!
    if (durationSeconds === undefined || state !== 'running' || !worked.has(nodeIndex.get(node))) return
    const message = `${vm} makes way for the work on ${node} by as many migrations as it takes, and this is the time of one; leave it out`
    issues.push({ path: `request.moves[${m}].durationSeconds`, message })
  })
  if (issues.length > 0) throw new InvalidProblemError(issues)
}
