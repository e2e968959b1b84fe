/** A night of maintenance as a plan in user units. */
import { kibToMiB } from '../../model/memory.js'
import type {
  Migration,
  NotHomeVm,
  NotMaintainedNode,
  Plan,
  PlanWarning,
  UnplacedVm,
} from '../../model/plan.js'
import { ticksToSeconds } from '../../model/ticks.js'
import { uncoveredBy } from '../assignment/tolerance.js'
import type { NightBound } from '../bounds/night/night-bound.js'
import {
  drainedOf,
  featuresLostByRestart,
  figuresOf,
  numberRounds,
  offloadsLost,
  statusOf,
  vendorBaselines,
} from '../report/report.js'
import { explainUnplaced } from '../report/unplaced.js'
import { warningsOf } from '../report/warnings.js'
import type { Run } from '../run.js'
import type { WishMaker } from '../wishes/maker.js'
import { standingOf } from './decoder.js'
import type { Obstacle } from './impossible.js'
import { type Night, ROAMS } from './night.js'
import type { Schedule } from './schedule.js'
import { slacks } from './slack.js'
import { KIND_NAMES } from './ways.js'

export function reportNight(
  night: Night,
  maker: WishMaker,
  run: Run,
  schedule: Schedule,
  bound: NightBound & { left: number },
  obstacles: ReadonlyMap<number, Obstacle>,
): Plan {
  const { instance } = night
  const { problem } = instance
  const { makespan, penalty, workStart } = schedule
  const migrations = migrationsOf(night, schedule)
  numberRounds(migrations)
  const unplaced = unplacedOf(night, maker, schedule)
  const shortages = night.failures.shortages(standingOf(night, { at: schedule.end, saved: schedule.rest }))
  const uncovered = uncoveredBy(shortages)
  // Wherever VMs end, what runs and the nodes that take it over are then the same.
  const sameAnywhere = problem.nodes.every(({ state }, n) => state === 'up' && instance.drained[n] === 0)
  const lacksNoMoreAnywhere = sameAnywhere && uncovered.atMost <= uncovered.least + 1e-6
  const notMaintained = notMaintainedOf(night, schedule, obstacles)
  const { statistics, proven, ...figures } = figuresOf(run, {
    makespan,
    penalty,
    makespanBound: bound.makespan,
    costBound: bound.cost,
    bound: bound.by,
    unplacedProven: schedule.left <= bound.left && (uncovered.atMost === 0 || lacksNoMoreAnywhere),
    lp: '',
    threads: 1,
    threadsNote: '',
  })
  const slack = slacks(night, schedule)
  const done = [...night.worked].filter((n) => workStart[n] >= 0)
  const maintenance = done
    .map((n) => ({
      node: problem.nodes[n].id,
      startSeconds: ticksToSeconds(workStart[n]),
      endSeconds: ticksToSeconds(workStart[n] + night.workTicks[n]),
      slackSeconds: ticksToSeconds(slack[n]),
    }))
    .sort((a, b) => a.startSeconds - b.startSeconds || (a.node < b.node ? -1 : 1))
  const asked = new Set(migrations.filter(({ vm }) => isAsked(night, vm)).map(({ vm }) => vm))
  const cut = proven ? undefined : run.cut
  const least = leastFree(night, schedule)
  const atOnce = worksAdmitted(night)
  return {
    version: 1,
    problem: problem.name,
    status: statusOf(unplaced.length + notMaintained.length, proven, asked.size > 0 || done.length > 0),
    proven,
    schedule: 'timeline',
    ...figures,
    migrations,
    unplaced,
    drained: drainedOf(instance, migrations),
    maintenance,
    notMaintained,
    notHome: notHomeOf(night, maker, schedule),
    warnings: [...warningsOf(instance, migrations, { shortages, cut }), ...atOnceWarning(night, atOnce)],
    statistics: {
      ...statistics,
      leastFreeMemoryMiB: kibToMiB(least.free),
      leastFreeMemoryAtSeconds: ticksToSeconds(least.at),
      effectiveAtOnce: atOnce,
    },
  }
}

function isAsked(night: Night, vm: string): boolean {
  return night.isAsked(night.instance.vmIndex.get(vm)!)
}

function migrationsOf(night: Night, { legs, workStart }: Schedule): Migration[] {
  const { instance, workOf, role, workTicks } = night
  const { problem, vmNode, durations } = instance
  const baselines = vendorBaselines(instance)
  return legs
    .map(({ vm: v, from, to, kind, start, ticks, last }): Migration => {
      const vm = problem.vms[v]
      const live = kind === 'live'
      const end = ticksToSeconds(start + ticks)
      const slots = night.slotsOf(v, from, to)
      const given = instance.moves.find((move) => move.vm === v)?.given
      const blackout = live
        ? durations.live(v, from, to, slots, given)
        : night.ways.duration(v, KIND_NAMES.indexOf(kind))
      const migration: Migration = {
        vm: vm.id,
        from: problem.nodes[from].id,
        to: problem.nodes[to].id,
        kind,
        startSeconds: ticksToSeconds(start),
        endSeconds: end,
        round: 0,
        ...(live && (slots.from > 1 || slots.to > 1) ? { slots } : {}),
        blackoutSeconds: Math.min(blackout.blackoutSeconds, ticksToSeconds(ticks)),
        lostOffloads: last && from !== to ? offloadsLost(vm, problem.nodes[to]) : [],
        lostFeatures:
          kind === 'restart' ? featuresLostByRestart(problem, baselines, vm, problem.nodes[to]) : [],
      }
      if (role[v] !== ROAMS || from === to) return migration
      const home = night.home[v]
      const toCome =
        workStart[from] >= 0 && workStart[from] + workTicks[from] > start && workStart[from] >= start + ticks
      if (workOf[vmNode[v]] < 0 && home === vmNode[v]) migration.makesRoom = true
      else if (to !== home && !toCome) migration.stepsAside = true
      return migration
    })
    .sort(
      (a, b) =>
        a.startSeconds - b.startSeconds || (a.vm < b.vm ? -1 : a.vm > b.vm ? 1 : a.endSeconds - b.endSeconds),
    )
}

function unplacedOf(night: Night, maker: WishMaker, { end, legs }: Schedule): UnplacedVm[] {
  const { instance, role, goals, ends } = night
  const unplaced: UnplacedVm[] = []
  const rests = new Set(legs.flatMap(({ vm, from, to }) => (from === to ? [vm] : [])))
  const moved = new Set(instance.moves.map(({ vm }) => vm))
  role.forEach((_, v) => {
    if (!night.isAsked(v) || night.isPlaced(v, end[v], rests.has(v))) return
    const wanted = night.ways.wanted[v]
    const saved = instance.drained[instance.vmNode[v]] === 2 && !moved.has(v)
    const wish = saved
      ? maker.saveInPlace(v)
      : maker.wish(v, wanted === undefined ? goals[v] : [...wanted], undefined)
    const blocked = () => (ends.companyOf[v] >= 0 ? 'affinity' : instance.spaces[0])
    unplaced.push(explainUnplaced(instance, undefined, wish, blocked).entry)
  })
  return unplaced
}

function notMaintainedOf(
  { instance, worked, after, vms }: Night,
  { workStart, end }: Schedule,
  obstacles: ReadonlyMap<number, Obstacle>,
): NotMaintainedNode[] {
  const { problem } = instance
  return [...worked]
    .filter((n) => workStart[n] < 0)
    .map((n): NotMaintainedNode => {
      const node = problem.nodes[n].id
      const obstacle = obstacles.get(n)
      if (obstacle !== undefined)
        return { node, ...obstacle, vms: obstacle.vms.map((v) => problem.vms[v].id) }
      const before = after[n].find((m) => workStart[m] < 0)
      if (before !== undefined) {
        const detail = `${problem.nodes[before].id}, which goes before it, is not worked on`
        return { node, reason: 'after', detail, vms: [] }
      }
      const there: string[] = []
      for (let v = 0; v < vms; v++)
        if (end[v] === n && problem.vms[v].state === 'running') there.push(problem.vms[v].id)
      const detail =
        there.length === 0
          ? 'no time for it was found beside the other works'
          : 'no way was found to give all of its VMs a place elsewhere in time'
      return { node, reason: there.length === 0 ? 'window' : 'memory', detail, vms: there }
    })
}

/** Why a VM did not get home. */
function notHomeOf(night: Night, maker: WishMaker, { end, workStart }: Schedule): NotHomeVm[] {
  const { instance, role, returnHome } = night
  const { problem } = instance
  if (!returnHome) return []
  const found: NotHomeVm[] = []
  role.forEach((of, v) => {
    const home = night.home[v]
    if (of !== ROAMS || end[v] === home || night.ways.wanted[v] !== undefined) return
    const done = workStart[home] >= 0
    const vm = problem.vms[v].id
    if (night.may(v, home, done) === 0) {
      const reason = maker.cpuRefusal(v, home)?.reason ?? (done ? 'cpu-features' : 'node-state')
      found.push({ vm, reason })
    } else if (!night.admits(v, end[v], home)) found.push({ vm, reason: 'blackout' })
    else if (!done && problem.policy.neverBackwards) found.push({ vm, reason: 'node-state' })
    else {
      const ticks = night.ticks(v, end[v], home)
      const ready = done ? workStart[home] + night.workTicks[home] : 0
      const start = night.start(v, end[v], home, ready, ticks)
      found.push({ vm, reason: start === ready ? scarceAt(night, end, v, home) : 'window' })
    }
  })
  return found
}

/** What the VM lacks at home once all others are where they end; where nothing says otherwise, those of its group, or memory on the way. */
function scarceAt({ instance, ends }: Night, end: Int32Array, v: number, home: number): NotHomeVm['reason'] {
  const lacks = instance.spaces.find(({ size, capacity }) => {
    const there = end.reduce((sum, n, u) => sum + (n === home ? size[u] : 0), 0)
    return size[v] > 0 && there + size[v] > capacity[home]
  })
  return lacks?.reason ?? (ends.companyOf[v] >= 0 ? 'affinity' : 'memory')
}

/** The least memory that is free on nodes that are up, and neither drained nor worked on, and when that is for the first time. */
function leastFree(night: Night, { legs, workStart }: Schedule): { free: number; at: number } {
  const { instance, size } = night
  const { problem, vmMemory, drained } = instance
  const counts = problem.nodes.map(
    ({ state }, n) => drained[n] === 0 && (state === 'up' || workStart[n] >= 0),
  )
  const events: { at: number; node: number; used: number; open: number }[] = []
  for (const { vm, from, to, kind, start, ticks } of legs) {
    if (kind !== 'resume-in-place' && kind !== 'start-in-place')
      events.push({ at: start + ticks, node: from, used: -vmMemory[vm], open: 0 })
    if (kind !== 'save-in-place' && kind !== 'stop-in-place')
      events.push({ at: start, node: to, used: vmMemory[vm], open: 0 })
  }
  const open = counts.map((counted, n) => counted && problem.nodes[n].state === 'up')
  night.worked.forEach((n) => {
    if (workStart[n] < 0) return
    events.push({ at: workStart[n], node: n, used: 0, open: -1 })
    events.push({ at: workStart[n] + night.workTicks[n], node: n, used: 0, open: 1 })
  })
  events.sort((a, b) => a.at - b.at)
  const used = night.held.slice()
  let free = 0
  for (let n = 0; n < used.length; n++) if (open[n]) free += size[n] - used[n]
  let least = { free, at: 0 }
  let sum = free
  for (let i = 0; i < events.length; ) {
    const { at } = events[i]
    for (; i < events.length && events[i].at === at; i++) {
      const { node, used: more, open: change } = events[i]
      if (open[node]) sum -= size[node] - used[node]
      used[node] += more
      if (change !== 0) open[node] = change > 0
      if (open[node]) sum += size[node] - used[node]
    }
    if (sum < least.free) least = { free: sum, at }
  }
  return least
}

/** As many of the works at once as memory admits by its sum: the nodes out of service hold no more than what is free. */
export function worksAdmitted({ instance, worked, size, held, saves }: Night): number {
  const { problem, drained } = instance
  let free = 0
  problem.nodes.forEach(({ state }, n) => {
    if (state === 'up' && drained[n] === 0) free += Math.max(0, size[n] - held[n])
  })
  const sizes = [...worked].map((n) => (saves[n] === 1 ? size[n] - held[n] : size[n])).sort((a, b) => a - b)
  let count = 0
  for (const each of sizes) {
    if (each > free) break
    free -= each
    count++
  }
  return count
}

function atOnceWarning({ allowed, worked }: Night, admitted: number): PlanWarning[] {
  if (allowed <= admitted || worked.length <= admitted) return []
  const message = `free memory admits ${admitted} works at once by its sum, and ${allowed} are allowed`
  return [{ code: 'at-once', message }]
}
