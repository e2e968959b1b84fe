/**
 * A failover cluster of Hyper-V nodes in the virtual clock of an interpreter: migrations take their time, fail, get stuck, and are refused where a
 * real cluster refuses them. Everything that happens is recorded. `fake-cluster/cmdlets-*.ts` are the cmdlets on it, `fake-cluster/trace.ts` hands the
 * record to the project's checker.
 *
 * Reduced against reality: a migration above the limit of a node is refused at once, where a cluster may queue it; objects that cmdlets give are
 * snapshots; storage, networks and heartbeats do not exist; memory of a VM that leaves is free on its node when it has left.
 */
import { registerClusterCmdlets } from './fake-cluster/cmdlets-cluster.js'
import { registerHyperVCmdlets } from './fake-cluster/cmdlets-hyperv.js'
import type { ClusterSpec, Course, NodeState, TraceEntry, VmState } from './fake-cluster/types.js'
import { Interpreter, type InterpreterOptions, type PSObject, type Value } from './interpreter/index.js'

export type { ClusterSpec, Course, NodeState, TraceEntry, VmState } from './fake-cluster/types.js'

/** What a cluster refuses. The cmdlets make an error of PowerShell of it. */
export class Refused extends Error {}

const SETUP_SECONDS = 2
const CANCEL_SECONDS = 2

export class FakeCluster {
  readonly interpreter: Interpreter
  readonly spec: ClusterSpec
  readonly nodes = new Map<string, NodeState>()
  readonly vms = new Map<string, VmState>()
  readonly trace: TraceEntry[] = []
  /** Commands that were refused, with their instants. */
  readonly refusals: { atSeconds: number; message: string }[] = []
  /** What Get-CimInstance gives for a class, in lower case; a test may add some. */
  readonly cim = new Map<string, (node: NodeState) => PSObject[]>()
  maximumParallelMigrations: number
  autoBalancerMode: number
  #random: number
  readonly #attempts = new Map<string, number>()

  constructor(spec: ClusterSpec, options: InterpreterOptions = {}) {
    this.spec = spec
    this.interpreter = new Interpreter(options)
    this.maximumParallelMigrations = spec.maximumParallelMigrations ?? 1
    this.autoBalancerMode = spec.autoBalancerMode ?? 2
    this.#random = (spec.seed ?? 1) >>> 0
    for (const node of spec.nodes) this.nodes.set(node.name, { state: 'Up', answers: true, ...node })
    for (const [index, vm] of spec.vms.entries()) {
      if (!this.nodes.has(vm.node)) throw new RangeError(`VM ${vm.name} is on ${vm.node}, which is no node`)
      const id = `${String(index + 1).padStart(8, '0')}-0000-4000-8000-000000000000`
      const defaults = { state: 'Running', busy: 'None', phase: 0, compatibility: false } as const
      this.vms.set(vm.name, {
        ...defaults,
        id,
        compatibilityMode: 'MinimumFeatureSet',
        transit: undefined,
        ...vm,
      })
    }
    registerClusterCmdlets(this)
    registerHyperVCmdlets(this)
  }

  get now(): number {
    return this.interpreter.clock.seconds
  }

  vm(name: string): VmState {
    return this.vms.get(name) ?? this.refuse(`The group '${name}' was not found in the cluster.`)
  }

  node(name: string): NodeState {
    const found = [...this.nodes.values()].find((node) => node.name.toLowerCase() === name.toLowerCase())
    if (!found) return this.refuse(`The cluster node '${name}' was not found.`)
    return found
  }

  refuse(message: string): never {
    this.refusals.push({ atSeconds: this.now, message })
    throw new Refused(message)
  }

  /** MiB of the node that no VM holds. VMs that arrive hold theirs from the start on, VMs that leave until the end. */
  freeMiB(node: string): number {
    let free = this.nodes.get(node)!.memoryMiB
    for (const vm of this.vms.values()) {
      const holds = vm.state !== 'Off' && vm.state !== 'Saved'
      if (holds && vm.node === node) free -= vm.memoryMiB
      if (vm.transit?.memory && vm.transit.to === node && vm.node !== node) free -= vm.memoryMiB
    }
    return free
  }

  /** Live migrations under way that the node takes part in. */
  participation(node: string): number {
    const migrations = [...this.vms.values()].filter((vm) => vm.transit?.kind === 'live')
    return migrations.filter((vm) => vm.node === node || vm.transit?.to === node).length
  }

  /** From 0 to 1; mulberry32. */
  random(): number {
    this.#random = (this.#random + 0x6d2b79f5) >>> 0
    let t = this.#random
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }

  /** What becomes of the next attempt on the VM, and how long it takes: what the test scripted, else the planned time ± 30 %. */
  #course(vm: VmState, kind: TraceEntry['kind'], to: string): { course: Course; seconds: number } {
    const number = this.#attempts.get(vm.name) ?? 0
    this.#attempts.set(vm.name, number + 1)
    const course = this.spec.courses?.[vm.name]?.[number] ?? { fate: 'ends' }
    const planned = this.spec.plannedSeconds?.(vm.name, vm.node, to, kind) ?? this.#defaultSeconds(vm, kind)
    const factor = 1 + (this.spec.spread ?? 0.3) * (2 * this.random() - 1)
    return { course, seconds: course.seconds ?? Math.max(0.1, planned * factor) }
  }

  #defaultSeconds(vm: VmState, kind: TraceEntry['kind']): number {
    if (kind === 'live') return SETUP_SECONDS + vm.memoryMiB / 1000
    return kind === 'quick' || kind === 'save' ? SETUP_SECONDS + vm.memoryMiB / 400 : 30
  }

  #begin(vm: VmState, kind: TraceEntry['kind'], to: string, memory: boolean) {
    const { course, seconds } = this.#course(vm, kind, to)
    if (course.fate === 'refused')
      return this.refuse(course.message ?? `The operation on '${vm.name}' failed.`)
    const entry: TraceEntry = {
      vm: vm.name,
      kind,
      from: vm.node,
      to,
      startSeconds: this.now,
      endSeconds: undefined,
      outcome: undefined,
    }
    this.trace.push(entry)
    const transit = { kind, to, memory, entry }
    vm.transit = transit
    return { course, seconds, entry, transit }
  }

  #end(vm: VmState, entry: TraceEntry, outcome: NonNullable<TraceEntry['outcome']>): void {
    entry.endSeconds = this.now
    entry.outcome = outcome
    vm.transit = undefined
  }

  #refuseBusy(vm: VmState, what: string): void {
    if (vm.transit)
      this.refuse(
        `${what} of '${vm.name}' failed: the group is locked; an operation is already in progress on it.`,
      )
    if (vm.busy !== 'None')
      this.refuse(`${what} of '${vm.name}' failed: the virtual machine is busy (${vm.busy}).`)
  }

  /** Starts a live migration, or the quick migration of a VM that runs, is saved or is off. Throws `Refused`. */
  migrate(name: string, to: string, type: 'Live' | 'Quick'): TraceEntry {
    const vm = this.vm(name)
    const target = this.node(to)
    this.#refuseBusy(vm, 'Migration')
    if (target.state !== 'Up')
      this.refuse(`The node '${target.name}' is ${target.state}; it takes no groups.`)
    if (this.nodes.get(vm.node)!.state === 'Down') this.refuse(`The node '${vm.node}' is down.`)
    if (target.name === vm.node) this.refuse(`'${name}' is already on node '${target.name}'.`)
    if (vm.allowedNodes && !vm.allowedNodes.includes(target.name))
      this.refuse(`'${target.name}' is not a possible owner of '${name}' (0x80071398).`)
    const live = type === 'Live'
    if (live && vm.state !== 'Running')
      this.refuse(`The virtual machine '${name}' is not running; it cannot be live migrated.`)
    if (live) {
      for (const node of [vm.node, target.name])
        if (this.participation(node) >= this.maximumParallelMigrations)
          this.refuse(
            `Live migration of '${name}' failed: migration limit ${this.maximumParallelMigrations} was reached on '${node}'.`,
          )
    }
    const memory = vm.state === 'Running'
    if (memory && this.freeMiB(target.name) < vm.memoryMiB)
      this.refuse(`'${target.name}' has not enough memory for '${name}' (0x8007000E).`)
    const { course, seconds, entry, transit } = this.#begin(vm, live ? 'live' : 'quick', target.name, memory)
    const mismatch = this.incompatibilities(name, target.name)
    if (live) {
      vm.phase = 1
      this.#after(vm, transit, Math.min(SETUP_SECONDS, seconds / 2), () => {
        vm.phase = 2
      })
    }
    if (course.fate === 'sticks') return entry
    const fails = course.fate === 'fails' || (mismatch.length > 0 && vm.state !== 'Off')
    this.#after(vm, transit, fails && mismatch.length > 0 ? SETUP_SECONDS : seconds, () => {
      vm.phase = fails && live ? 5 : 0
      if (!fails) vm.node = target.name
      this.#end(vm, entry, fails ? 'failed' : 'ended')
    })
    return entry
  }

  #after(vm: VmState, transit: NonNullable<VmState['transit']>, seconds: number, run: () => void): void {
    this.interpreter.clock.scheduleAfter(seconds, () => {
      if (vm.transit === transit) run()
    })
  }

  cancel(name: string): void {
    const vm = this.vm(name)
    const live = vm.transit?.kind === 'live' ? vm.transit : undefined
    const transit = live ?? this.refuse(`There is no live migration of '${name}' to cancel.`)
    if (this.spec.uncancellable?.includes(name)) return
    this.#after(vm, transit, CANCEL_SECONDS, () => {
      vm.phase = 4
      this.#end(vm, transit.entry, 'cancelled')
    })
  }

  /** Shuts down, turns on or saves a VM where it is. Throws `Refused`. */
  operate(name: string, kind: 'stop' | 'start' | 'save'): TraceEntry {
    const vm = this.vm(name)
    this.#refuseBusy(vm, kind)
    const from = kind === 'start' ? ['Off', 'Saved'] : ['Running']
    if (!from.includes(vm.state))
      this.refuse(
        `'${name}' failed to ${kind}: the operation cannot be performed while the virtual machine is ${vm.state}.`,
      )
    if (kind === 'start' && this.freeMiB(vm.node) < vm.memoryMiB)
      this.refuse(`'${name}' could not initialize memory: not enough memory resources (0x8007000E).`)
    const before = vm.state
    const { course, seconds, entry, transit } = this.#begin(vm, kind, vm.node, kind !== 'start')
    vm.state = ({ stop: 'Stopping', start: 'Starting', save: 'Saving' } as const)[kind]
    if (course.fate === 'sticks') return entry
    this.#after(vm, transit, seconds, () => {
      const failed = course.fate === 'fails'
      vm.state = failed ? before : ({ stop: 'Off', start: 'Running', save: 'Saved' } as const)[kind]
      this.#end(vm, entry, failed ? 'failed' : 'ended')
    })
    return entry
  }

  /** A backup holds the VM during `[from, to)`: it cannot be migrated, and one that is migrating then is a conflict in the trace. */
  backUp(name: string, from: number, to: number): void {
    const { clock } = this.interpreter
    const vm = this.vm(name)
    clock.schedule(from, () => {
      if (vm.transit) vm.transit.entry.conflict = `a backup of '${name}' began at ${from} s`
      vm.busy = 'BackingUpVirtualMachine'
    })
    clock.schedule(to, () => {
      vm.busy = 'None'
    })
  }

  /** Messages of Compare-VM. */
  incompatibilities(vm: string, node: string): string[] {
    return this.spec.incompatible?.[vm]?.[node] ?? []
  }

  /** Waits in virtual time for the end of an operation, at most `seconds`. */
  wait(entry: TraceEntry, seconds = Number.POSITIVE_INFINITY): void {
    const until = this.now + seconds
    while (entry.outcome === undefined && this.now < until)
      this.interpreter.clock.advance(Math.min(1, until - this.now))
  }

  run(script: string, args: Record<string, Value> = {}) {
    return this.interpreter.run(script, args)
  }
}
