/** Small problems, written in short. */
import type { Migration } from '../src/model/plan.js'
import type {
  Policy,
  Problem,
  ProblemMove,
  ProblemNetwork,
  ProblemNode,
  ProblemVm,
  ProblemWindow,
} from '../src/model/problem.js'

/** Megabits per second that make 100 MiB per second, at a link efficiency of 1 and one slot. */
export const MBPS_OF_100_MIB = 838.8608

/** `'A'`, or `'A 1500'`: with so many MiB. */
export function nodeOf<N extends { id: string }>(node: string | N): N {
  if (typeof node !== 'string') return node
  const [id, memory] = node.split(' ')
  return { id, ...(memory === undefined ? {} : { memoryMiB: Number(memory) }) } as { id: string } as N
}

/** `'a@A'`: VM a on node A; `'a@A 400'`: with so many MiB. */
export function vmOf<V extends { id: string; node: string }>(vm: string | V): V {
  if (typeof vm !== 'string') return vm
  const [id, node, memory] = vm.split(/[@ ]/)
  return { ...nodeOf<V>(memory === undefined ? id! : `${id} ${memory}`), node: node! }
}

/** `'a>B'`: VM a to node B; `'a>B 10'`: in so many seconds. */
export function moveOf(move: string | ProblemMove): ProblemMove {
  if (typeof move !== 'string') return move
  const [vm, to = '', seconds] = move.split(/[> ]/)
  const targets = to.split('|')
  return {
    vm: vm!,
    ...(to === '' ? {} : { to: targets.length === 1 ? to : targets }),
    ...(seconds === undefined ? {} : { durationSeconds: Number(seconds) }),
  }
}

export const INTEL = { vendor: 'Intel' as const, features: ['sse4_2', 'avx2'] }

/** Hosts as cheap as may be, on 10 Gbit/s. */
export const hostsOf = (memoryMiB: number, ...ids: string[]): ProblemNode[] =>
  ids.map((id) => ({ id, cpu: { vendor: 'Intel', features: [] }, memoryMiB, migrationMbps: 10_000 }))

export type NodeParts = Partial<ProblemNode> & { id: string }
export type VmParts = Partial<ProblemVm> & { id: string; node: string }

export interface ProblemParts {
  nodes: (string | NodeParts)[]
  vms: (string | VmParts)[]
  windows?: ProblemWindow[]
  networks?: ProblemNetwork[]
  request: Pick<Problem['request'], 'drain' | 'order' | 'maintenance' | 'notTogether' | 'balance'> & {
    moves?: (string | ProblemMove)[]
  }
  policy?: Partial<Policy>
}

/** Nodes of 10,000 MiB at 100 MiB per second, VMs of 1,000 MiB (10 s without set-up), unless said otherwise; a problem as it is. */
export function problemOf(parts: ProblemParts | Problem): Problem {
  if ('version' in parts) return parts
  const { moves, ...rest } = parts.request
  return {
    version: 1,
    nodes: parts.nodes.map((node) => ({
      cpu: INTEL,
      memoryMiB: 10_000,
      migrationMbps: MBPS_OF_100_MIB,
      ...nodeOf(node),
    })),
    vms: parts.vms.map((vm) => ({ memoryMiB: 1000, dirtyMiBps: 0, ...vmOf(vm) })),
    ...(parts.windows === undefined ? {} : { windows: parts.windows }),
    ...(parts.networks === undefined ? {} : { networks: parts.networks }),
    request: { ...rest, ...(moves === undefined ? {} : { moves: moves.map(moveOf) }) },
    policy: { linkEfficiency: 1, setupSeconds: 0, ...parts.policy },
  }
}

type Span = Pick<Migration, 'vm' | 'from' | 'to' | 'startSeconds' | 'endSeconds'>

/** A live migration in round 0 without blackout or losses unless said otherwise. */
export function migrationOf(parts: Span & Partial<Migration>): Migration {
  return { kind: 'live', round: 0, blackoutSeconds: 0, lostOffloads: [], lostFeatures: [], ...parts }
}

/** `leg('vm A>B 0-12', …)`. */
export function leg(text: string, rest: Partial<Migration> = {}): Migration {
  const [, vm, from, to, start, end] = /^(\S+) (\S+)>(\S+) ([\d.]+)-([\d.]+)$/.exec(text)!
  const span = { vm: vm!, from: from!, to: to!, startSeconds: Number(start), endSeconds: Number(end) }
  return migrationOf({ ...span, ...rest })
}
