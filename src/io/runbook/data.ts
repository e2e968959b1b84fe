/** The plan as PowerShell tables: the only place of the runbook where names stand, each in a single-quoted literal. */
import { compileInstance } from '../../model/compile.js'
import { ONE_SLOT } from '../../model/duration.js'
import { planFingerprint } from '../../model/fingerprint.js'
import type { Instance } from '../../model/instance.js'
import { crosses } from '../../model/networks.js'
import type { Migration, Plan } from '../../model/plan.js'
import { turnsOf, type Waits, waitsOf } from '../../model/precedence.js'
import type { ResolvedNode, ResolvedProblem, ResolvedVm, ResolvedWindow } from '../../model/problem.js'
import { vcpuLimit } from '../../model/vcpus.js'
import { epochMsOf } from '../instant.js'
import { quotePowerShell } from '../powershell.js'
import { workRows } from './work-rows.js'

/** Seconds: an end and a start nearer than this do not overlap. */
const TOLERANCE = 1e-6

type Value = string | number | boolean | readonly number[]

/** Decimal, to the microsecond: PowerShell would read an exponent, people would not. */
function numeral(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toFixed(6)))
}

function literal(value: Value): string {
  if (typeof value === 'string') return quotePowerShell(value)
  if (typeof value === 'boolean') return value ? '$true' : '$false'
  if (typeof value === 'number') return numeral(value)
  return `@(${value.map(numeral).join(', ')})`
}

function row(values: Record<string, Value>): string {
  const cells = Object.entries(values).map(([key, value]) => `${key} = ${literal(value)}`)
  return `@{ ${cells.join('; ')} }`
}

function table(name: string, rows: readonly Record<string, Value>[]): string {
  return `$${name} = @(\n${rows.map((values) => `  ${row(values)}\n`).join('')})\n`
}

/** By node: the most that live migrations of the plan hold of it at once, each so much of its source and of its target. */
function mostAtOnce(
  migrations: readonly Migration[],
  held: (migration: Migration) => { from: number; to: number },
): Map<string, number> {
  const changes = new Map<string, { at: number; delta: number }[]>()
  for (const migration of migrations) {
    const { kind, from, to, startSeconds, endSeconds } = migration
    if (kind !== 'live') continue
    const amounts = held(migration)
    for (const [node, amount] of [
      [from, amounts.from],
      [to, amounts.to],
    ] as const) {
      const list = changes.get(node) ?? []
      changes.set(node, list)
      list.push({ at: startSeconds, delta: amount }, { at: endSeconds - TOLERANCE, delta: -amount })
    }
  }
  const most = new Map<string, number>()
  for (const [node, list] of changes) {
    let level = 0
    let peak = 0
    for (const { delta } of list.sort((a, b) => a.at - b.at || a.delta - b.delta)) {
      level += delta
      peak = Math.max(peak, level)
    }
    most.set(node, peak)
  }
  return most
}

/** Groups of ids that share a text, as numbers; an id can be in several. Only those of two and more. */
function numberGroups(
  vms: readonly ResolvedVm[],
  groupsOf: (vm: ResolvedVm) => readonly string[],
): Map<string, number> {
  const sizes = new Map<string, number>()
  for (const vm of vms)
    for (const group of new Set(groupsOf(vm))) sizes.set(group, (sizes.get(group) ?? 0) + 1)
  return new Map([...sizes].filter(([, size]) => size > 1).map(([group], i) => [group, i]))
}

/** For each VM of an affinity group, the least group of all that hang together through shared VMs. */
function companies(vms: readonly ResolvedVm[]): (vm: ResolvedVm) => readonly string[] {
  const parent = new Map<string, string>()
  const root = (group: string): string => {
    let top = group
    for (let up = parent.get(top); up !== undefined && up !== top; up = parent.get(top)) {
      // Halves the way for the next one: a chain of groups would be gone through from its start each time.
      const next = parent.get(up) ?? up
      parent.set(top, next)
      top = next
    }
    return top
  }
  for (const { affinity } of vms) {
    for (const group of affinity) {
      if (!parent.has(group)) parent.set(group, group)
      parent.set(root(group), root(affinity[0]!))
    }
  }
  return ({ affinity }) => (affinity.length === 0 ? [] : [root(affinity[0]!)])
}

/** What a node has so much of, and VMs take while they are there. */
interface Space {
  name: string
  /** A VM saved or stopped in place keeps it. */
  kept: boolean
  takes: (vm: ResolvedVm) => number
  has: (node: ResolvedNode) => number
}

/** Of a node without a limit: more than anything takes. */
const UNLIMITED = 1e12

/** Memory, and what else VMs of the plan may find none of. */
function spacesOf({ policy }: ResolvedProblem, movers: readonly ResolvedVm[]): Space[] {
  const whileItRuns = (amount: (vm: ResolvedVm) => number) => (vm: ResolvedVm) =>
    vm.state === 'running' ? amount(vm) : 0
  const memory: Space = {
    name: 'MiB',
    kept: false,
    takes: whileItRuns(({ memoryMiB }) => memoryMiB),
    has: ({ memoryMiB, reserveMiB }) => memoryMiB - reserveMiB,
  }
  const vcpus: Space = {
    name: 'vCPUs',
    kept: false,
    takes: whileItRuns((vm) => vm.vcpus),
    has: (node) => Math.min(UNLIMITED, vcpuLimit(node, policy)),
  }
  const devices = [...new Set(movers.flatMap((vm) => [...vm.devices.keys()]))].map(
    (name): Space => ({
      name,
      kept: true,
      takes: (vm) => vm.devices.get(name) ?? 0,
      has: (node) => node.devices.get(name) ?? 0,
    }),
  )
  return [memory, ...(policy.maxVcpusPerCore === undefined ? [] : [vcpus]), ...devices]
}

function vmRows(
  problem: ResolvedProblem,
  movers: readonly ResolvedVm[],
  spaces: readonly Space[],
): Record<string, Value>[] {
  const apart = apartGroups(movers)
  const companyOf = companies(problem.vms)
  const together = numberGroups(movers, companyOf)
  const serial = numberGroups(movers, (vm) => vm.serial)
  const ahead = rightAhead(problem, movers)
  return movers.map((vm) => ({
    Name: vm.id,
    Node: vm.node,
    State: vm.state,
    MemoryMiB: vm.memoryMiB,
    Takes: spaces.map(({ takes }) => takes(vm)),
    Apart: [...new Set(vm.antiAffinity)].flatMap((group) => apart.get(group) ?? []),
    Together: companyOf(vm).flatMap((group) => together.get(group) ?? [])[0] ?? -1,
    Serial: vm.serial.flatMap((group) => serial.get(group) ?? []),
    Ahead: ahead.get(vm.id) ?? [],
  }))
}

function apartGroups(movers: readonly ResolvedVm[]): Map<string, number> {
  return numberGroups(movers, (vm) => vm.antiAffinity)
}

/** Of groups that are about domains: which of these nodes are in which. */
function placeRows(
  { groupDomains, nodeById }: ResolvedProblem,
  movers: readonly ResolvedVm[],
  nodes: readonly string[],
): Record<string, Value>[] {
  return [...apartGroups(movers)].flatMap(([group, number]) => {
    const kind = groupDomains.get(group)
    if (kind === undefined) return []
    return nodes.flatMap((node) => {
      const place = nodeById.get(node)?.domains.get(kind)
      return place === undefined ? [] : [{ Group: number, Node: node, Place: place }]
    })
  })
}

/** Of VMs that move, numbers of those that come right before them in a list of the request's order. */
function rightAhead({ order }: ResolvedProblem, movers: readonly ResolvedVm[]): Map<string, number[]> {
  const numberOf = new Map(movers.map(({ id }, number) => [id, number]))
  const ahead = new Map<string, number[]>()
  for (const list of order) {
    let before: number | undefined
    for (const vm of list) {
      const number = numberOf.get(vm)
      if (number === undefined) continue
      if (before !== undefined) ahead.set(vm, [...new Set([...(ahead.get(vm) ?? []), before])])
      before = number
    }
  }
  return ahead
}

/** Room for the VMs of the plan: what the node has of each space, without the reserve and what is there and stays. */
function nodeRows(
  plan: Plan,
  problem: ResolvedProblem,
  moving: ReadonlySet<string>,
  spaces: readonly Space[],
): Record<string, Value>[] {
  const drained = new Set(problem.drains.map(({ node }) => node))
  const used = new Set([
    ...drained,
    ...(plan.maintenance ?? []).map(({ node }) => node),
    ...plan.migrations.flatMap(({ from, to }) => [from, to]),
  ])
  const atOnce = mostAtOnce(plan.migrations, () => ONE_SLOT)
  const slots = mostAtOnce(plan.migrations, slotsOf)
  const staying = spaces.map(({ takes }) => {
    const byNode = new Map<string, number>()
    for (const vm of problem.vms)
      if (!moving.has(vm.id)) byNode.set(vm.node, (byNode.get(vm.node) ?? 0) + takes(vm))
    return byNode
  })
  return problem.nodes
    .filter(({ id }) => used.has(id))
    .map((node) => ({
      Name: node.id,
      State: node.state,
      Room: spaces.map(({ has }, s) => has(node) - (staying[s]!.get(node.id) ?? 0)),
      // A node that only restarts or saves takes part in no live migration: 1 is then as good as any.
      AtOnce: Math.max(1, atOnce.get(node.id) ?? 0),
      Slots: Math.max(1, slots.get(node.id) ?? 0),
      Drain: drained.has(node.id),
    }))
}

/** By when a migration has to have ended: a move's deadline, a drained node's; −1: by none. */
function deadlines({ moves, drains }: ResolvedProblem): (migration: Migration) => number {
  const ofMove = new Map(moves.map(({ vm, bySeconds }) => [vm, bySeconds]))
  const ofDrain = new Map(drains.map(({ node, bySeconds }) => [node, bySeconds]))
  return ({ vm, from }) => {
    const by = Math.min(ofMove.get(vm) ?? Infinity, ofDrain.get(from) ?? Infinity)
    return by === Infinity ? -1 : by
  }
}

const slotsOf = ({ slots = ONE_SLOT }: Migration) => slots

/** What the networks carry, and what a migration holds of each. */
function networkRows({ networks, durations, nodeIndex, vmIndex }: Instance) {
  return {
    carried: networks.map(({ id, mibps }) => ({ Name: id, MiBps: mibps })),
    heldBy(migration: Migration): { Networks: number[]; MiBps: number } {
      const [vm, from, to] = [
        vmIndex.get(migration.vm)!,
        nodeIndex.get(migration.from)!,
        nodeIndex.get(migration.to)!,
      ]
      const crossed = networks.flatMap((network, n) => (crosses(network, from, to) ? [n] : []))
      if (migration.kind !== 'live' || crossed.length === 0) return { Networks: [], MiBps: 0 }
      return { Networks: crossed, MiBps: durations.live(vm, from, to, slotsOf(migration)).mibps }
    },
  }
}

function moveRows(
  { migrations }: Plan,
  problem: ResolvedProblem,
  waits: readonly Waits[] | undefined,
  heldBy: (migration: Migration) => Record<string, Value>,
): Record<string, Value>[] {
  const byWhen = deadlines(problem)
  const latest = new Map<string, { number: number; leg: number }>()
  const last = new Map(migrations.map(({ vm }, number) => [vm, number]))
  return migrations.map((m, number) => {
    const prior = latest.get(m.vm)
    const leg = prior === undefined ? 0 : prior.leg + 1
    latest.set(m.vm, { number, leg })
    return {
      Vm: m.vm,
      From: m.from,
      To: m.to,
      Kind: m.kind,
      Leg: leg,
      Prior: prior?.number ?? -1,
      Final: last.get(m.vm) === number,
      Round: m.round,
      Start: m.startSeconds,
      Seconds: m.endSeconds - m.startSeconds,
      By: byWhen(m),
      After: waits?.[number].migrations ?? [],
      Works: waits?.[number].works ?? [],
      FromSlots: slotsOf(m).from,
      ToSlots: slotsOf(m).to,
      ...heldBy(m),
    }
  })
}

function windowRows(
  problem: ResolvedProblem,
  vms: ReadonlySet<string>,
  nodes: ReadonlySet<string>,
): Record<string, Value>[] {
  const row = ({ vm, node, startSeconds, endSeconds }: Omit<ResolvedWindow, 'kind'>, noWork: boolean) => ({
    Vm: vm ?? '',
    Node: node ?? '',
    NoWork: noWork,
    From: startSeconds,
    Until: endSeconds,
  })
  const counts = ({ vm, node }: Omit<ResolvedWindow, 'kind'>) =>
    (vm === undefined || vms.has(vm)) && (node === undefined || nodes.has(node))
  return [
    ...problem.windows.filter(counts).map((window) => row(window, false)),
    ...(problem.works === undefined
      ? []
      : problem.noWorkWindows.filter(counts).map((window) => row(window, true))),
  ]
}

/** @throws Error where a name cannot be quoted: `requireRunbookNames` comes first */
export function planTables(plan: Plan, problem: ResolvedProblem, summary: string): string {
  const moving = new Set(plan.migrations.map(({ vm }) => vm))
  const movers = problem.vms.filter(({ id }) => moving.has(id))
  const spaces = spacesOf(problem, movers)
  const nodes = nodeRows(plan, problem, moving, spaces)
  const { start } = problem
  const { carried, heldBy } = networkRows(compileInstance(problem))
  const waits = plan.schedule === 'rounds' ? undefined : waitsOf(plan, turnsOf(problem))
  return [
    '# The plan. Times are seconds from its second 0; After are numbers of migrations, Works and Behind of works, counted from 0. Takes and Room are in the order of the spaces.\n',
    `$Plan = ${row({
      Summary: summary,
      Problem: problem.name,
      Fingerprint: planFingerprint(plan),
      Schedule: plan.schedule,
      Start: start === undefined ? '' : new Date(epochMsOf(start, 0)).toISOString(),
      HorizonSeconds: problem.policy.horizonSeconds,
      LagSeconds: problem.policy.startLagSeconds,
      // 0: no limit.
      LiveAtOnce: problem.policy.concurrentMigrations ?? 0,
      OthersAtOnce: problem.policy.concurrentRestarts,
      WorksAtOnce: problem.policy.maintenanceAtOnce,
      // Beside works groups hold at every arrival.
      ApartInTransit: problem.policy.antiAffinityInTransit || problem.works !== undefined,
      ReturnHome: problem.works !== undefined && problem.policy.returnHome,
      NeverBackwards: problem.works !== undefined && problem.policy.neverBackwards,
    })}\n`,
    table(
      'Spaces',
      spaces.map(({ name, kept }) => ({ Name: name, Kept: kept })),
    ),
    table('Nodes', nodes),
    table('Vms', vmRows(problem, movers, spaces)),
    table('Networks', carried),
    table('Moves', moveRows(plan, problem, waits?.ofMigrations, heldBy)),
    table('Works', workRows(plan, problem, waits?.ofWorks ?? [])),
    table('Windows', windowRows(problem, moving, new Set(nodes.map(({ Name }) => Name as string)))),
    table(
      'Places',
      placeRows(
        problem,
        movers,
        nodes.map(({ Name }) => Name as string),
      ),
    ),
  ].join('\n')
}
