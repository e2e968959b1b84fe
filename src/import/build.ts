/** From an inventory to a problem: what is missing is filled in and reported, or asked for; what is wrong is told where it stands. */

import { InvalidProblemError, type Issue } from '../errors.js'
import { addAll } from '../lists.js'
import { quote } from '../model/issues.js'
import { kibToMiB, wholeKiB } from '../model/memory.js'
import type { Problem, ProblemDrain, ProblemMaintenance, ProblemWindow } from '../model/problem.js'
import { resolveProblem } from '../model/validate.js'
import type { TableContext } from './csv/columns.js'
import { excludeNodes } from './exclude.js'
import { FaultList } from './failure.js'
import type { Assumption, InputFile, Inventory, Origin } from './inventory.js'
import { readMoves } from './moves.js'
import { NodeNames, VmNames } from './names.js'
import { buildNodes, checkNodeIds } from './nodes.js'
import type { ImportOptions } from './options.js'
import type { ImportReport } from './report.js'
import { buildVms, checkVmIds } from './vms.js'
import { readWindows, resolveScopes } from './windows.js'

export interface ImportedProblem {
  /** Valid: what `plan` takes. */
  problem: Problem
  report: ImportReport
}

/** Where each part of the problem is from. */
interface Origins {
  nodes: Origin[]
  vms: Origin[]
  windows: Origin[]
  moves: Origin[]
  drains: Origin[]
  works: Origin[]
}

/** @throws ImportError with every fault */
export async function buildProblem(
  whole: Inventory,
  files: readonly InputFile[],
  options: ImportOptions,
): Promise<ImportedProblem> {
  const faults = new FaultList()
  const inventory = excludeNodes(whole, options.exclude ?? [], faults)
  for (const { origin, message, asks } of inventory.issues) faults.add(origin, message, asks)
  // What the reader could not read may be what others refer to: only questions that do not depend on it are asked at once.
  const unread = inventory.issues.length > 0
  const assumptions: Assumption[] = [...inventory.assumptions]
  const names = { nodes: new NodeNames(inventory.nodes), vms: new VmNames(inventory.vms) }
  checkNodeIds(inventory.nodes, faults)
  const nodes = buildNodes(inventory.nodes, names.nodes, options, { faults, assumptions, cpusOnly: unread })
  if (unread) faults.throwIfAny()

  checkVmIds(inventory.vms, faults)
  const vms = buildVms(inventory.vms, names.nodes, faults, assumptions, options)
  const context = { faults, assumptions, ignoreColumns: options.ignoreColumns }
  const { drain, origins: drains } = readDrains(options.drain ?? [], names.nodes, faults)
  const { maintenance, origins: works } = readMaintained(options, inventory, names.nodes, faults)
  const { moves, origins: moveOrigins } = await readMoveFile(options.moves, names, context)
  const { windows, origins: windowOrigins } = await readAllWindows(inventory, files, options, names, context)
  const { start } = options
  // Schedules that a reader found: one question in place of two faults for each.
  const dated = inventory.windows.findIndex((each) => typeof each.start === 'string')
  if (start === undefined && dated >= 0)
    faults.add(windowOrigins[dated], 'the windows have dates or rules; give --start, second 0 of the plan', {
      option: 'start',
    })
  faults.throwIfAny()

  const name = options.name ?? inventory.name
  const { setupSeconds } = inventory
  const policy = {
    ...(options.reserveMiB === undefined ? {} : { reserveMiB: options.reserveMiB }),
    ...(options.maxVcpusPerCore === undefined ? {} : { maxVcpusPerCore: options.maxVcpusPerCore }),
    ...(setupSeconds === undefined ? {} : { setupSeconds }),
  }
  const problem: Problem = {
    version: 1,
    ...(name === undefined ? {} : { name }),
    ...(start === undefined ? {} : { start }),
    nodes,
    vms,
    ...(windows.length === 0 ? {} : { windows }),
    request: {
      ...(moves.length > 0 || drain.length + maintenance.length === 0 ? { moves } : {}),
      ...(drain.length > 0 ? { drain } : {}),
      ...(maintenance.length > 0 ? { maintenance } : {}),
    },
    ...(Object.keys(policy).length === 0 ? {} : { policy }),
  }
  validate(problem, options, {
    nodes: inventory.nodes.map(({ origin }) => origin),
    vms: inventory.vms.map(({ origin }) => origin),
    windows: windowOrigins,
    moves: moveOrigins,
    drains,
    works,
  })
  addAll(assumptions, overcommitted(problem, inventory.nodes))
  if (moves.length + drain.length + maintenance.length === 0) {
    const text =
      'nothing is requested; give --drain NODE, --maintain NODES or --moves FILE, or write the request into the problem'
    assumptions.push({ origin: { file: files[0].name, place: '' }, text })
  }
  const counts = { nodes: nodes.length, vms: vms.length, windows: windows.length }
  return {
    problem,
    report: {
      ...counts,
      moves: moves.length,
      drains: drain.length,
      works: maintenance.length,
      assumptions,
    },
  }
}

/** A line for each node that holds more than its memory: no fault, and worth knowing. */
function overcommitted({ nodes, vms }: Problem, from: Inventory['nodes']): Assumption[] {
  const held = new Map<string, number>()
  for (const { node, memoryMiB, state = 'running' } of vms)
    if (state === 'running') held.set(node, (held.get(node) ?? 0) + wholeKiB(memoryMiB))
  return nodes.flatMap(({ id, memoryMiB }, n) => {
    const kib = held.get(id) ?? 0
    if (kib <= wholeKiB(memoryMiB)) return []
    const text = `${quote(id)} holds ${kibToMiB(kib)} of ${memoryMiB} MiB; it only sends until it fits`
    return [{ origin: from[n].origin, text }]
  })
}

function readDrains(
  list: readonly ProblemDrain[],
  names: NodeNames,
  faults: FaultList,
): { drain: ProblemDrain[]; origins: Origin[] } {
  const drain: ProblemDrain[] = []
  const origins: Origin[] = []
  for (const each of list) {
    const { node, mode } = typeof each === 'string' ? { node: each } : { mode: undefined, ...each }
    const origin = { file: `--drain ${node}${mode === undefined ? '' : `=${mode}`}`, place: '' }
    const { id, fault } = names.find(node)
    if (id === undefined) faults.add(origin, `${quote(node)} ${fault}`)
    else {
      drain.push(mode === undefined ? id : { node: id, mode })
      origins.push(origin)
    }
  }
  return { drain, origins }
}

/** Works of one length on all nodes that can be worked on, or on those that are named. */
function readMaintained(
  { maintain, workSeconds }: ImportOptions,
  inventory: Inventory,
  names: NodeNames,
  faults: FaultList,
): { maintenance: ProblemMaintenance[]; origins: Origin[] } {
  const maintenance: ProblemMaintenance[] = []
  const origins: Origin[] = []
  if (maintain === undefined || workSeconds === undefined) return { maintenance, origins }
  const up = inventory.nodes.filter(({ state }) => state !== 'down').map(({ id }) => id)
  for (const node of maintain === 'all' ? up : maintain) {
    const origin = { file: maintain === 'all' ? '--maintain all' : `--maintain ${node}`, place: '' }
    const { id, fault } = names.find(node)
    if (id === undefined) faults.add(origin, `${quote(node)} ${fault}`)
    else {
      maintenance.push({ node: id, durationSeconds: workSeconds })
      origins.push(origin)
    }
  }
  return { maintenance, origins }
}

type Names = { nodes: NodeNames; vms: VmNames }

async function readMoveFile(file: InputFile | undefined, { nodes, vms }: Names, context: TableContext) {
  try {
    if (file !== undefined) return await readMoves(file, nodes, vms, context)
  } catch (error) {
    context.faults.take(error)
  }
  return { moves: [], origins: [] }
}

async function readAllWindows(
  inventory: Inventory,
  files: readonly InputFile[],
  options: ImportOptions,
  names: Names,
  context: TableContext,
): Promise<{ windows: ProblemWindow[]; origins: Origin[] }> {
  const { faults } = context
  const file = files.map(({ name }) => name).join(', ')
  const origins: Origin[] = inventory.windows.map((_, index) => ({ file, place: `window ${index + 1}` }))
  const windows = resolveScopes(inventory.windows, (index) => origins[index], names, faults)
  const times = { start: options.start, zone: options.zone, strict: options.strict }
  for (const each of options.windows ?? []) {
    try {
      const read = await readWindows(each, times, names, context)
      addAll(windows, read.windows)
      addAll(origins, read.origins)
    } catch (error) {
      faults.take(error)
    }
  }
  return { windows, origins }
}

/** Holds the problem against its format, and tells faults where the value came from. */
function validate(problem: Problem, options: ImportOptions, origins: Origins): void {
  try {
    resolveProblem(problem)
  } catch (error) {
    if (!(error instanceof InvalidProblemError)) throw error
    const faults = new FaultList()
    for (const issue of error.issues) {
      const { origin, rest } = originOf(issue, options, origins)
      faults.add(origin, rest === '' ? issue.message : `${rest}: ${issue.message}`)
    }
    faults.throwIfAny()
  }
}

const PARTS: readonly (readonly [prefix: string, part: keyof Origins])[] = [
  ['nodes', 'nodes'],
  ['vms', 'vms'],
  ['windows', 'windows'],
  ['request.moves', 'moves'],
  ['request.drain', 'drains'],
  ['request.maintenance', 'works'],
]

/** The origin of what a path leads to, and the path inside it. */
function originOf(
  { path }: Issue,
  options: ImportOptions,
  origins: Origins,
): { origin: Origin; rest: string } {
  const [, prefix, index, rest] = /^([a-z.]+)\[(\d+)\]\.?(.*)$/s.exec(path) ?? []
  const part = PARTS.find(([name]) => name === prefix)?.[1]
  const origin = part === undefined ? undefined : origins[part][Number(index)]
  if (origin !== undefined) return { origin, rest }
  const option = {
    start: `--start ${options.start}`,
    'policy.reserveMiB': `--reserve ${options.reserveMiB}`,
    'policy.maxVcpusPerCore': `--max-vcpus-per-core ${options.maxVcpusPerCore}`,
  }[path]
  if (option !== undefined) return { origin: { file: option, place: '' }, rest: '' }
  return {
    origin: { file: path === 'name' ? '--name' : 'the problem', place: '' },
    rest: path === 'name' ? '' : path,
  }
}
