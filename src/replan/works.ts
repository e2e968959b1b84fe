/** What is left of the works of a run: those under way are fixed, those that have failed hold their nodes, the rest is asked for again. */

import type { MaintainedNode } from '../model/plan.js'
import type {
  Instant,
  Problem,
  ProblemMaintenance,
  ProblemNode,
  ProblemWindow,
  ResolvedProblem,
} from '../model/problem.js'
import type { WorkHistory } from './history.js'
import { expectedLeft } from './left.js'
import { micro } from './windows.js'

export interface RunningWork {
  work: MaintainedNode
  /** How long it is expected to take yet, > 0. */
  leftSeconds: number
  /** It has taken longer than the plan said. */
  late: boolean
}

export interface FailedWork {
  node: string
  detail: string
  /** Asked for again; else its node counts as down. */
  retried: boolean
}

export interface RemainingWorks {
  /** In the order of the plan. */
  ended: MaintainedNode[]
  running: RunningWork[]
  failed: FailedWork[]
  /** Neither ended nor running nor failed. */
  left: MaintainedNode[]
}

export interface WorksNow {
  works: RemainingWorks
  /** `request.maintenance` and `notTogether` of what is left; empty where nothing is. */
  request: Pick<Problem['request'], 'maintenance' | 'notTogether'>
  /** Of works under way that overrun into a window: their nodes are closed in another way. */
  windows: ProblemWindow[]
  /** Nodes that take no VM: their works have failed. */
  held: ReadonlySet<string>
  /** Nodes that are worked on already, … */
  done: ReadonlySet<string>
  /** … and those that are still to be. */
  open: ReadonlySet<string>
  warnings: string[]
}

/** @param retry nodes whose failed works are to be asked for again */
export function worksNow(
  document: Problem,
  problem: ResolvedProblem,
  histories: ReadonlyMap<string, WorkHistory>,
  nowMs: number,
  nowSeconds: number,
  retry: ReadonlySet<string>,
): WorksNow {
  const works: RemainingWorks = { ended: [], running: [], failed: [], left: [] }
  const held = new Set<string>()
  const done = new Set<string>()
  const left = new Map<string, number>()
  let settles = 0
  for (const [node, { work, state, atMs, detail }] of histories) {
    const sinceSeconds = (nowMs - atMs) / 1000
    if (state === 'ended') {
      works.ended.push(work)
      done.add(node)
      const { settleSeconds } = problem.works!.find((each) => each.node === node)!
      settles = Math.max(settles, settleSeconds - sinceSeconds)
    } else if (state === 'running') {
      const expected = expectedLeft(work.endSeconds - work.startSeconds, sinceSeconds)
      works.running.push({ work, ...expected })
      left.set(node, expected.leftSeconds)
    } else if (state === 'failed') {
      works.failed.push({ node, detail, retried: retry.has(node) })
      if (!retry.has(node)) held.add(node)
    } else works.left.push(work)
  }
  const never = behind(problem, held)
  // No plan has a work in a window: one that is under way in it all the same closes its node, and others wait for it where they must.
  const meeting = new Map(
    [...left].filter(([node, seconds]) => meetsWindow(problem, node, nowSeconds, seconds)),
  )
  const gone = (node: string) => done.has(node) || held.has(node) || never.has(node) || meeting.has(node)
  const asked = (document.request.maintenance ?? []).filter(({ node }) => !gone(node))
  const maintenance = asked.map((work) => {
    const waits = waitFor(problem, work.node, meeting, left.size)
    return workNow(work, nowSeconds, left.get(work.node), micro(Math.max(0, settles, waits)), gone)
  })
  const notTogether = (document.request.notTogether ?? []).map((list) => list.filter((node) => !gone(node)))
  return {
    works,
    request: {
      ...(maintenance.length === 0 ? {} : { maintenance }),
      ...(maintenance.length === 0 || document.request.notTogether === undefined ? {} : { notTogether }),
    },
    windows: [...meeting].map(([node, end]) => ({ node, start: 0, end, kind: 'blackout' })),
    held,
    done,
    open: new Set(maintenance.map(({ node }) => node)),
    warnings: [
      ...[...held].map(
        (node) =>
          `the work on "${node}" has failed: the node counts as down, and no VM goes there; --retry asks for the work again`,
      ),
      ...[...never].map((node) => `"${node}" is not worked on: it goes after one whose work has failed`),
      ...works.running.map(
        ({ work: { node } }) =>
          `the work on "${node}" is taken to go on; look whether it does, and whether the node comes back`,
      ),
    ],
  }
}

function meetsWindow(problem: ResolvedProblem, node: string, nowSeconds: number, seconds: number): boolean {
  return [...problem.windows.filter(({ vm }) => vm === undefined), ...problem.noWorkWindows].some(
    ({ node: of, startSeconds, endSeconds }) =>
      (of === undefined || of === node) && startSeconds < nowSeconds + seconds && endSeconds > nowSeconds,
  )
}

/** Seconds for which a work waits for those that are no works of the new plan: it goes after one, must not be beside it, or too many are under way. */
function waitFor(
  { works = [], notTogether, nodeById, policy }: ResolvedProblem,
  node: string,
  meeting: ReadonlyMap<string, number>,
  running: number,
): number {
  const after = works.find((work) => work.node === node)?.after ?? []
  const domain = (id: string) =>
    policy.maintenanceDomain === undefined
      ? ''
      : (nodeById.get(id)?.domains.get(policy.maintenanceDomain) ?? id)
  let wait = 0
  for (const [other, seconds] of meeting) {
    const apart =
      notTogether.some((list) => list.includes(node) && list.includes(other)) ||
      domain(node) !== domain(other)
    if (apart || after.includes(other) || running >= policy.maintenanceAtOnce) wait = Math.max(wait, seconds)
  }
  return wait
}

/** Nodes that go after one of these, or after one that does. */
function behind({ works = [] }: ResolvedProblem, nodes: ReadonlySet<string>): Set<string> {
  const found = new Set<string>()
  for (let before = -1; before !== found.size; ) {
    before = found.size
    for (const { node, after } of works)
      if (after.some((each) => nodes.has(each) || found.has(each))) found.add(node)
  }
  return found
}

function workNow(
  work: ProblemMaintenance,
  nowSeconds: number,
  leftSeconds: number | undefined,
  settles: number,
  gone: (node: string) => boolean,
): ProblemMaintenance {
  const { after, ...rest } = work
  const kept = after?.filter((node) => !gone(node)) ?? []
  const order = kept.length === 0 ? {} : { after: kept }
  if (leftSeconds !== undefined) {
    // It has begun: whatever had to be before it has been.
    const { position: _, earliestStart: __, latestEnd: ___, ...same } = rest
    return { ...same, durationSeconds: leftSeconds, earliestStart: 0, latestEnd: leftSeconds }
  }
  const shifted = (instant: Instant | undefined) =>
    typeof instant === 'number' ? Math.max(0, micro(instant - nowSeconds)) : instant
  const { earliestStart, latestEnd, ...same } = rest
  const earliest = shifted(earliestStart)
  const latest = shifted(latestEnd)
  // A date that is to come is later than what settles, or says so in the plan; a number can be compared.
  const begins = typeof earliest === 'string' ? earliest : Math.max(earliest ?? 0, settles)
  return {
    ...same,
    ...order,
    ...(begins === 0 ? {} : { earliestStart: begins }),
    ...(latest === undefined ? {} : { latestEnd: latest }),
  }
}

/** The node as it is now: worked on it is up, and shows what it shows afterwards; one whose work has failed is down. */
export function nodeNow(node: ProblemNode, { held, done }: Pick<WorksNow, 'held' | 'done'>): ProblemNode {
  if (held.has(node.id)) return { ...node, state: 'down' }
  return done.has(node.id) && node.state === 'paused' ? { ...node, state: 'up' } : node
}
