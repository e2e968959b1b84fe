/** `request.maintenance` and what goes with it: the works on nodes, and what cannot be meant. */
import { normaliseFeature, normaliseFeatures } from './cpu/features.js'
import type { IdRegister } from './ids.js'
import { type IssueList, isArray, quote, show } from './issues.js'
import type { Instant, Policy, ResolvedProblem, ResolvedWork } from './problem.js'
import { explainText, isId, maintenanceSchema } from './schema.js'
import { eachElement, parseObject } from './shape.js'
import { type PlanStart, readMoment } from './windows.js'

export type Maintenance = Pick<ResolvedProblem, 'works' | 'notTogether'>

/** @param request the keys of `request`, unchecked */
export function readMaintenance(
  request: Readonly<Record<string, unknown>>,
  nodeIds: IdRegister,
  start: PlanStart,
  issues: IssueList,
): Maintenance {
  const notTogether: (readonly string[])[] = []
  eachElement(request.notTogether, 'request.notTogether', issues, (raw, path) => {
    notTogether.push(readNodes(raw, path, nodeIds, issues))
  })
  if (request.maintenance === undefined) return { works: undefined, notTogether }
  const works: ResolvedWork[] = []
  const listed = new Map<string, string>()
  eachElement(request.maintenance, 'request.maintenance', issues, (raw, path) => {
    const { value, record } = parseObject(maintenanceSchema, raw, path, issues)
    nodeIds.check(record.node, `${path}.node`)
    if (value === undefined) return
    const { node, earliestStart, latestEnd, featuresAfter, ...facts } = value
    const first = listed.get(node)
    if (first === undefined) listed.set(node, path)
    else issues.add(`${path}.node`, `${quote(node)} is maintained by ${first} already; name each node once`)
    const secondsOf = (instant: Instant | undefined, key: string, otherwise: number) =>
      instant === undefined
        ? otherwise
        : (readMoment(instant, `${path}.${key}`, { start, issues })?.seconds ?? otherwise)
    works.push({
      node,
      ...facts,
      earliestStartSeconds: secondsOf(earliestStart, 'earliestStart', 0),
      latestEndSeconds: secondsOf(latestEnd, 'latestEnd', Number.POSITIVE_INFINITY),
      featuresAfter: foldFeatures(featuresAfter, `${path}.featuresAfter`, issues),
    })
  })
  works.forEach(({ after }, w) => {
    checkPredecessors(after, `request.maintenance[${w}].after`, works[w], listed, issues)
  })
  requireOrder(works, issues)
  return { works, notTogether }
}

function readNodes(raw: unknown, path: string, nodeIds: IdRegister, issues: IssueList): string[] {
  const nodes: string[] = []
  if (!isArray(raw)) issues.add(path, `${show(raw)} is not an array; write the ids of nodes, in [ ]`)
  eachElement(raw, path, issues, (id, place) => {
    if (!isId(id)) issues.add(place, explainText(id, 'the id of a node'))
    else if (nodes.includes(id as string))
      issues.add(place, `${quote(id as string)} is in the list already; name each node once`)
    else {
      nodeIds.check(id, place)
      nodes.push(id as string)
    }
  })
  return nodes
}

function foldFeatures(
  names: readonly string[] | undefined,
  path: string,
  issues: IssueList,
): readonly string[] | undefined {
  const empty = names?.find((name) => normaliseFeature(name) === '')
  if (empty !== undefined) issues.add(path, `${quote(empty)} names no feature; write one such as "avx2"`)
  return names === undefined ? undefined : normaliseFeatures(names)
}

function checkPredecessors(
  after: readonly string[],
  path: string,
  work: ResolvedWork,
  listed: ReadonlyMap<string, string>,
  issues: IssueList,
): void {
  after.forEach((node, i) => {
    const here = `${path}[${i}]`
    if (!listed.has(node)) {
      issues.add(here, `${quote(node)} is not the node of a work; write one of those in request.maintenance`)
    } else if (node === work.node) issues.add(here, 'is the same node; leave it out')
    else if (after.indexOf(node) < i)
      issues.add(here, `${quote(node)} is in the list already; name each node once`)
  })
}

const RANK = { first: 0, any: 1, last: 2 }

/** `after` holds no cycle, and does not go against `position`. */
function requireOrder(works: readonly ResolvedWork[], issues: IssueList): void {
  const indexOf = new Map(works.map(({ node }, w) => [node, w]))
  const before = works.map(({ node, after }) =>
    after.flatMap((name) => (name === node ? [] : (indexOf.get(name) ?? []))),
  )
  before.forEach((earlier, w) => {
    for (const e of earlier) {
      if (RANK[works[e].position] <= RANK[works[w].position]) continue
      const position = `${quote(works[e].node)} is "${works[e].position}" and ${quote(works[w].node)} "${works[w].position}"`
      issues.add(
        `request.maintenance[${w}].after`,
        `contradicts the positions: ${position}; change one of them`,
      )
    }
  })
  const open = before.map((earlier) => new Set(earlier))
  let left = open.map((_, w) => w)
  for (;;) {
    const free = left.filter((w) => open[w].size === 0)
    if (free.length === 0) break
    left = left.filter((w) => open[w].size > 0)
    for (const w of left) for (const f of free) open[w].delete(f)
  }
  if (left.length === 0) return
  const names = left.slice(0, 5).map((w) => quote(works[w].node))
  const more = left.length > 5 ? ` and ${left.length - 5} more` : ''
  const message = `leads round in a circle, or behind one (${names.join(', ')}${more}); take one of them out`
  issues.add(`request.maintenance[${left[0]}].after`, message)
}

/** What works and the rest of the request ask of one node or VM agrees. */
export function requireConsistentWorks(
  { works = [], moves, drains }: Pick<ResolvedProblem, 'works' | 'moves' | 'drains'>,
  vms: readonly { id: string; node: string; home?: string | undefined }[],
  policy: Policy | undefined,
  issues: IssueList,
): void {
  const maintained = new Map(works.map(({ node }, w) => [node, w]))
  for (const { node } of drains) {
    const w = maintained.get(node)
    if (w === undefined) continue
    const message = `${quote(node)} is drained too, and takes no VM again; name it in one of the lists`
    issues.add(`request.maintenance[${w}].node`, message)
  }
  if (policy?.returnHome !== true || maintained.size === 0) return
  const homes = new Map(vms.map(({ id, node, home }) => [id, home ?? node]))
  moves.forEach(({ vm, to }, m) => {
    const home = homes.get(vm)
    if (home === undefined || to?.includes(home) || !maintained.has(home)) return
    const message = `${to === undefined ? 'any other node' : to.map(quote).join(' or ')} is not ${quote(home)}, where policy.returnHome brings the VM back; leave the move out, or returnHome`
    issues.add(`request.moves[${m}].to`, message)
  })
}

type WithWorks = Pick<ResolvedProblem, 'works' | 'notTogether' | 'policy' | 'nodeById'>

/** Whether the request has the work on one node end before that on another begins: by `after`, or by their positions. */
export function orderOfWorks({ works = [] }: WithWorks): (earlier: string, later: string) => boolean {
  const workOf = new Map(works.map((work) => [work.node, work]))
  return (earlier, later) => {
    const [one, other] = [workOf.get(earlier)!, workOf.get(later)!]
    return other.after.includes(earlier) || RANK[one.position] < RANK[other.position]
  }
}

/** Whether the works on two nodes are never under way together: by `notTogether`, or since they lie in two domains. */
export function apartBy(problem: WithWorks): (a: string, b: string) => boolean {
  const domainOf = workDomainOf(problem)
  return (a, b) =>
    a !== b &&
    (domainOf(a) !== domainOf(b) || problem.notTogether.some((list) => list.includes(a) && list.includes(b)))
}

/** The domain within which works may be under way together, by node: '' where that is anywhere; a node without a domain is one of its own. */
export function workDomainOf({ policy, nodeById }: WithWorks): (node: string) => string {
  const kind = policy.maintenanceDomain
  if (kind === undefined) return () => ''
  return (node) => {
    const domain = nodeById.get(node)?.domains.get(kind)
    return domain === undefined ? `node ${node}` : `domain ${domain}`
  }
}
