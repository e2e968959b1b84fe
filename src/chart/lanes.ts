/** A night as lanes with bars: by node, by VM, or by a kind of domain. */
import { append } from '../check/sweep.js'
import type { WindowKind } from '../model/problem.js'
import type { Night, NightMove, NightWork } from './night.js'

/** Share of its capacity from which on memory is shown as full. */
export const FULL = 0.9

/** `other`: a restart, a save, or what follows it. `inside`: live, between two nodes of one lane. */
export type Role = 'send' | 'receive' | 'inside' | 'other'

export interface Bar {
  start: number
  end: number
  /** The first of its rows, counted from 0 at the top of the lane, and how many it takes: one for each slot. */
  row: number
  rows: number
  role: Role
  /** Index of the night's move. */
  move: number
  /** Passed by the filter. */
  bright: boolean
}

export interface LaneWindow {
  kind: WindowKind
  start: number
  end: number
  /** Index into the problem's windows. */
  source: number
}

export interface Lane {
  label: string
  /** The lower bound rests on it. */
  decides: boolean
  rows: number
  /** By start. */
  bars: Bar[]
  windows: LaneWindow[]
  works: NightWork[]
  /** MiB, as in `NightNode`; undefined where a lane has none. */
  memory: { capacityMiB: number; steps: readonly number[] } | undefined
}

/** `node`, `vm`, or a kind of domain behind `domain:`. */
export type Grouping = 'node' | 'vm' | `domain:${string}`

/** Kinds of domain that some node has, sorted. */
export function domainKinds({ nodes }: Pick<Night, 'nodes'>): string[] {
  return [...new Set(nodes.flatMap(({ domains }) => Object.keys(domains)))].sort()
}

const ONE_OF_EACH = { from: 1, to: 1 }

interface Unpacked extends Omit<Bar, 'row'> {}

/** Each bar into the first rows that are free side by side; as many rows as that takes, or `least`. */
function pack(bars: readonly Unpacked[], least: number): { bars: Bar[]; rows: number } {
  const freeFrom: number[] = []
  const sorted = [...bars].sort((a, b) => a.start - b.start || a.end - b.end)
  const packed = sorted.map((bar) => {
    const isFree = (row: number) => (freeFrom[row] ?? 0) <= bar.start
    let row = 0
    for (let taken = row; taken < row + bar.rows; taken++) if (!isFree(taken)) row = taken + 1
    for (let i = 0; i < bar.rows; i++) freeFrom[row + i] = bar.end
    return { ...bar, row }
  })
  return { bars: packed, rows: Math.max(least, freeFrom.length) }
}

/** What forbids works alone is of interest where there are works. */
function windowsOf(night: Night, applies: (window: Night['windows'][number]) => boolean): Lane['windows'] {
  return night.windows
    .filter((window) => applies(window) && (window.kind !== 'no-work' || night.works.length > 0))
    .map(({ kind, start, end, source }) => ({ kind, start, end, source }))
}

const ofCluster = ({ vm, node }: Night['windows'][number]) => vm === undefined && node === undefined

/** The sum of several nodes' steps. */
function sumOfSteps(lists: readonly (readonly number[])[]): number[] {
  const changes: [number, number][] = []
  for (const list of lists)
    for (let i = 0; i < list.length; i += 2) changes.push([list[i], list[i + 1] - (list[i - 1] ?? 0)])
  const steps: number[] = []
  let level = 0
  for (const [at, delta] of changes.sort((a, b) => a[0] - b[0])) {
    level += delta
    if (steps.at(-2) === at) steps.length -= 2
    steps.push(at, level)
  }
  return steps
}

/** A lane for each place, which are the nodes or what they lie in. */
function lanesOfPlaces(night: Night, placeOf: (node: number) => string, bright: boolean[]): Lane[] {
  const members = new Map<string, number[]>()
  for (const n of night.nodes.keys()) append(members, placeOf(n), n)
  const bars = new Map<string, Unpacked[]>()
  night.moves.forEach(({ from, to, kind, start, end, slots = ONE_OF_EACH }, move) => {
    const [source, target] = [placeOf(from), placeOf(to)]
    const live = kind === 'live'
    const put = (place: string, role: Role, rows: number) =>
      append(bars, place, { start, end, rows, role: live ? role : 'other', move, bright: bright[move] })
    put(source, source === target ? 'inside' : 'send', slots.from)
    if (source !== target) put(target, 'receive', slots.to)
  })
  return [...members].map(([label, nodes]) => {
    const single = nodes.length === 1
    return {
      label,
      decides: nodes.some((n) => night.nodes[n].decides),
      ...pack(bars.get(label) ?? [], single ? Math.min(night.nodes[nodes[0]].slots, 4) : 1),
      windows: windowsOf(night, (w) => ofCluster(w) || (single && w.node === nodes[0])),
      works: night.works.filter(({ node }) => nodes.includes(node)),
      memory: {
        capacityMiB: nodes.reduce((sum, n) => sum + night.nodes[n].capacityMiB, 0),
        steps: single ? night.nodes[nodes[0]].memory : sumOfSteps(nodes.map((n) => night.nodes[n].memory)),
      },
    }
  })
}

function lanesOfVms(night: Night, bright: boolean[]): Lane[] {
  const bars: Unpacked[][] = night.vms.map(() => [])
  night.moves.forEach(({ vm, kind, start, end }, move) => {
    bars[vm].push({
      start,
      end,
      rows: 1,
      role: kind === 'live' ? 'inside' : 'other',
      move,
      bright: bright[move],
    })
  })
  return night.vms.map(({ id }, vm) => ({
    label: id,
    decides: false,
    ...pack(bars[vm], 1),
    windows: windowsOf(night, (w) => ofCluster(w) || w.vm === vm),
    works: [],
    memory: undefined,
  }))
}

/** Text that a filter searches, lower case. */
function textOf(night: Night, { vm, from, to, kind }: NightMove): string {
  const { id, groups = [] } = night.vms[vm]
  const names = [id, ...groups, kind, ...[from, to].map((n) => night.nodes[n].id)]
  return names.join('\n').toLowerCase()
}

/**
 * @param filter words, each of which has to be in the name of the VM, one of its groups, its nodes or the kind; lanes with nothing that
 * passes are left out, unless nothing does
 */
export function lanesOf(night: Night, grouping: Grouping, filter = ''): Lane[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean)
  const bright = night.moves.map((move) => {
    const text = words.length === 0 ? '' : textOf(night, move)
    return words.every((word) => text.includes(word))
  })
  const kind = grouping.slice('domain:'.length)
  const placeOf = (n: number) => {
    const { id, domains } = night.nodes[n]
    return grouping !== 'node' && Object.hasOwn(domains, kind) ? domains[kind] : id
  }
  const lanes = grouping === 'vm' ? lanesOfVms(night, bright) : lanesOfPlaces(night, placeOf, bright)
  if (words.length === 0) return lanes
  const passing = lanes.filter(({ bars }) => bars.some((bar) => bar.bright))
  return passing.length > 0 ? passing : lanes
}
