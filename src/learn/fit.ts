/**
 * Fits the duration model to what was seen: log seconds = log(set-up + copying), with Student-t errors, so that an outlier counts little
 * (Lange, Little & Taylor 1989), by iteratively reweighted Gauss–Newton steps. Effects of nodes and VMs are shrunk towards none, as
 * random effects are (Robinson 1991): what was seen once moves little.
 */
import { CholeskyDecomposition, Matrix } from 'ml-matrix'
import { append, greatest } from '../lists.js'
import { liveDuration } from '../model/duration.js'
import { MBPS_PER_MIBPS } from '../model/networks.js'
import type { ResolvedNode } from '../model/problem.js'
import type { Observation } from './observations.js'

/** Degrees of freedom of the errors: about one in fifty is an outlier. */
const FREEDOM = 4
/** Spread of what is not known beforehand, as standard deviations of logarithms: of the cluster's efficiency, its set-up, a node's efficiency. */
const PRIOR = { rate: 2, setup: 1, node: 0.15 }
const PRIORS = [PRIOR.rate, PRIOR.setup]
/** Nodes are alike, or one is very different: degrees of freedom of their effects. */
const FREEDOM_OF_NODES = 2
/** Residuals are never taken to be smaller than this, relative: nobody's clock is better. */
const LEAST_SPREAD = 0.02
/** The part of what is left unexplained that comes again for the same VM, as long as nothing says more. */
const VM_SHARE = 0.5
/** VMs seen on several nights from which that part is worked out. */
const VMS_FOR_SHARE = 10
const STEPS = 40
const DIFFERENCE = 1e-4

/** Which effects are fitted beside efficiency and set-up, which are always. */
export interface Effects {
  nodes: boolean
  vms: boolean
}

export interface Fit {
  /** Factor on every rate. */
  rate: number
  setupSeconds: number
  /** Further factor on the rate of a node, by id. */
  nodes: ReadonlyMap<string, number>
  /** Factor on the copying time of a VM, by id. */
  vms: ReadonlyMap<string, number>
  /** Relative spread of what was seen around what the fit says: a standard deviation without outliers. */
  spread: number
  /** Standard errors of the logarithms, by the same names. */
  errors: { rate: number; setup: number; nodes: ReadonlyMap<string, number> }
}

/** What `fit` finds without anything seen. */
export function unlearned(setupSeconds: number): Fit {
  return {
    rate: 1,
    setupSeconds,
    nodes: new Map(),
    vms: new Map(),
    spread: 0,
    errors: { rate: PRIOR.rate, setup: PRIOR.setup, nodes: new Map() },
  }
}

/** MiB per second that it had: what each end's link gave it, and no more than one stream. */
function rateOf({ from, to, share }: Observation, factor: (node: ResolvedNode) => number): number {
  const end = (node: ResolvedNode, part: number) =>
    factor(node) * Math.min(node.migrationMbps * node.linkEfficiency * part, node.streamMbps)
  return Math.min(end(from, share.from), end(to, share.to)) / MBPS_PER_MIBPS
}

/** What the model says of it with these figures, seconds. */
export function predict(seen: Observation, fit: Fit, policy: PassPolicy): number {
  const rate = rateOf(seen, (node) => fit.rate * (fit.nodes.get(node.id) ?? 1))
  return secondsOf(seen, rate, fit.setupSeconds, fit.vms.get(seen.vm.id) ?? 1, policy)
}

export interface PassPolicy {
  maxPasses: number
  stopThresholdMiB: number
}

function secondsOf(
  { vm }: Observation,
  rate: number,
  setupSeconds: number,
  factor: number,
  policy: PassPolicy,
) {
  const own = { ...vm, durationFactor: vm.durationFactor * factor }
  return liveDuration(own, rate, { ...policy, setupSeconds }).seconds
}

/** What was seen, without what the look at the cluster was late by in the mean. */
export function actualSeconds({ seconds, pollSeconds }: Observation): number {
  return Math.max(seconds - pollSeconds / 2, seconds / 2)
}

/** @param setupSeconds of the policy: where the search for it begins, > 0 */
export function fitDurations(
  seen: readonly Observation[],
  effects: Effects,
  setupSeconds: number,
  policy: PassPolicy,
): Fit {
  const nodeIds = effects.nodes ? [...new Set(seen.flatMap(({ from, to }) => [from.id, to.id]))].sort() : []
  let vms: ReadonlyMap<string, number> = new Map()
  let found = regress(seen, nodeIds, vms, setupSeconds, policy)
  // The effects of VMs are what is left of the others; taken out, these can be told better, once more.
  for (let round = 0; effects.vms && round < 2; round++) {
    vms = vmEffects(seen, found, policy)
    found = regress(seen, nodeIds, vms, setupSeconds, policy)
  }
  return found
}

/** Efficiency, set-up and the effects of nodes, for given effects of VMs. Unknowns are logarithms: of the rate, the set-up, each node's rate. */
function regress(
  seen: readonly Observation[],
  nodeIds: readonly string[],
  vms: ReadonlyMap<string, number>,
  setupSeconds: number,
  policy: PassPolicy,
): Fit {
  const size = 2 + nodeIds.length
  const begin = new Float64Array(size)
  begin[1] = Math.log(Math.max(setupSeconds, 0.1))
  const precisionsAt = (x: Float64Array) =>
    Array.from(x, (each, k) =>
      k < 2 ? 1 / PRIORS[k]! ** 2 : (FREEDOM_OF_NODES + 1) / (FREEDOM_OF_NODES * PRIOR.node ** 2 + each ** 2),
    )
  const index = new Map(nodeIds.map((id, k) => [id, k + 2]))
  const logs = seen.map((each) => Math.log(actualSeconds(each)))
  const model = (x: Float64Array, each: Observation) => {
    const factor = (node: ResolvedNode) => Math.exp(x[0]! + x[index.get(node.id) ?? size]!)
    const rate = rateOf(each, (node) => (index.has(node.id) ? factor(node) : Math.exp(x[0]!)))
    return Math.log(secondsOf(each, rate, Math.exp(x[1]!), vms.get(each.vm.id) ?? 1, policy))
  }
  const residuals = (x: Float64Array) => seen.map((each, i) => logs[i]! - model(x, each))
  /** Of the poll: an even spread over its length, beside how long it took. */
  const late = seen.map((each) => each.pollSeconds ** 2 / 12 / actualSeconds(each) ** 2)
  const penalty = (x: Float64Array) =>
    x.reduce((sum, each, k) => {
      if (k < 2) return sum + ((each - begin[k]!) / PRIORS[k]!) ** 2 / 2
      return sum + ((FREEDOM_OF_NODES + 1) / 2) * Math.log1p(each ** 2 / (FREEDOM_OF_NODES * PRIOR.node ** 2))
    }, 0)
  const loss = (x: Float64Array, r: readonly number[], spread: number) =>
    r.reduce((sum, each, i) => {
      const variance = spread ** 2 + late[i]!
      return sum + ((FREEDOM + 1) / 2) * Math.log1p(each ** 2 / (FREEDOM * variance)) + Math.log(variance) / 2
    }, penalty(x))

  let x = begin.slice()
  let r = residuals(x)
  // From wide to narrow: a slow node's migrations would otherwise look like outliers, and stay so.
  let spread = Math.max(LEAST_SPREAD, Math.sqrt(r.reduce((sum, each) => sum + each ** 2, 0) / r.length))
  let inverse = Matrix.eye(size)
  for (let step = 0; step < STEPS; step++) {
    const weights = r.map((each, i) => weightOf(each, spread ** 2 + late[i]!))
    const { gradient, hessian } = normalEquations(x, r, weights)
    const decomposition = new CholeskyDecomposition(hessian)
    const direction = decomposition.solve(gradient).to1DArray()
    inverse = decomposition.solve(Matrix.eye(size))
    const before = loss(x, r, spread)
    let length = 1
    let next = x
    for (; length > 1e-3; length /= 2) {
      next = x.map((each, k) => each + length * direction[k]!)
      if (loss(next, residuals(next), spread) < before) break
    }
    if (length <= 1e-3) break
    const moved = greatest(direction.map((each) => Math.abs(each * length)))
    x = next
    r = residuals(x)
    spread = spreadOf(r, late, spread)
    if (moved < 1e-6) break
  }
  const errorOf = (k: number) => Math.sqrt(inverse.get(k, k))
  return {
    rate: Math.exp(x[0]!),
    setupSeconds: Math.exp(x[1]!),
    nodes: new Map(nodeIds.map((id, k) => [id, Math.exp(x[k + 2]!)])),
    vms,
    spread,
    errors: {
      rate: errorOf(0),
      setup: errorOf(1),
      nodes: new Map(nodeIds.map((id, k) => [id, errorOf(k + 2)])),
    },
  }

  /** Weighted, with the priors. Derivatives are differences, downwards: of two ends alike, each would make it slower, and neither faster. */
  function normalEquations(at: Float64Array, residual: readonly number[], weights: readonly number[]) {
    const precision = precisionsAt(at)
    const hessian = Matrix.diag(precision)
    const gradient = Matrix.columnVector(precision.map((each, k) => each * (begin[k]! - at[k]!)))
    for (const [i, each] of seen.entries()) {
      const touched = [0, 1, index.get(each.from.id), index.get(each.to.id)].filter((k) => k !== undefined)
      const here = logs[i]! - residual[i]!
      const slopes = touched.map((k) => {
        const moved = at.slice()
        moved[k] = moved[k]! - DIFFERENCE
        return (here - model(moved, each)) / DIFFERENCE
      })
      for (const [a, k] of touched.entries()) {
        gradient.set(k, 0, gradient.get(k, 0) + weights[i]! * slopes[a]! * residual[i]!)
        for (const [b, l] of touched.entries())
          hessian.set(k, l, hessian.get(k, l) + weights[i]! * (slopes[a]! * slopes[b]!))
      }
    }
    return { gradient, hessian }
  }
}

/** Of a residual with this variance: what it counts in the normal equations. */
function weightOf(residual: number, variance: number): number {
  return (FREEDOM + 1) / (FREEDOM * variance + residual ** 2)
}

/** One step of expectation maximisation: of each residual, the part that is not the poll's. */
function spreadOf(residuals: readonly number[], late: readonly number[], spread: number): number {
  const sum = residuals.reduce((total, each, i) => {
    const variance = spread ** 2 + late[i]!
    const share = spread ** 2 / variance
    return total + share ** 2 * weightOf(each, variance) * variance * each ** 2 + spread ** 2 * (1 - share)
  }, 0)
  return Math.max(LEAST_SPREAD, Math.sqrt(sum / residuals.length))
}

/** What is left for each VM, of its copying time alone, by as much as it is likely to come again. */
function vmEffects(seen: readonly Observation[], without: Fit, policy: PassPolicy): Map<string, number> {
  const plain = { ...without, vms: new Map<string, number>() }
  const byVm = new Map<string, { night: number; residual: number; weight: number }[]>()
  for (const each of seen) {
    const copying = predict(each, plain, policy) - without.setupSeconds
    if (copying <= 0) continue
    const residual = Math.log(Math.max(actualSeconds(each) - without.setupSeconds, copying / 100) / copying)
    // What set-up and poll leave of it, and no more than an outlier deserves.
    const noise = (each.pollSeconds ** 2 / 12 + (0.1 * without.setupSeconds) ** 2) / copying ** 2
    const variance = LEAST_SPREAD ** 2 + without.spread ** 2
    const weight = (variance / (variance + noise)) * Math.min(1, weightOf(residual, variance) * variance)
    append(byVm, each.vm.id, { night: each.night, residual, weight })
  }
  const share = shareThatComesAgain([...byVm.values()])
  return new Map(
    [...byVm].map(([id, own]): [string, number] => {
      const weight = own.reduce((sum, each) => sum + each.weight, 0)
      const sum = own.reduce((total, each) => total + each.weight * each.residual, 0)
      return [id, Math.exp((share * sum) / (share * weight + 1 - share))]
    }),
  )
}

/** Correlation of what is left of a VM on one night and on another, drawn towards `VM_SHARE` where few were seen twice. */
function shareThatComesAgain(vms: readonly (readonly { night: number; residual: number }[])[]): number {
  let pairs = 0
  let together = 0
  let alone = 0
  for (const own of vms) {
    for (const [i, a] of own.entries()) {
      for (const b of own.slice(i + 1)) {
        if (a.night === b.night) continue
        // An outlier would decide alone.
        const [x, y] = [clip(a.residual), clip(b.residual)]
        pairs++
        together += x * y
        alone += (x ** 2 + y ** 2) / 2
      }
    }
  }
  const seen = alone > 0 ? Math.min(0.95, Math.max(0, together / alone)) : VM_SHARE
  return (pairs * seen + VMS_FOR_SHARE * VM_SHARE) / (pairs + VMS_FOR_SHARE)
}

function clip(residual: number): number {
  return Math.max(-1, Math.min(1, residual))
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** Of values in any order, interpolated; NaN of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const at = share * (sorted.length - 1)
  const low = Math.floor(at)
  const high = Math.ceil(at)
  return sorted[low]! + (at - low) * (sorted[high]! - sorted[low]!)
}
