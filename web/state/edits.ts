/** Changes of a problem, each of which gives a new one and leaves the old as it is: what is undone is still there. */
import { isoInstant } from '../../src/io/instant.js'
import { parseInstant } from '../../src/model/instant.js'
import {
  DEFAULT_POLICY,
  type Instant,
  type Policy,
  type Problem,
  type ProblemDrain,
  type ProblemWindow,
} from '../../src/model/problem.js'

/** What is to become of a node: nothing, emptied, or emptied, worked on and filled again. */
export type HostRole = 'stay' | 'empty' | 'patch'

/** Seconds of a work that nobody has said otherwise. */
export const USUAL_WORK = 3600

const nodeOfDrain = (drain: ProblemDrain) => (typeof drain === 'string' ? drain : drain.node)

export function roleOf({ request }: Problem, node: string): HostRole {
  if (request.maintenance?.some((work) => work.node === node)) return 'patch'
  return request.drain?.some((drain) => nodeOfDrain(drain) === node) ? 'empty' : 'stay'
}

/** Without what is empty, but for the moves where nothing else is asked. */
function withRequest(problem: Problem, changed: Problem['request']): Problem {
  const filled = Object.entries(changed).filter(([, value]) => !Array.isArray(value) || value.length > 0)
  const request = Object.fromEntries(filled) as Problem['request']
  return { ...problem, request: filled.length === 0 ? { moves: [] } : request }
}

export function withRole(problem: Problem, node: string, role: HostRole, workSeconds = USUAL_WORK): Problem {
  const { drain = [], maintenance = [], notTogether = [], ...rest } = problem.request
  if (roleOf(problem, node) === role) return problem
  const works =
    role === 'patch'
      ? [...maintenance, { node, durationSeconds: workSeconds }]
      : maintenance.filter((work) => work.node !== node)
  const worked = new Set(works.map((work) => work.node))
  const others = drain.filter((each) => nodeOfDrain(each) !== node)
  return withRequest(problem, {
    ...rest,
    drain: role === 'empty' ? [...others, node] : others,
    // What other works say of one that is dropped has no meaning any more.
    maintenance: works.map((work) => {
      const { after, ...own } = work
      const left = after?.filter((id) => worked.has(id)) ?? []
      return left.length === 0 ? own : { ...own, after: left }
    }),
    notTogether: notTogether
      .map((list) => list.filter((id) => worked.has(id)))
      .filter((list) => list.length > 1),
  })
}

export function workSecondsOf({ request }: Problem, node: string): number | undefined {
  return request.maintenance?.find((work) => work.node === node)?.durationSeconds
}

export function withWorkSeconds(problem: Problem, node: string, durationSeconds: number): Problem {
  const { maintenance = [] } = problem.request
  const works = maintenance.map((work) => (work.node === node ? { ...work, durationSeconds } : work))
  return withRequest(problem, { ...problem.request, maintenance: works })
}

export function withSlots(problem: Problem, node: string, slots: number): Problem {
  return { ...problem, nodes: problem.nodes.map((each) => (each.id === node ? { ...each, slots } : each)) }
}

/** `undefined` takes the policy back to its default. */
export function withPolicy<K extends keyof Policy>(
  problem: Problem,
  key: K,
  value: Policy[K] | undefined,
): Problem {
  const { [key]: _, ...others } = problem.policy ?? {}
  const isDefault = value === undefined || value === (DEFAULT_POLICY as Policy)[key]
  const policy = isDefault ? others : { ...others, [key]: value }
  const { policy: __, ...rest } = problem
  return Object.keys(policy).length === 0 ? rest : { ...rest, policy }
}

export function withStart(problem: Problem, start: string): Problem {
  return { ...problem, start }
}

/** Milliseconds of second 0; undefined where the problem has no start, or none that is right. */
export function startOf({
  start,
}: Pick<Problem, 'start'>): { epochMs: number; offsetMinutes: number } | undefined {
  const parsed = start === undefined ? 'missing' : parseInstant(start)
  return typeof parsed === 'string' ? undefined : parsed
}

/** From the problem's start; undefined where it is a date and the problem has no start. */
export function secondsOf(problem: Pick<Problem, 'start'>, instant: Instant): number | undefined {
  if (typeof instant === 'number') return instant
  const [start, parsed] = [startOf(problem), parseInstant(instant)]
  if (start === undefined || typeof parsed === 'string') return undefined
  return (parsed.epochMs - start.epochMs) / 1000
}

/** In the notation that the instant has: as it was written, but so many seconds later. Numbers stay within the plan. */
export function shifted(instant: Instant, seconds: number): Instant {
  if (typeof instant === 'number') return Math.max(0, instant + seconds)
  const parsed = parseInstant(instant)
  return typeof parsed === 'string' ? instant : isoInstant(parsed, seconds).replace('.000', '')
}

/** Of the first occurrence; undefined where its times cannot be told. */
export function spanOf(
  problem: Pick<Problem, 'start'>,
  window: ProblemWindow,
): { start: number; end: number } | undefined {
  const start = secondsOf(problem, window.start)
  const end = window.end === undefined ? undefined : secondsOf(problem, window.end)
  if (start === undefined) return undefined
  if (window.durationSeconds !== undefined) return { start, end: start + window.durationSeconds }
  return end === undefined ? undefined : { start, end }
}

const withWindows = (problem: Problem, windows: ProblemWindow[]): Problem => {
  const { windows: _, ...rest } = problem
  return windows.length === 0 ? rest : { ...rest, windows }
}

export function withWindow(problem: Problem, window: ProblemWindow): Problem {
  return withWindows(problem, [...(problem.windows ?? []), window])
}

export function withoutWindow(problem: Problem, index: number): Problem {
  return withWindows(
    problem,
    (problem.windows ?? []).filter((_, i) => i !== index),
  )
}

export function withChangedWindow(problem: Problem, index: number, change: Partial<ProblemWindow>): Problem {
  const windows = (problem.windows ?? []).map((window, i) => {
    if (i !== index) return window
    const merged = Object.entries({ ...window, ...change }).filter(([, value]) => value !== undefined)
    return Object.fromEntries(merged) as unknown as ProblemWindow
  })
  return withWindows(problem, windows)
}

/** Seconds that a window keeps at least when its edges are dragged. */
export const LEAST_WINDOW = 60

/**
 * Of a recurring window all occurrences move.
 * @param startBy seconds by which its start moves, @param endBy its end
 */
export function withMovedWindow(problem: Problem, index: number, startBy: number, endBy: number): Problem {
  const window = problem.windows?.[index]
  const span = window && spanOf(problem, window)
  if (window === undefined || span === undefined) return problem
  const start = shifted(window.start, startBy)
  const began = secondsOf(problem, start)!
  const length = Math.max(LEAST_WINDOW, span.end + endBy - began)
  if (window.durationSeconds !== undefined)
    return withChangedWindow(problem, index, { start, durationSeconds: length })
  return withChangedWindow(problem, index, { start, end: shifted(start, length) })
}
