/** What the format document says about links, for the exact references: how long migrations take, and what they hold of nodes and networks. */
import {
  DEFAULT_POLICY,
  type Policy,
  type Problem,
  type ProblemNode,
  type ProblemVm,
} from '../../src/model/problem.js'

export type Taken = readonly [from: number, to: number]

const MBPS_OF_MIBPS = 8.388608
const roundUp = (seconds: number) => Math.ceil(seconds * 1000 - 1e-6)

export class Links {
  readonly problem: Problem
  readonly nodes: readonly ProblemNode[]
  readonly vms: readonly ProblemVm[]
  readonly policy: Policy

  constructor(problem: Problem) {
    this.problem = problem
    this.nodes = problem.nodes
    this.vms = problem.vms
    this.policy = { ...DEFAULT_POLICY, ...problem.policy }
  }

  ticks(seconds: number): number {
    return roundUp(seconds + this.policy.startLagSeconds)
  }

  /** Ticks, and seconds of blackout to the microsecond. */
  live(
    vm: ProblemVm,
    from: number,
    to: number,
    taken: Taken,
    givenSeconds?: number,
  ): { ticks: number; blackout: number } {
    const model = this.#modelled(vm, from, to, taken)
    const seconds = givenSeconds ?? model.seconds
    return {
      ticks: this.ticks(seconds),
      blackout: Math.round(Math.min(model.blackout, seconds) * 1e6) / 1e6,
    }
  }

  /** Of each end one slot, or all of them. */
  takes(vm: ProblemVm, from: number, to: number, givenSeconds: number | undefined): Taken[] {
    const running = (vm.state ?? 'running') === 'running'
    if (!this.policy.wideMigrations || !running || givenSeconds !== undefined) return [[1, 1]]
    const of = (n: number) => [...new Set([1, this.slots(n)])]
    return of(from).flatMap((a) => of(to).map((b): Taken => [a, b]))
  }

  slots(n: number): number {
    return this.nodes[n].slots ?? 1
  }

  get networks() {
    return (this.problem.networks ?? []).map((network) => ({
      mibps: (network.mbps * this.policy.linkEfficiency) / MBPS_OF_MIBPS,
      crossedBy: (from: number, to: number) =>
        network.nodes.includes(this.nodes[from].id) !== network.nodes.includes(this.nodes[to].id),
    }))
  }

  rate(vm: ProblemVm, from: number, to: number, taken: Taken): number {
    if ((vm.state ?? 'running') !== 'running') return 0
    const links = [from, to].map((n, end) => {
      const { migrationMbps, linkEfficiency = this.policy.linkEfficiency, streamMbps } = this.nodes[n]
      const most = streamMbps ?? this.policy.streamMbps ?? Number.POSITIVE_INFINITY
      return Math.min((taken[end] / this.slots(n)) * migrationMbps * linkEfficiency, most) / MBPS_OF_MIBPS
    })
    const crossed = this.networks.filter(({ crossedBy }) => crossedBy(from, to))
    return Math.min(...links, ...crossed.map(({ mibps }) => mibps))
  }

  #modelled(vm: ProblemVm, from: number, to: number, taken: Taken): { seconds: number; blackout: number } {
    const { policy } = this
    if ((vm.state ?? 'running') !== 'running') return { seconds: policy.setupSeconds, blackout: 0 }
    const rate = this.rate(vm, from, to, taken)
    let dirty = vm.copyMiB ?? vm.memoryMiB
    const factor = vm.durationFactor ?? 1
    let seconds = policy.setupSeconds
    for (let k = 1; ; k++) {
      const pass = dirty / rate
      seconds += factor * pass
      const next = Math.min(vm.workingSetMiB ?? vm.memoryMiB, (vm.dirtyMiBps ?? 0) * pass)
      if (next <= policy.stopThresholdMiB || next >= dirty || k >= policy.maxPasses) {
        return { seconds: seconds + (factor * next) / rate, blackout: (factor * next) / rate }
      }
      dirty = next
    }
  }
}
