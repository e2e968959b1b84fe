/**
 * From untrusted input to a `ResolvedProblem`: every fault of the document is collected, with its path, before anything is
 * thrown. Linear in the size of the document.
 */
import type * as v from 'valibot'
import { CpuReader } from './cpu/reader.js'
import {
  bootFeaturesOf,
  type DirectedFeatures,
  directFeatures,
  type KnownCpu,
  MAX_SILICON_KINDS,
} from './cpu/silicon.js'
import { visibleFeatures } from './cpu/visible.js'
import { GroupReader, readDomains } from './groups.js'
import { IdRegister } from './ids.js'
import { parseInstant } from './instant.js'
import { IssueList, quote } from './issues.js'
import { readDevices } from './keyed.js'
import { requireConsistentWorks } from './maintenance.js'
import { readNetworks } from './networks.js'
import {
  DEFAULT_POLICY,
  type Policy,
  type Problem,
  type ResolvedNode,
  type ResolvedProblem,
  type ResolvedVm,
} from './problem.js'
import { readRequest } from './request.js'
import { nodeSchema, policySchema, problemSchema, vmSchema } from './schema.js'
import { eachElement, parseObject } from './shape.js'
import { readWays } from './ways.js'
import { type PlanStart, readWindows } from './windows.js'

/** Names of features that all CPUs of a problem may have together: some twenty times as many as there are. */
const MAX_FEATURES = 4_096

/** A VM without fault of its own; what it defaults to from its node is not filled in. */
type ParsedVm = Omit<v.InferOutput<typeof vmSchema>, 'antiAffinity' | 'affinity' | 'ways' | 'devices'> &
  Pick<ResolvedVm, 'antiAffinity' | 'affinity' | 'dirtyKnown' | 'ways' | 'devices'>

/**
 * Checks a problem as the format document describes it, and fills in every default.
 *
 * @param input what `JSON.parse` gave, or a plain object of the same shape; it is neither changed nor kept.
 * @throws InvalidProblemError with all faults (at most 1,000), each with its path.
 */
export function resolveProblem(input: unknown): ResolvedProblem {
  const issues = new IssueList()
  const { value: head, record } = parseObject(problemSchema, input, '', issues)
  if (!('version' in record)) issues.throwIfAny()

  const start = readStart(record.start, issues)
  const policy = readPolicy(record.policy, issues)
  const nodeIds = new IdRegister('node', record.nodes, issues)
  const vmIds = new IdRegister('VM', record.vms, issues)
  const nodes = readNodes(record.nodes, policy ?? DEFAULT_POLICY, nodeIds, issues)
  const groups = {
    antiAffinity: new GroupReader('anti-affinity', issues),
    affinity: new GroupReader('affinity', issues),
  }
  const vms = readVms(record.vms, nodeIds, vmIds, groups, issues)
  const networks = readNetworks(record.networks, nodeIds, issues)
  const request = readRequest(record.request, nodes, nodeIds, vmIds, { start, issues })
  requireConsistentWorks(request, vms, policy, issues)
  const occurrences = readWindows(record.windows, {
    nodeIds,
    vmIds,
    start,
    horizonSeconds: policy?.horizonSeconds,
    issues,
  })
  issues.throwIfAny()
  if (head === undefined || policy === undefined || start === 'faulty')
    throw new Error('a fault was not reported')

  const nodeById = new Map(nodes.map((node) => [node.id, node]))
  const resolved = completeVms(vms, nodes, nodeById)
  const vmById = new Map(resolved.map((vm) => [vm.id, vm]))
  const softRules = [...groups.antiAffinity.softRules(), ...groups.affinity.softRules()]
  return {
    name: head.name,
    start,
    nodes,
    vms: resolved,
    nodeById,
    vmById,
    softRules,
    groupDomains: groups.antiAffinity.domains(),
    affinityDomains: groups.affinity.domains(),
    ...occurrences,
    networks,
    ...request,
    policy,
  }
}

/**
 * Checks a problem of unknown origin, as `JSON.parse` gives it, and types it.
 *
 * @returns the same object, which is not changed; `plan()` and the others check it again, since it may have changed since.
 * @throws InvalidProblemError with all faults (at most 1,000), each with its path.
 */
export function parseProblem(input: unknown): Problem {
  resolveProblem(input)
  return input as Problem
}

/**
 * The same problem with other windows, which alone are read.
 *
 * @param list as in a problem's `windows`
 * @throws InvalidProblemError with all faults of the windows.
 */
export function withWindows(problem: ResolvedProblem, list: unknown): ResolvedProblem {
  const issues = new IssueList()
  const registerOf = (kind: string, what: 'nodes' | 'vms') => {
    const ids = new IdRegister(kind, problem[what], issues)
    problem[what].forEach(({ id }, i) => {
      ids.define(id, `${what}[${i}]`)
    })
    return ids
  }
  const { start, policy } = problem
  const context = { start, horizonSeconds: policy.horizonSeconds, issues }
  const nodeIds = registerOf('node', 'nodes')
  const occurrences = readWindows(list, { ...context, nodeIds, vmIds: registerOf('VM', 'vms') })
  issues.throwIfAny()
  return { ...problem, ...occurrences }
}

function readStart(start: unknown, issues: IssueList): PlanStart {
  if (start === undefined) return undefined
  // Anything but text has been reported by the schema.
  if (typeof start !== 'string') return 'faulty'
  const parsed = parseInstant(start)
  if (typeof parsed !== 'string') return parsed
  issues.add('start', `${quote(start)} ${parsed}`)
  return 'faulty'
}

function readPolicy(policy: unknown, issues: IssueList): Policy | undefined {
  if (policy === undefined) return { ...DEFAULT_POLICY }
  return parseObject<Policy>(policySchema, policy, 'policy', issues).value
}

function readNodes(list: unknown, policy: Policy, ids: IdRegister, issues: IssueList): ResolvedNode[] {
  const nodes: Omit<ResolvedNode, keyof DirectedFeatures>[] = []
  const known: KnownCpu[] = []
  const cpus = new CpuReader(issues)
  eachElement(list, 'nodes', issues, (raw, path) => {
    const { value, record } = parseObject(nodeSchema, raw, path, issues)
    ids.define(record.id, path)
    const cpu = 'cpu' in record ? cpus.read(record.cpu, `${path}.cpu`) : undefined
    const domains = readDomains(record.domains, `${path}.domains`, issues)
    const devices = readDevices(record.devices, `${path}.devices`, issues)
    if (value === undefined || cpu === undefined) return
    const { cpu: _, linkEfficiency, streamMbps, reserveMiB, cores, ...facts } = value
    nodes.push({
      ...facts,
      domains,
      devices,
      cores,
      reserveMiB: reserveMiB ?? policy.reserveMiB,
      vendor: cpu.vendor,
      linkEfficiency: linkEfficiency ?? policy.linkEfficiency,
      streamMbps: streamMbps ?? policy.streamMbps ?? Number.POSITIVE_INFINITY,
    })
    known.push(cpu)
  })
  const directed = directFeatures(known)
  if (directed === undefined) {
    const facts = `have more than ${MAX_SILICON_KINDS} CPUs of which something is in doubt`
    issues.add('nodes', `${facts}; give features without "mayHave", or a model without "part"`)
    return []
  }
  const features = new Set<string>()
  for (const cpu of directed) for (const name of bootFeaturesOf(cpu)) features.add(name)
  if (features.size > MAX_FEATURES)
    issues.add('nodes', `have ${features.size} different CPU features; write at most ${MAX_FEATURES}`)
  return nodes.map(({ id, vendor, ...facts }, index) => ({ id, vendor, ...directed[index], ...facts }))
}

function readVms(
  list: unknown,
  nodeIds: IdRegister,
  vmIds: IdRegister,
  groups: Record<'antiAffinity' | 'affinity', GroupReader>,
  issues: IssueList,
): ParsedVm[] {
  const vms: ParsedVm[] = []
  eachElement(list, 'vms', issues, (raw, path) => {
    const { value, record } = parseObject(vmSchema, raw, path, issues)
    vmIds.define(record.id, path)
    nodeIds.check(record.node, `${path}.node`)
    nodeIds.check(record.bootNode, `${path}.bootNode`)
    nodeIds.check(record.home, `${path}.home`)
    const devices = readDevices(record.devices, `${path}.devices`, issues)
    if (value === undefined) return
    if (value.copyMiB !== undefined && value.copyMiB > value.memoryMiB) {
      const most = `at most the VM's memory, ${value.memoryMiB} MiB`
      issues.add(`${path}.copyMiB`, `is ${value.copyMiB} MiB; it must be ${most}`)
    }
    for (const key of ['allowedNodes', 'preferredNodes'] as const) {
      value[key]?.forEach((node, index) => {
        if (!nodeIds.has(node)) nodeIds.check(node, `${path}.${key}[${index}]`)
      })
    }
    vms.push({
      ...value,
      dirtyKnown: record.dirtyMiBps !== undefined,
      devices,
      ways: readWays(value.ways, `${path}.ways`, issues),
      antiAffinity: groups.antiAffinity.read(value.antiAffinity, `${path}.antiAffinity`, value.id),
      affinity: groups.affinity.read(value.affinity, `${path}.affinity`, value.id),
    })
  })
  return vms
}

/** What can be known only once every node is known. */
function completeVms(
  vms: readonly ParsedVm[],
  nodes: readonly ResolvedNode[],
  nodeById: ReadonlyMap<string, ResolvedNode>,
): ResolvedVm[] {
  const featuresOf = visibleFeatures(nodes)
  // Thousands of VMs name the same few sets of nodes.
  const ownerSets = new Map<string, ReadonlySet<string>>()
  const nodeSet = (list: readonly string[] | undefined): ReadonlySet<string> | undefined => {
    if (list === undefined) return undefined
    const key = JSON.stringify(list)
    const known = ownerSets.get(key) ?? new Set(list)
    ownerSets.set(key, known)
    return known
  }
  return vms.map((vm) => {
    const boot = nodeById.get(vm.bootNode ?? vm.node)!
    return {
      id: vm.id,
      node: vm.node,
      memoryMiB: vm.memoryMiB,
      dirtyMiBps: vm.dirtyMiBps,
      dirtyKnown: vm.dirtyKnown,
      workingSetMiB: vm.workingSetMiB ?? vm.memoryMiB,
      copyMiB: vm.copyMiB ?? vm.memoryMiB,
      durationFactor: vm.durationFactor,
      bootNode: boot.id,
      home: vm.home ?? vm.node,
      compatibility: vm.compatibility,
      offloads: vm.offloads,
      state: vm.state,
      allowedNodes: nodeSet(vm.allowedNodes),
      preferredNodes: vm.preferredNodes.length === 0 ? undefined : nodeSet(vm.preferredNodes),
      antiAffinity: vm.antiAffinity,
      affinity: vm.affinity,
      priority: vm.priority,
      restartable: vm.restartable,
      maxBlackoutSeconds: vm.maxBlackoutSeconds,
      vcpus: vm.vcpus,
      devices: vm.devices,
      ways: vm.ways,
      serial: vm.serial,
      features: featuresOf(boot, vm.compatibility),
      vendor: boot.vendor,
    }
  })
}
