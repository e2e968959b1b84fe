/** For each node: what fills its time in the plan. */
import type { NodeActivity, NodeExplanation, NodeMigration, NodeSegment } from '../model/explanation.js'
import { isInPlace } from '../model/ways.js'
import type { Facts } from './facts.js'

interface Span {
  startSeconds: number
  endSeconds: number
}

export function explainNode(facts: Facts, n: number): NodeExplanation {
  const { problem, plan } = facts
  const { id } = problem.nodes[n]
  const migrations: NodeMigration[] = []
  for (const { vm, from, to, kind, startSeconds, endSeconds } of plan.migrations) {
    if (from !== id && to !== id) continue
    const role = isInPlace(kind)
      ? kind === 'save-in-place'
        ? 'save'
        : 'stop'
      : from === id
        ? 'send'
        : 'receive'
    migrations.push({ vm, role, other: from === id ? to : from, kind, startSeconds, endSeconds })
  }
  const segments = segmentsOf(facts, id, migrations)
  const seconds = (activity: NodeActivity) =>
    rounded(
      segments.reduce((sum, s) => sum + (s.activity === activity ? s.endSeconds - s.startSeconds : 0), 0),
    )
  const drain = problem.drains.find((each) => each.node === id)
  const emptyAt = plan.drained.find((each) => each.node === id)?.atSeconds
  return {
    node: id,
    sendSeconds: seconds('send'),
    receiveSeconds: seconds('receive'),
    sendReceiveSeconds: seconds('send+receive'),
    otherSeconds: seconds('other'),
    workSeconds: seconds('work'),
    backupSeconds: seconds('backup'),
    blackoutSeconds: seconds('blackout'),
    idleSeconds: seconds('idle'),
    lastEndSeconds: migrations.reduce((last, m) => Math.max(last, m.endSeconds), 0),
    drained: drain !== undefined,
    ...(emptyAt === undefined ? {} : { emptyAtSeconds: emptyAt }),
    leftVms: drain === undefined || emptyAt !== undefined ? [] : leftOn(facts, n),
    migrations,
    segments,
  }
}

/** VMs that keep a drained node from being empty: those that still run there. */
function leftOn({ problem, endVms, migrationsOf }: Facts, n: number): string[] {
  return endVms[n]
    .map((v) => problem.vms[v])
    .filter((vm) => vm.state === 'running' && !migrationsOf.has(vm.id))
    .map((vm) => vm.id)
}

function segmentsOf(
  { problem, plan }: Facts,
  id: string,
  migrations: readonly NodeMigration[],
): NodeSegment[] {
  const end = plan.makespanSeconds
  // A window of one VM keeps that VM still, not its node.
  const windows = problem.windows.filter(
    (w) => w.vm === undefined && (w.node === undefined || w.node === id) && w.startSeconds < end,
  )
  const works = (plan.maintenance ?? []).filter(({ node }) => node === id)
  const cuts = new Set([0, end])
  for (const span of [...migrations, ...windows, ...works]) {
    cuts.add(Math.min(end, span.startSeconds))
    cuts.add(Math.min(end, span.endSeconds))
  }
  const times = [...cuts].sort((a, b) => a - b)
  const segments: NodeSegment[] = []
  let running: NodeMigration[] = []
  let closed: (typeof windows)[number][] = []
  let nextMigration = 0
  let nextWindow = 0
  // Migrations and windows are sorted by start, so each of them is met once.
  for (let i = 0; i + 1 < times.length; i++) {
    const at = times[i]
    const isOpen = (span: Span) => span.endSeconds > at
    running = running.filter(isOpen)
    closed = closed.filter(isOpen)
    while (nextMigration < migrations.length && migrations[nextMigration].startSeconds <= at)
      running.push(migrations[nextMigration++])
    while (nextWindow < windows.length && windows[nextWindow].startSeconds <= at)
      closed.push(windows[nextWindow++])
    const underWork = works.some(({ startSeconds, endSeconds }) => startSeconds <= at && at < endSeconds)
    const kinds = closed.filter(isOpen).map((w) => w.kind)
    const activity = underWork ? 'work' : activityOf(running.filter(isOpen), kinds)
    const vms = running.filter(isOpen).map((m) => m.vm)
    const last = segments.at(-1)
    if (last !== undefined && last.activity === activity && sameTexts(last.vms, vms))
      last.endSeconds = times[i + 1]
    else segments.push({ activity, startSeconds: at, endSeconds: times[i + 1], vms })
  }
  return segments
}

function activityOf(running: readonly NodeMigration[], closed: readonly string[]): NodeActivity {
  const live = running.filter((m) => m.kind === 'live')
  const sends = live.some((m) => m.role === 'send')
  const receives = live.some((m) => m.role === 'receive')
  if (sends && receives) return 'send+receive'
  if (sends) return 'send'
  if (receives) return 'receive'
  if (running.length > 0) return 'other'
  if (closed.includes('blackout')) return 'blackout'
  return closed.length > 0 ? 'backup' : 'idle'
}

function sameTexts(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, i) => text === b[i])
}

/** Without what floats add behind the sixth decimal. */
function rounded(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e6
}
