/**
 * A failover cluster that the runbook's own text runs against: VMs that take their time to migrate, fail, get stuck and can be cancelled, in the
 * virtual clock of the interpreter. It keeps a record of all that was done to it, and of what a cluster would not have borne.
 */
import type { Problem } from '../../../src/model/problem.js'
import {
  Interpreter,
  type InterpreterOptions,
  PSObject,
  psObject,
  type Value,
} from '../../powershell/interpreter/index.js'
import type { Done } from './nights.js'

export type Fate = 'ends' | 'fails' | 'sticks'

/** What becomes of an attempt. */
export interface Course {
  fate: Fate
  /** How long it takes, as a part of the planned duration. */
  factor: number
}

export interface Attempt {
  vm: string
  kind: 'live' | 'quick' | 'save' | 'stop' | 'start'
  from: string
  to: string
  startSeconds: number
  /** Undefined while it is under way. */
  endSeconds: number | undefined
  outcome: 'ended' | 'failed' | 'cancelled' | undefined
}

interface Machine {
  name: string
  owner: string
  memoryMiB: number
  state: 'Running' | 'Off' | 'Saved' | 'Stopping' | 'Starting' | 'Saving'
  pending: boolean
  phase: number
  busy: string
  compatibility: boolean
  attempt: Attempt | undefined
  arriving: string | undefined
  /** Of a restart: since when, and where it ran. */
  stopped: { from: string; startSeconds: number } | undefined
}

/** Ends the process that runs the script. A script cannot catch it. */
export class Killed extends Error {}

export interface ClusterOptions extends InterpreterOptions {
  /** Planned seconds of an attempt. */
  plannedSeconds(vm: string, from: string, to: string): number
  course?(attempt: Attempt, number: number): Course
  autoBalancerMode?: number
  maximumParallelMigrations?: number
}

const CANCEL_SECONDS = 2

export class NightCluster {
  readonly interpreter: Interpreter
  readonly vms = new Map<string, Machine>()
  readonly nodes = new Map<string, { name: string; state: string; memoryMiB: number }>()
  readonly attempts: Attempt[] = []
  /** Migrations that took place, in seconds of the clock. */
  readonly done: Done[] = []
  /** What was asked of the cluster that it would have refused, or suffered from. */
  readonly abuses: string[] = []
  readonly cluster = new PSObject('Microsoft.FailoverClusters.PowerShell.Cluster')
  /** Answers of Compare-VM: messages for a VM and a node. */
  readonly incompatible = new Map<string, string>()
  readonly #options: ClusterOptions
  /** Calls until the process is killed; Infinity: never. */
  callsLeft = Infinity
  /** Asked before each call; an error that it throws is the cluster's answer. */
  beforeCall: (() => void) | undefined

  constructor(problem: Problem, options: ClusterOptions) {
    this.#options = options
    this.interpreter = new Interpreter({ limits: { steps: 200_000_000 }, ...options })
    for (const { id, state, memoryMiB } of problem.nodes) {
      const name = state === 'paused' ? 'Paused' : state === 'down' ? 'Down' : 'Up'
      this.nodes.set(id, { name: id, state: name, memoryMiB })
    }
    for (const vm of problem.vms) {
      const state = vm.state === 'off' ? 'Off' : vm.state === 'saved' ? 'Saved' : 'Running'
      this.vms.set(vm.id, {
        name: vm.id,
        owner: vm.node,
        memoryMiB: vm.memoryMiB,
        state,
        pending: false,
        phase: 0,
        busy: '',
        compatibility: false,
        attempt: undefined,
        arriving: undefined,
        stopped: undefined,
      })
    }
    this.cluster.set('Name', 'CL01')
    this.cluster.set('AutoBalancerMode', options.autoBalancerMode ?? 0)
    this.cluster.set('MaximumParallelMigrations', options.maximumParallelMigrations ?? 9)
    this.#register()
  }

  get #now(): number {
    return this.interpreter.clock.seconds
  }

  /** The process dies: its locks are gone, what it started in the cluster goes on. */
  revive(): void {
    this.callsLeft = Infinity
    this.interpreter.runtime.locks.clear()
  }

  tick(): void {
    if (this.callsLeft-- <= 0) throw new Killed('killed')
  }

  /** VMs of which something other than a live migration never ends. */
  get stranded(): string[] {
    return this.attempts.filter((a) => a.kind !== 'live' && a.outcome === undefined).map(({ vm }) => vm)
  }

  #machine(name: string): Machine {
    return this.vms.get(name)!
  }

  /** MiB that a node has free, arrivals counted from their start. */
  freeMiB(node: string): number {
    let used = 0
    for (const vm of this.vms.values()) {
      const holds = vm.state !== 'Off' && vm.state !== 'Saved'
      if (holds && vm.owner === node) used += vm.memoryMiB
      if (holds && vm.arriving === node) used += vm.memoryMiB
    }
    return this.nodes.get(node)!.memoryMiB - used
  }

  #begin(
    vm: Machine,
    kind: Attempt['kind'],
    to: string,
  ): { attempt: Attempt; course: Course; seconds: number } {
    if (vm.attempt) this.abuses.push(`${vm.name}: ${kind} during ${vm.attempt.kind}`)
    const attempt: Attempt = {
      vm: vm.name,
      kind,
      from: vm.owner,
      to,
      startSeconds: this.#now,
      endSeconds: undefined,
      outcome: undefined,
    }
    const course = this.#options.course?.(attempt, this.attempts.length) ?? { fate: 'ends', factor: 1 }
    this.attempts.push(attempt)
    vm.attempt = attempt
    return { attempt, course, seconds: this.#options.plannedSeconds(vm.name, vm.owner, to) * course.factor }
  }

  #end(vm: Machine, attempt: Attempt, outcome: NonNullable<Attempt['outcome']>): void {
    attempt.endSeconds = this.#now
    attempt.outcome = outcome
    vm.attempt = undefined
    vm.arriving = undefined
    vm.pending = false
  }

  /** Live, or quick where it is off, saved, or to be saved on the way. */
  move(name: string, to: string, type: string): void {
    const vm = this.#machine(name)
    if (vm.attempt) throw new Error('The operation is already in progress.')
    if (this.nodes.get(to)?.state !== 'Up') throw new Error(`The node ${to} is not available.`)
    if (type === 'Live' && vm.state !== 'Running') throw new Error('The virtual machine is not running.')
    const runs = vm.state === 'Running'
    if (runs && this.freeMiB(to) < vm.memoryMiB - 1e-6) this.abuses.push(`${name}: ${to} has no room`)
    const kind = type === 'Live' ? 'live' : 'quick'
    const { attempt, course, seconds } = this.#begin(vm, kind, to)
    vm.arriving = to
    vm.phase = type === 'Live' ? 1 : 0
    vm.pending = type !== 'Live'
    const clock = this.interpreter.clock
    if (type === 'Live')
      clock.scheduleAfter(Math.min(3, seconds / 2), () => vm.attempt === attempt && (vm.phase = 2))
    if (course.fate === 'sticks') return
    clock.scheduleAfter(seconds, () => {
      if (vm.attempt !== attempt) return
      const failed = course.fate === 'fails'
      if (!failed) vm.owner = to
      vm.phase = failed && type === 'Live' ? 5 : 0
      this.#end(vm, attempt, failed ? 'failed' : 'ended')
      if (failed || (vm.stopped !== undefined && vm.state === 'Off')) return
      this.#record(attempt, runs && type !== 'Live' ? 'save' : 'live', attempt.startSeconds)
    })
  }

  #record(attempt: Attempt, kind: Done['kind'], startSeconds: number, from = attempt.from): void {
    this.done.push({ vm: attempt.vm, from, to: attempt.to, kind, startSeconds, endSeconds: this.#now })
  }

  cancel(name: string): void {
    const vm = this.#machine(name)
    const { attempt } = vm
    if (!attempt || attempt.kind !== 'live') throw new Error('There is no live migration to cancel.')
    this.interpreter.clock.scheduleAfter(CANCEL_SECONDS, () => {
      if (vm.attempt !== attempt) return
      vm.phase = 4
      this.#end(vm, attempt, 'cancelled')
    })
  }

  /** Stop, start or save, as a job. */
  #job(
    vm: Machine,
    kind: 'stop' | 'start' | 'save',
    during: Machine['state'],
    after: Machine['state'],
  ): PSObject {
    const before = vm.state
    const { attempt, course, seconds } = this.#begin(vm, kind, vm.owner)
    if (kind === 'stop') vm.stopped = { from: vm.owner, startSeconds: this.#now }
    vm.state = during
    vm.pending = true
    const reason = psObject({ Message: 'The guest did not answer.' })
    const child = psObject({ JobStateInfo: psObject({ Reason: reason }) })
    const job = psObject({ State: 'Running', ChildJobs: [child] })
    if (course.fate === 'sticks') return job
    this.interpreter.clock.scheduleAfter(Math.max(1, seconds * (kind === 'save' ? 1 : 0.3)), () => {
      const failed = course.fate === 'fails'
      vm.state = failed ? before : after
      job.set('State', failed ? 'Failed' : 'Completed')
      this.#end(vm, attempt, failed ? 'failed' : 'ended')
      if (failed) return
      if (kind === 'save') this.#record(attempt, 'save-in-place', attempt.startSeconds)
      if (kind !== 'start' || vm.stopped === undefined) return
      const { from, startSeconds } = vm.stopped
      vm.stopped = undefined
      if (from !== vm.owner) this.#record(attempt, 'restart', startSeconds, from)
    })
    return job
  }

  #groupState(vm: Machine): string {
    if (vm.pending) return 'Pending'
    return vm.state === 'Running' ? 'Online' : 'Offline'
  }

  #register(): void {
    const register: Interpreter['register'] = (name, parameters, run, options) =>
      this.interpreter.register(
        name,
        parameters,
        (args, ctx) => {
          this.tick()
          try {
            this.beforeCall?.()
            return run(args, ctx)
          } catch (error) {
            // What a cluster refuses, a script may catch.
            if (error instanceof Error && error.constructor === Error) return ctx.fail(error.message)
            throw error
          }
        },
        options,
      )
    const any = {}
    const risky = { shouldProcess: true }
    const cluster = { Cluster: { type: 'string' } }
    const nameOf = (value: Value) => (value as PSObject).get('Name') as string
    const vmOf = (value: Value) => this.#machine(nameOf(value))

    register('Get-Cluster', { Name: { type: 'string', position: 0 } }, () => this.cluster)
    register('Get-ClusterNode', cluster, () =>
      [...this.nodes.values()].map(({ name, state }) => psObject({ Name: name, State: state })),
    )
    register('Get-ClusterGroup', cluster, () => [
      ...[...this.vms.values()].map((vm) =>
        psObject({
          Name: vm.name,
          OwnerNode: psObject({ Name: vm.owner }),
          State: this.#groupState(vm),
          GroupType: 'VirtualMachine',
        }),
      ),
      psObject({
        Name: 'Cluster Group',
        OwnerNode: psObject({ Name: 'N0' }),
        State: 'Online',
        GroupType: 'Cluster',
      }),
    ])
    register('Get-ClusterResource', cluster, () =>
      [...this.vms.values()].flatMap(({ name }) => [
        psObject({
          Name: `Virtual Machine Configuration ${name}`,
          ResourceType: 'Virtual Machine Configuration',
          OwnerGroup: psObject({ Name: name }),
        }),
        psObject({
          Name: `Virtual Machine ${name}`,
          ResourceType: 'Virtual Machine',
          OwnerGroup: psObject({ Name: name }),
        }),
      ]),
    )
    register('Get-ClusterParameter', { InputObject: any }, ({ InputObject }) => {
      const vm = this.#machine(nameOf((InputObject as PSObject).get('OwnerGroup')))
      return [
        psObject({ Name: 'VmID', Value: `id of ${vm.name}` }),
        psObject({ Name: 'MigrationState', Value: vm.phase }),
      ]
    })
    register(
      'Move-ClusterVirtualMachineRole',
      {
        InputObject: any,
        Node: { type: 'string' },
        MigrationType: { type: 'string' },
        Wait: { type: 'int' },
        Cancel: { type: 'switch' },
      },
      (args) => {
        const name = nameOf(args.InputObject)
        if (args.Cancel !== undefined) this.cancel(name)
        else if (args.Wait !== 0) throw new Error('This would hold up the runbook.')
        else this.move(name, args.Node as string, args.MigrationType as string)
        return psObject({ Name: name })
      },
    )
    register('Get-VM', { ComputerName: { type: 'string' }, Id: { type: 'string' } }, (args) => {
      const vm = [...this.vms.values()].find(({ name }) => `id of ${name}` === args.Id)
      if (!vm || vm.owner !== args.ComputerName)
        throw new Error('Hyper-V was unable to find a virtual machine.')
      return psObject({
        Name: vm.name,
        State: vm.state,
        MemoryAssigned: vm.state === 'Running' ? vm.memoryMiB * 1048576 : 0,
        PrimaryOperationalStatus: vm.busy === '' ? 'Ok' : 'InService',
        SecondaryOperationalStatus: vm.busy === '' ? null : vm.busy,
      })
    })
    register('Get-VMHost', { ComputerName: { type: 'string' } }, () =>
      psObject({ MaximumVirtualMachineMigrations: 2 }),
    )
    register(
      'Compare-VM',
      { VM: any, DestinationHost: { type: 'string' } },
      ({ VM, DestinationHost }) => {
        const message = this.incompatible.get(`${nameOf(VM)} ${DestinationHost as string}`)
        return psObject({ Incompatibilities: message === undefined ? [] : [psObject({ Message: message })] })
      },
      risky,
    )
    register(
      'Get-CimInstance',
      { ClassName: { type: 'string' }, ComputerName: { type: 'string' }, Filter: { type: 'string' } },
      ({ ClassName, ComputerName }) => {
        if (ClassName !== 'Win32_OperatingSystem') return undefined
        return psObject({ FreePhysicalMemory: Math.floor(this.freeMiB(ComputerName as string) * 1024) })
      },
    )
    const job = { VM: any, AsJob: { type: 'switch' } }
    register('Stop-VM', job, ({ VM }) => this.#job(vmOf(VM), 'stop', 'Stopping', 'Off'), risky)
    register('Start-VM', job, ({ VM }) => this.#job(vmOf(VM), 'start', 'Starting', 'Running'), risky)
    register('Save-VM', job, ({ VM }) => this.#job(vmOf(VM), 'save', 'Saving', 'Saved'), risky)
    register(
      'Set-VMProcessor',
      { VM: any, CompatibilityForMigrationEnabled: any, CompatibilityForMigrationMode: any },
      ({ VM, CompatibilityForMigrationMode }) => {
        const vm = vmOf(VM)
        if (vm.state !== 'Off') throw new Error('The virtual machine must be off.')
        // Of every second VM the configuration version is too old for a mode.
        if (CompatibilityForMigrationMode !== undefined && vm.name.length % 2 === 0)
          throw new Error('Not supported.')
        vm.compatibility = true
      },
      risky,
    )
  }
}
