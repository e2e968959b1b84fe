/** Nights of maintenance: what decides them, and what would make them shorter. */
import { greatest, least } from '../lists.js'
import type { BoundExplanation, Change, PatchOperation, Relaxation } from '../model/explanation.js'
import type { MaintainedNode, Plan } from '../model/plan.js'
import type { Problem, ResolvedProblem } from '../model/problem.js'
import { ChangeMaker, fasterLink } from './changes.js'
import { counted, named, seconds } from './words.js'

/** Works are shorter by this share, where it is asked what that would give. */
const SHORTER = 0.2
/** Spans of windows whose putting off is looked at. */
const WINDOWS = 2

/** What waits between two works of the chain that carries the night. */
interface Changeover {
  before: MaintainedNode | undefined
  after: MaintainedNode
  seconds: number
}

export function explainNightBound(problem: ResolvedProblem, plan: Plan): BoundExplanation {
  const last = plan.migrations.filter(({ endSeconds }) => endSeconds === plan.makespanSeconds)
  const method = plan.statistics.bound.split(' ', 1)[0]
  return {
    method,
    lowerBoundSeconds: plan.lowerBoundSeconds,
    costLowerBound: plan.costLowerBound,
    gap: plan.gap,
    proven: plan.proven,
    nodes: [],
    vms: [],
    windows: [],
    lastNodes: [...new Set(last.flatMap(({ from, to }) => [from, to]))],
    lastVms: [...new Set(last.map(({ vm }) => vm))],
    penalties: [],
    sentences: nightSentences(problem, plan, method),
  }
}

function nightSentences(problem: ResolvedProblem, plan: Plan, method: string): string[] {
  const { maintenance = [], notMaintained = [], makespanSeconds, statistics } = plan
  const { maintenanceAtOnce } = problem.policy
  const sentences: string[] = []
  if (maintenance.length > 0) {
    const sum = maintenance.reduce((total, each) => total + each.endSeconds - each.startSeconds, 0)
    sentences.push(
      `The works take ${seconds(sum)} together, ${maintenanceAtOnce} at most at once; the night ends at ${seconds(makespanSeconds)}, and no plan that does as many works ends before ${seconds(plan.lowerBoundSeconds)} (bound ${method}: ${BOUNDS[method] ?? 'see the algorithm'}).`,
    )
  }
  const chain = changeovers(problem, plan)
  if (chain.length > 0) {
    const nodes = chain.map(({ after }) => after.node)
    const working = chain.reduce((total, { after }) => total + after.endSeconds - after.startSeconds, 0)
    const tail = makespanSeconds - chain.at(-1)!.after.endSeconds
    sentences.push(
      `The chain that carries it: ${named(nodes)}, ${seconds(working)} of work; ${seconds(chain[0].seconds)} before the first, ${seconds(chain.slice(1).reduce((total, each) => total + each.seconds, 0))} between them, ${seconds(tail)} after the last.`,
    )
    const longest = chain.reduce((a, b) => (b.seconds > a.seconds ? b : a))
    if (longest.seconds > 0) sentences.push(ofChangeover(longest, problem, plan))
  }
  const { leastFreeMemoryMiB: free, leastFreeMemoryAtSeconds: at, effectiveAtOnce } = statistics
  if (typeof free === 'number' && typeof at === 'number') {
    const largest = greatest(
      maintenance.map(({ node }) => problem.nodeById.get(node)!.memoryMiB),
      0,
    )
    const admits =
      typeof effectiveAtOnce === 'number' && effectiveAtOnce < Math.min(maintenanceAtOnce, maintenance.length)
        ? `; by its sum memory admits ${counted(effectiveAtOnce, 'work')} at once, not ${maintenanceAtOnce}`
        : ''
    sentences.push(
      `Memory is scarcest at ${seconds(at)}: ${Math.floor(free)} MiB are free on the nodes in service, and the largest node that is worked on has ${largest}${admits}.`,
    )
  }
  for (const { node, detail } of notMaintained) sentences.push(`${node} is not worked on: ${detail}.`)
  return sentences
}

const BOUNDS: Record<string, string> = {
  crew: 'the works alone, so many at once, and the first way out and the last way home',
  node: 'one node alone, with its windows',
  segment: 'works are not split by windows of all nodes',
  starts: 'at every instant crews, memory and VMs that windows hold, whenever each work starts',
  gap: 'when one work ends, the next node still holds what the others have no room for',
  memory: 'what is out of service, and what is on its way, over all the night',
}

/** Works without slack, each as soon as the one before it has ended, from the end of the night back; with what is before each. */
function changeovers({ works = [] }: ResolvedProblem, { maintenance = [] }: Plan): Changeover[] {
  const settle = new Map(works.map(({ node, settleSeconds }) => [node, settleSeconds]))
  const chain: Changeover[] = []
  const most = least(maintenance.map(({ slackSeconds }) => slackSeconds)) + 0.001
  const tight = maintenance.filter(({ slackSeconds }) => slackSeconds <= most)
  let after = tight.reduce<MaintainedNode | undefined>(
    (latest, each) => (latest === undefined || each.endSeconds > latest.endSeconds ? each : latest),
    undefined,
  )
  while (after !== undefined) {
    const { startSeconds } = after
    const before: MaintainedNode | undefined = maintenance
      .filter(({ node, endSeconds }) => endSeconds + (settle.get(node) ?? 0) <= startSeconds + 0.001)
      .reduce<MaintainedNode | undefined>(
        (latest, each) => (latest === undefined || each.endSeconds > latest.endSeconds ? each : latest),
        undefined,
      )
    chain.unshift({ before, after, seconds: startSeconds - (before?.endSeconds ?? 0) })
    after = before
  }
  return chain
}

/** What happens in it: who leaves, and what is closed. */
function ofChangeover(
  { before, after, seconds: length }: Changeover,
  problem: ResolvedProblem,
  plan: Plan,
): string {
  const from = before?.endSeconds ?? 0
  const overlaps = (span: { startSeconds: number; endSeconds: number }) =>
    span.startSeconds < after.startSeconds - 0.001 && span.endSeconds > from + 0.001
  const leaving = plan.migrations.filter((m) => m.from === after.node && overlaps(m))
  const memory = leaving.reduce((sum, { vm }) => sum + (problem.vmById.get(vm)?.memoryMiB ?? 0), 0)
  const homeward =
    before === undefined ? [] : plan.migrations.filter((m) => m.to === before.node && overlaps(m))
  const closed = [...problem.windows, ...problem.noWorkWindows].filter(
    (window) =>
      ('vm' in window ? window.vm : undefined) === undefined &&
      (window.node === undefined || window.node === after.node) &&
      overlaps(window),
  )
  const what = [
    leaving.length === 0 ? '' : `${counted(leaving.length, 'VM')} with ${memory} MiB leave ${after.node}`,
    homeward.length === 0 ? '' : `${counted(homeward.length, 'VM')} come to ${before!.node}`,
    closed.length === 0
      ? ''
      : `${counted(closed.length, 'window')} of ${after.node} or the cluster keep it from its work`,
  ].filter((text) => text !== '')
  const where =
    before === undefined
      ? `Before the work on ${after.node}`
      : `Between the works on ${before.node} and ${after.node}`
  const why = what.length === 0 ? 'others are worked on' : what.join(', ')
  return `${where} ${seconds(length)} pass, the longest wait of the chain: ${why}.`
}

/** What may make the night shorter, and what its works at once are worth; the most telling first. */
export function nightChanges(raw: Problem, problem: ResolvedProblem, plan: Plan): Change[] {
  const { policy, works = [] } = problem
  const { maintenance = [] } = plan
  const maker = new ChangeMaker(raw, problem)
  const most = policy.maintenanceAtOnce
  const atOnce = (k: number): Change =>
    maker.policyChange('works-at-once', `${counted(k, 'work')} at once instead of ${most}`, {
      maintenanceAtOnce: k,
    })
  const tight = [...maintenance].sort(
    (a, b) =>
      a.slackSeconds - b.slackSeconds || b.endSeconds - b.startSeconds - (a.endSeconds - a.startSeconds),
  )
  const workOf = (node: string) => works.findIndex((work) => work.node === node)
  const shorter = (nodes: readonly string[], text: string): Change => ({
    kind: 'work',
    change: text,
    nodes: [...nodes],
    vms: [],
    windows: [],
    patch: nodes.map((node): PatchOperation => {
      const value = Math.round(works[workOf(node)].durationSeconds * (1 - SHORTER) * 1000) / 1000
      return { op: 'replace', path: `/request/maintenance/${workOf(node)}/durationSeconds`, value }
    }),
  })
  const percent = Math.round(SHORTER * 100)
  const first = tight[0]
  const links = new Set(problem.nodes.map(({ migrationMbps }) => migrationMbps))
  const slowest = least(links)
  const slow = problem.nodes.flatMap(({ migrationMbps }, n) => (migrationMbps === slowest ? [n] : []))
  return [
    ...(most > 1 && works.length > 1 ? [atOnce(most - 1)] : []),
    oneMoreHost(raw, problem),
    ...(most < works.length ? [atOnce(most + 1)] : []),
    ...(first === undefined
      ? []
      : [shorter([first.node], `the work on ${first.node} shorter by ${percent} %`)]),
    ...putOff(raw, problem, plan, maker),
    maker.link(slow, fasterLink(slowest)),
    ...(works.length > 1
      ? [
          shorter(
            works.map(({ node }) => node),
            `all works shorter by ${percent} %`,
          ),
        ]
      : []),
    ...(policy.returnHome
      ? [maker.policyChange('return-home', 'VMs need not go home', { returnHome: false })]
      : []),
    ...(most > 2 ? [atOnce(1)] : []),
  ]
}

/** Windows of one time together, as a night's backups are: first those that the longest wait of the chain meets, then the longest. */
function putOff(raw: Problem, problem: ResolvedProblem, plan: Plan, maker: ChangeMaker): Change[] {
  const until = Math.ceil(plan.makespanSeconds)
  const waits = changeovers(problem, plan).map((each) => ({
    from: each.before?.endSeconds ?? 0,
    until: each.after.startSeconds,
    seconds: each.seconds,
  }))
  const longest = waits.reduce((a, b) => (b.seconds > a.seconds ? b : a), { from: 0, until: 0, seconds: 0 })
  const spans = new Map<string, { startSeconds: number; endSeconds: number; sources: Set<number> }>()
  for (const { startSeconds, endSeconds, source } of problem.windows) {
    if (startSeconds >= plan.makespanSeconds) continue
    const key = `${startSeconds} ${endSeconds}`
    const span = spans.get(key) ?? { startSeconds, endSeconds, sources: new Set() }
    spans.set(key, span)
    span.sources.add(source)
  }
  const meets = (span: { startSeconds: number; endSeconds: number }) =>
    Math.max(0, Math.min(span.endSeconds, longest.until) - Math.max(span.startSeconds, longest.from))
  return [...spans.values()]
    .sort((a, b) => meets(b) - meets(a) || b.endSeconds - b.startSeconds - (a.endSeconds - a.startSeconds))
    .slice(0, WINDOWS)
    .map(({ startSeconds, endSeconds, sources }) => {
      // What is taken out moves those behind it: the last first.
      const changes = [...sources].sort((a, b) => b - a).map((source) => maker.window(source, until))
      if (changes.length === 1) return changes[0]
      const recurs = [...sources].some((source) => raw.windows?.[source]?.rrule !== undefined)
      const what = `the ${counted(sources.size, 'window')} from ${seconds(startSeconds)} to ${seconds(endSeconds)}`
      return {
        kind: 'window',
        change: recurs ? `without ${what}` : `${what} put off until ${seconds(until)}`,
        nodes: changes.flatMap(({ nodes }) => nodes),
        vms: changes.flatMap(({ vms }) => vms),
        windows: [...sources],
        patch: changes.flatMap(({ patch }) => patch),
      }
    })
}

/** A node as the largest that there is, empty, that is not worked on. */
function oneMoreHost(raw: Problem, problem: ResolvedProblem): Change {
  const largest = problem.nodes.reduce((a, b) => (b.state === 'up' && b.memoryMiB > a.memoryMiB ? b : a))
  const like = raw.nodes.find(({ id }) => id === largest.id)!
  let id = `${like.id} again`
  while (problem.nodeById.has(id)) id = `${id}, again`
  const { state: _, ...same } = like
  const patch: PatchOperation[] = [{ op: 'add', path: '/nodes/-', value: { ...same, id } }]
  const text = `one more host, empty, as ${like.id}: ${like.memoryMiB} MiB`
  return { kind: 'host', change: text, nodes: [], vms: [], windows: [], patch }
}

/** What the works at once are worth, once it has been planned. */
export function worthOfAtOnce(
  { policy }: ResolvedProblem,
  plan: Plan,
  planned: readonly Relaxation[],
): string[] {
  return planned.flatMap(({ kind, change, makespanSeconds, gain, patch }) => {
    if (kind !== 'works-at-once') return []
    const operation = patch.find(({ path }) => path.startsWith('/policy'))
    const value = operation !== undefined && 'value' in operation ? operation.value : undefined
    const k = typeof value === 'number' ? value : (value as { maintenanceAtOnce?: number }).maintenanceAtOnce
    if (k === undefined || k >= policy.maintenanceAtOnce) return []
    const more = gain.unplacedWeight < 0 ? ', and leaves more undone' : ''
    const difference = makespanSeconds - plan.makespanSeconds
    const worth = difference > 0 ? `is ${seconds(difference)} longer` : 'is no longer'
    return [`With ${change} the night ${worth}, as planned${more}: that is what they are worth.`]
  })
}
