/** Changes of a problem, each in words and as a patch of the document as it was written. */

import { addAll } from '../lists.js'
import type { Change, PatchOperation, RelaxationKind } from '../model/explanation.js'
import type { Limit } from '../model/instance.js'
import type { Policy, Problem, ProblemVm, ResolvedProblem, Way } from '../model/problem.js'
import { ratioFor } from '../model/vcpus.js'
import { named, seconds } from './words.js'

/** Speeds that networks are sold in, Mbit/s. */
const LINK_SPEEDS = [1000, 2500, 5000, 10_000, 25_000, 40_000, 50_000, 100_000, 200_000, 400_000]

/** Makes changes; `raw` is the document that `problem` was resolved from, with the same VMs, nodes and windows at the same places. */
export class ChangeMaker {
  readonly #raw: Problem
  readonly #problem: ResolvedProblem

  constructor(raw: Problem, problem: ResolvedProblem) {
    this.#raw = raw
    this.#problem = problem
  }

  /** Each of the nodes takes part in one more migration at once; its link is then shared by one more. */
  slot(nodes: readonly number[]): Change {
    const ids = this.#nodeIds(nodes)
    const patch = nodes.map((n) => this.#node(n, 'slots', this.#problem.nodes[n].slots + 1))
    const now = new Set(nodes.map((n) => this.#problem.nodes[n].slots))
    const from = now.size === 1 ? ` (${[...now][0] + 1} instead of ${[...now][0]})` : ''
    return change('slot', `one more slot on ${named(ids)}${from}`, patch, { nodes: ids })
  }

  /** One more migration at once in the cluster. */
  limit({ policy, most }: Limit): Change {
    return change(
      'limit',
      `${policy} ${most + 1} instead of ${most}`,
      this.#policy({ [policy]: most + 1 }),
      {},
    )
  }

  /** The policy otherwise. */
  policyChange(kind: RelaxationKind, text: string, to: Partial<Policy>): Change {
    return change(kind, text, this.#policy(to), {})
  }

  /** One more line beside those of the network: as wide as the first is taken to be, alone. */
  network(index: number): Change {
    const { id, mbps, nodes } = this.#problem.networks[index]
    const text = `one more line on ${id}: ${2 * mbps} Mbit/s instead of ${mbps}`
    const patch = [{ op: 'replace' as const, path: `/networks/${index}/mbps`, value: 2 * mbps }]
    return change('network', text, patch, { nodes: [...nodes] })
  }

  /** The links of all the nodes at `mbps`. */
  link(nodes: readonly number[], mbps: number): Change {
    const ids = this.#nodeIds(nodes)
    const patch = nodes.map((n) => this.#node(n, 'migrationMbps', mbps))
    const now = nodes.length === 1 ? ` instead of ${this.#problem.nodes[nodes[0]].migrationMbps}` : ''
    return change('link', `a faster link on ${named(ids)}: ${mbps} Mbit/s${now}`, patch, { nodes: ids })
  }

  /** One migration of all the nodes gets up to `mbps`. */
  stream(nodes: readonly number[], mbps: number): Change {
    const ids = this.#nodeIds(nodes)
    const patch = nodes.map((n) => this.#node(n, 'streamMbps', mbps))
    const now = [...new Set(nodes.map((n) => this.#problem.nodes[n].streamMbps))].join(' or ')
    const text = `streams of ${mbps} Mbit/s instead of ${now} on ${named(ids)}: one stream's rate decides there`
    return change('stream', text, patch, { nodes: ids })
  }

  memory(node: number, moreMiB: number): Change {
    const { id, memoryMiB } = this.#problem.nodes[node]
    const patch = [this.#node(node, 'memoryMiB', memoryMiB + moreMiB)]
    return change('memory', `${moreMiB} MiB more memory on ${id}`, patch, { nodes: [id] })
  }

  /** The whole ratio of vCPUs to cores at which the node may run so many more. */
  vcpuRatio(node: number, more: number): Change {
    const { nodes, policy } = this.#problem
    const maxVcpusPerCore = ratioFor(nodes[node], policy, more)
    const text = `maxVcpusPerCore ${maxVcpusPerCore} instead of ${policy.maxVcpusPerCore}`
    return change('vcpus', text, this.#policy({ maxVcpusPerCore }), {})
  }

  /** Cores for so many more vCPUs. */
  cores(node: number, moreVcpus: number): Change {
    const { id, cores = 0 } = this.#problem.nodes[node]
    const more = Math.ceil(moreVcpus / (this.#problem.policy.maxVcpusPerCore ?? 1))
    const text = `${more} more ${more === 1 ? 'core' : 'cores'} on ${id}`
    return change('vcpus', text, [this.#node(node, 'cores', cores + more)], { nodes: [id] })
  }

  devices(node: number, device: string, more: number): Change {
    const { id, devices } = this.#problem.nodes[node]
    const all = { ...Object.fromEntries(devices), [device]: (devices.get(device) ?? 0) + more }
    return change('devices', `${more} more ${device} on ${id}`, [this.#node(node, 'devices', all)], {
      nodes: [id],
    })
  }

  resume(node: number): Change {
    const { id, state } = this.#problem.nodes[node]
    const how = state === 'down' ? 'brought up' : 'resumed'
    return change('node-state', `${id} ${how} (it is ${state})`, [this.#node(node, 'state', 'up')], {
      nodes: [id],
    })
  }

  /** The VMs may be stopped and started by the plan. */
  restartable(vms: readonly number[]): Change {
    const ids = this.#vmIds(vms)
    const patch = vms.flatMap((v) => {
      const { ways, restartable } = this.#problem.vms[v]
      if (ways !== undefined) return [this.#vm(v, 'ways', [...ways, 'restart'])]
      return restartable ? [] : [this.#vm(v, 'restartable', true)]
    })
    const byPolicy = vms.some((v) => this.#problem.vms[v].ways === undefined)
    const allowRestart = this.#problem.policy.allowRestart || !byPolicy
    if (!allowRestart) addAll(patch, this.#policy({ allowRestart: true }))
    const how = allowRestart ? '' : ', with allowRestart'
    return change('restart', `${named(ids)} may be restarted${how}`, patch, { vms: ids })
  }

  /** One more way for a VM whose ways are written out. */
  way(vm: number, way: Exclude<Way, 'restart'>): Change {
    const { id, ways = [] } = this.#problem.vms[vm]
    const how = { live: 'moved live', save: 'saved', stop: 'shut down where it is' }[way]
    const patch = [this.#vm(vm, 'ways', [...ways, way])]
    return change('ways', `${id} may be ${how} (${way} among its ways)`, patch, { vms: [id] })
  }

  allow(key: 'allowSave' | 'allowMakeRoom' | 'allowParking'): Change {
    const said = {
      allowSave: ['save', 'VMs may be saved, moved and resumed (allowSave)'],
      allowMakeRoom: ['make-room', 'VMs that were not asked for may move out of the way (allowMakeRoom)'],
      allowParking: ['parking', 'VMs may go by way of another node (allowParking)'],
    } as const
    const [kind, text] = said[key]
    return change(kind, text, this.#policy({ [key]: true }), {})
  }

  horizon(secondsLater: number): Change {
    const horizonSeconds = this.#problem.policy.horizonSeconds + secondsLater
    const text = `a horizon of ${seconds(horizonSeconds)} instead of ${seconds(this.#problem.policy.horizonSeconds)}`
    return change('horizon', text, this.#policy({ horizonSeconds }), {})
  }

  /** Of the VM's move, and of the drain of its node, as far as they have one. */
  deadline(vm: number, by: number): Change {
    const { id, node } = this.#problem.vms[vm]
    const patch: PatchOperation[] = []
    const whose: string[] = []
    const replace = (path: string, name: string) => {
      patch.push({ op: 'replace', path: `/request/${path}/by`, value: by })
      whose.push(name)
    }
    this.#problem.moves.forEach(({ vm: moved, bySeconds = by }, m) => {
      if (moved === id && bySeconds < by) replace(`moves/${m}`, `the move of ${id}`)
    })
    this.#problem.drains.forEach(({ node: drained, bySeconds = by }, d) => {
      if (drained === node && bySeconds < by) replace(`drain/${d}`, `the drain of ${node}`)
    })
    return change('deadline', `a deadline of ${seconds(by)} for ${named(whose)}`, patch, { vms: [id] })
  }

  /** Its VMs may migrate at the same time. */
  withoutSerial(group: string): Change {
    const patch: PatchOperation[] = []
    const ids: string[] = []
    this.#problem.vms.forEach(({ id, serial }, v) => {
      if (!serial.includes(group)) return
      ids.push(id)
      patch.push(
        this.#vm(
          v,
          'serial',
          serial.filter((each) => each !== group),
        ),
      )
    })
    return change('serial', `the VMs of the serial group ${group} may migrate at the same time`, patch, {
      vms: ids,
    })
  }

  withoutOrder(): Change {
    const patch: PatchOperation[] = [{ op: 'remove', path: '/request/order' }]
    return change('order', 'no order among the VMs of the request', patch, {})
  }

  anyOwner(vm: number): Change {
    const { id } = this.#problem.vms[vm]
    const patch: PatchOperation[] = [{ op: 'remove', path: `/vms/${vm}/allowedNodes` }]
    return change('allowed-nodes', `${id} may go to every node (no allowedNodes)`, patch, { vms: [id] })
  }

  withoutGroup(vm: number, group: string): Change {
    const { id, antiAffinity = [] } = this.#raw.vms[vm]
    const left = antiAffinity.filter((each) => (typeof each === 'string' ? each : each.group) !== group)
    const patch = [this.#vm(vm, 'antiAffinity', left)]
    return change('anti-affinity', `${id} leaves its anti-affinity group ${group}`, patch, { vms: [id] })
  }

  /**
   * A window out of the plan's way. One that occurs once is put off until `until` (seconds from the start), so that its backup is still
   * made; one that recurs, or `until` undefined: it is taken out whole.
   */
  window(index: number, until?: number): Change {
    const window = this.#raw.windows?.[index]
    const occurrence = this.#problem.windows.find((w) => w.source === index)
    if (window === undefined || occurrence === undefined) throw new Error(`there is no window ${index}`)
    const { kind, startSeconds, endSeconds, vm, node } = occurrence
    const what = `the ${kind} window of ${vm ?? node ?? 'the whole cluster'} (${seconds(startSeconds)} to ${seconds(endSeconds)})`
    const scope = {
      windows: [index],
      ...(vm === undefined ? {} : { vms: [vm] }),
      ...(node === undefined ? {} : { nodes: [node] }),
    }
    if (until === undefined || window.rrule !== undefined) {
      const patch: PatchOperation[] = [{ op: 'remove', path: `/windows/${index}` }]
      const all = window.rrule === undefined ? '' : ' and its recurrences'
      return change('window', `without ${what}${all}`, patch, scope)
    }
    const patch: PatchOperation[] = [{ op: 'replace', path: `/windows/${index}/start`, value: until }]
    if (window.end !== undefined) {
      const value = until + (endSeconds - startSeconds)
      patch.push({ op: 'replace', path: `/windows/${index}/end`, value })
    }
    return change('window', `${what} put off until ${seconds(until)}`, patch, scope)
  }

  #nodeIds(nodes: readonly number[]): string[] {
    return nodes.map((n) => this.#problem.nodes[n].id)
  }

  #vmIds(vms: readonly number[]): string[] {
    return vms.map((v) => this.#problem.vms[v].id)
  }

  #node(n: number, key: string, value: unknown): PatchOperation {
    return { op: 'add', path: `/nodes/${n}/${key}`, value }
  }

  #vm(v: number, key: keyof ProblemVm, value: unknown): PatchOperation {
    return { op: 'add', path: `/vms/${v}/${key}`, value }
  }

  #policy(change: Partial<Policy>): PatchOperation[] {
    if (this.#raw.policy === undefined) return [{ op: 'add', path: '/policy', value: change }]
    return Object.entries(change).map(([key, value]) => ({ op: 'add', path: `/policy/${key}`, value }))
  }
}

/** The next speed up that networks are sold in; twice the speed beyond them. */
export function fasterLink(mbps: number): number {
  return LINK_SPEEDS.find((speed) => speed > mbps) ?? 2 * mbps
}

function change(
  kind: RelaxationKind,
  text: string,
  patch: PatchOperation[],
  scope: { nodes?: string[]; vms?: string[]; windows?: number[] },
): Change {
  const { nodes = [], vms = [], windows = [] } = scope
  return { kind, change: text, nodes, vms, windows, patch }
}
