/** The plan as PowerShell tables: the only place of the runbook where names stand, each in a single-quoted literal. */
import { planFingerprint } from '../../model/fingerprint.js'
import type { Migration, Plan } from '../../model/plan.js'
import { predecessors } from '../../model/precedence.js'
import type { ResolvedProblem, ResolvedVm } from '../../model/problem.js'
import { epochMsOf } from '../instant.js'
import { quotePowerShell } from '../powershell.js'

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

/** Most live migrations that each node takes part in at once in the plan. */
function mostAtOnce(migrations: readonly Migration[]): Map<string, number> {
  const changes = new Map<string, { at: number; delta: 1 | -1 }[]>()
  for (const { kind, from, to, startSeconds, endSeconds } of migrations) {
    if (kind !== 'live') continue
    for (const node of [from, to]) {
      const list = changes.get(node) ?? []
      changes.set(node, list)
      list.push({ at: startSeconds, delta: 1 }, { at: endSeconds - TOLERANCE, delta: -1 })
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

function vmRows(problem: ResolvedProblem, movers: readonly ResolvedVm[]): Record<string, Value>[] {
  const apart = numberGroups(movers, (vm) => vm.antiAffinity)
  const companyOf = companies(problem.vms)
  const together = numberGroups(movers, companyOf)
  return movers.map((vm) => ({
    Name: vm.id,
    Node: vm.node,
    State: vm.state,
    MemoryMiB: vm.memoryMiB,
    Apart: [...new Set(vm.antiAffinity)].flatMap((group) => apart.get(group) ?? []),
    Together: companyOf(vm).flatMap((group) => together.get(group) ?? [])[0] ?? -1,
  }))
}

/** Room for the VMs of the plan: what the node has, without the reserve and what runs there and stays. */
function nodeRows(
  plan: Plan,
  problem: ResolvedProblem,
  moving: ReadonlySet<string>,
): Record<string, Value>[] {
  const drained = new Set(problem.drains.map(({ node }) => node))
  const used = new Set([...drained, ...plan.migrations.flatMap(({ from, to }) => [from, to])])
  const slots = mostAtOnce(plan.migrations)
  const staying = new Map<string, number>()
  for (const vm of problem.vms) {
    if (vm.state === 'running' && !moving.has(vm.id)) {
      staying.set(vm.node, (staying.get(vm.node) ?? 0) + vm.memoryMiB)
    }
  }
  return problem.nodes
    .filter(({ id }) => used.has(id))
    .map((node) => ({
      Name: node.id,
      State: node.state,
      RoomMiB: node.memoryMiB - problem.policy.reserveMiB - (staying.get(node.id) ?? 0),
      // A node that only restarts or saves takes part in no live migration: 1 is then as good as any.
      Slots: Math.max(1, slots.get(node.id) ?? 0),
      Drain: drained.has(node.id),
    }))
}

function moveRows({ schedule, migrations }: Plan): Record<string, Value>[] {
  const after = schedule === 'rounds' ? undefined : predecessors(migrations)
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
      After: after?.[number] ?? [],
    }
  })
}

function windowRows(
  problem: ResolvedProblem,
  vms: ReadonlySet<string>,
  nodes: ReadonlySet<string>,
): Record<string, Value>[] {
  return problem.windows
    .filter(({ vm, node }) => (vm === undefined || vms.has(vm)) && (node === undefined || nodes.has(node)))
    .map(({ vm, node, startSeconds, endSeconds }) => ({
      Vm: vm ?? '',
      Node: node ?? '',
      From: startSeconds,
      Until: endSeconds,
    }))
}

/** @throws Error where a name cannot be quoted: `requireRunbookNames` comes first */
export function planTables(plan: Plan, problem: ResolvedProblem, summary: string): string {
  const moving = new Set(plan.migrations.map(({ vm }) => vm))
  const movers = problem.vms.filter(({ id }) => moving.has(id))
  const nodes = nodeRows(plan, problem, moving)
  const { start } = problem
  return [
    '# The plan. Times are seconds from its second 0; After are numbers of migrations, counted from 0.\n',
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
    })}\n`,
    table('Nodes', nodes),
    table('Vms', vmRows(problem, movers)),
    table('Moves', moveRows(plan)),
    table('Windows', windowRows(problem, moving, new Set(nodes.map(({ Name }) => Name as string)))),
  ].join('\n')
}
