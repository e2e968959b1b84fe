/** Runs a plan's runbook, its own text, in a real PowerShell against a cluster of stand-ins. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { planToRunbook } from '../../../src/io/runbook/runbook.js'
import { type Journal, parseJournal } from '../../../src/model/journal.js'
import type { Migration } from '../../../src/model/plan.js'
import { resolveProblem } from '../../../src/model/validate.js'
import {
  Ended,
  Pwsh,
  type ScriptArguments,
  type ScriptRequest,
  type ScriptResult,
  type TraceEntry,
  type World,
  type WorldVm,
} from '../../powershell/pwsh.js'
import { type NightParts, nightByHand } from './by-hand.js'
import type { Done, Night, WorkDone } from './nights.js'

/** What `-Work` calls: it lasts as long as the cluster says, and ends as it says. */
export const WORK = join(import.meta.dirname, '../../powershell/work.ps1')

let shared: Pwsh | undefined
const folders: string[] = []

afterAll(() => {
  shared?.end()
  shared = undefined
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

const STATES = { running: 'Running', off: 'Off', saved: 'Saved' } as const
const NODE_STATES = { up: 'Up', paused: 'Paused', down: 'Down' } as const

/** The cluster of the problem; migrations take what the plan says, ± `spread`. */
export function worldOf({ problem, plan }: Night): Partial<World> {
  const planned: Record<string, number> = {}
  for (const { vm, from, to, startSeconds, endSeconds } of plan.migrations) {
    planned[`${vm} ${from} ${to}`] = endSeconds - startSeconds
    planned[vm] = endSeconds - startSeconds
  }
  return {
    nodes: problem.nodes.map(({ id, memoryMiB, state }) => ({
      name: id,
      memoryMiB,
      state: NODE_STATES[state ?? 'up'],
    })),
    vms: problem.vms.map(({ id, node, memoryMiB, state }) => ({
      name: id,
      node,
      memoryMiB,
      state: STATES[state ?? 'running'],
    })),
    planned,
  }
}

/** One cluster and one journal, for any number of starts of the script. */
export class Simulation {
  readonly folder: string
  readonly script: string
  readonly journalPath: string
  readonly scriptPath: string
  readonly #night: Night
  readonly #world: Partial<World>
  #built = false
  /** The cluster after the last start. */
  world!: World

  constructor(night: Night, world: Partial<World> = {}) {
    this.#night = night
    this.#world = { ...worldOf(night), ...world }
    this.script = planToRunbook(night.plan, resolveProblem(night.problem))
    this.folder = mkdtempSync(join(tmpdir(), 'vmferry-night-'))
    folders.push(this.folder)
    this.journalPath = join(this.folder, 'journal.jsonl')
    this.scriptPath = join(this.folder, 'night.ps1')
    writeFileSync(this.scriptPath, this.script)
  }

  /** The process, with this cluster in it: a file's simulations are not run at the same time. */
  async pwsh(): Promise<Pwsh> {
    shared ??= new Pwsh()
    if (!this.#built) await shared.build(this.#world)
    this.#built = true
    return shared
  }

  /** One start of the script. An argument that is `null` is left out; the default is to ask nothing. */
  async start(
    args: Record<string, ScriptArguments[string] | null> = {},
    how: Omit<ScriptRequest, 'path' | 'arguments'> = {},
  ): Promise<ScriptResult> {
    const pwsh = await this.pwsh()
    const given = { JournalPath: this.journalPath, Confirm: false, ...args }
    const kept = Object.entries(given).filter(([, value]) => value !== null) as [
      string,
      ScriptArguments[string],
    ][]
    const result = await pwsh.run({
      path: this.scriptPath,
      arguments: Object.fromEntries(kept),
      folder: this.folder,
      ...how,
    })
    this.world = await pwsh.look()
    return result
  }

  /** Kills the whole process by SIGKILL before the call; the cluster goes on in the next one. */
  async kill(args: ScriptArguments, endAtCall: number): Promise<boolean> {
    const saveTo = join(this.folder, 'cluster.json')
    try {
      await this.start(args, { endAtCall, endBy: 'process', saveTo })
      return false
    } catch (error) {
      if (!(error instanceof Ended)) throw error
      shared = new Pwsh()
      await shared.load(saveTo)
      rmSync(saveTo)
      return true
    }
  }

  async advance(seconds: number): Promise<void> {
    await (await this.pwsh()).advance(seconds)
    this.world = await shared!.look()
  }

  /** Changes the VM at once, as somebody at the cluster would. */
  async setVm(vm: string, set: Partial<WorldVm> & { transit?: null }): Promise<void> {
    await (await this.pwsh()).set({ vm, set })
  }

  get journalText(): string {
    return existsSync(this.journalPath) ? readFileSync(this.journalPath, 'utf8') : ''
  }

  set journalText(text: string) {
    writeFileSync(this.journalPath, text)
  }

  get journal(): Journal {
    return parseJournal(this.journalText)
  }

  vm(name: string): Partial<WorldVm> {
    return this.world.vms.find((vm) => vm.name === name)!
  }

  /** Seconds of the cluster's clock at the plan's second 0. */
  get second0(): number {
    return (this.journal.startMs - Date.parse('2026-11-23T20:00:00+01:00')) / 1000
  }

  /** Migrations that took place, in seconds of the plan. A VM that does not run moves as `live`, whatever the command. */
  get done(): Done[] {
    const idle = new Set(
      this.#night.problem.vms.filter(({ state = 'running' }) => state !== 'running').map(({ id }) => id),
    )
    const ways = new Set(this.#night.plan.migrations.map(label))
    const inPlace = (vm: string, node: string, kind: string) =>
      ways.has(`${vm} ${node}>${node} ${kind}-in-place`)
    return migrationsOf(this.world.trace, inPlace).map((m) => ({
      ...m,
      kind: idle.has(m.vm) ? 'live' : m.kind,
      startSeconds: m.startSeconds - this.second0,
      endSeconds: m.endSeconds - this.second0,
    }))
  }

  /** Works that have ended, by the journal, in seconds of the plan. */
  get worksDone(): WorkDone[] {
    const { entries, startMs } = this.journal
    const begun = new Map<string, number>()
    return entries.flatMap(({ entry, atMs }) => {
      const second = (atMs - startMs) / 1000
      if (entry.event === 'work-started') begun.set(entry.node, second)
      if (entry.event !== 'work-ended') return []
      return [{ node: entry.node, startSeconds: begun.get(entry.node)!, endSeconds: second }]
    })
  }

  /** All that was tried, in seconds of the plan. */
  get attempts(): TraceEntry[] {
    return this.world.trace.map((each) => ({
      ...each,
      startSeconds: each.startSeconds - this.second0,
      endSeconds: each.endSeconds == null ? undefined : each.endSeconds - this.second0,
    }))
  }

  /** VMs of which something other than a live migration never ends. */
  get stranded(): string[] {
    return this.world.trace
      .filter(({ kind, outcome }) => kind !== 'live' && outcome == null)
      .map(({ vm }) => vm)
  }

  /** Migrations of the plan that have not taken place. */
  get missing(): string[] {
    const done = this.done.map(label)
    return this.#night.plan.migrations.map(label).filter((each) => !done.includes(each))
  }

  /** Migrations that took place twice, or that the plan does not have. */
  get surplus(): string[] {
    const left = this.#night.plan.migrations.map(label)
    return this.done.map(label).filter((each) => {
      const at = left.indexOf(each)
      if (at >= 0) left.splice(at, 1)
      return at < 0
    })
  }
}

export const simulationOf = (parts: NightParts, world: Partial<World> = {}): Simulation =>
  new Simulation(nightByHand(parts), world)

/** `web A>B live`. */
export function label({ vm, from, to, kind }: Pick<Done, 'vm' | 'from' | 'to' | 'kind'>): string {
  return `${vm} ${from}>${to} ${kind}`
}

/** What has ended of what was tried: stop, move and start of one VM are one restart, a VM saved where it is a save in place. */
function migrationsOf(
  trace: readonly TraceEntry[],
  inPlace: (vm: string, node: string, kind: string) => boolean,
): Done[] {
  const stopped = new Map<string, number>()
  const moved = new Map<string, TraceEntry>()
  const done: Done[] = []
  for (const { vm, kind, from, to, startSeconds, endSeconds, outcome } of trace) {
    if (outcome !== 'ended') continue
    const add = (as: Migration['kind'], start = startSeconds, source = from) =>
      done.push({ vm, kind: as, from: source, to, startSeconds: start, endSeconds: endSeconds! })
    if (kind === 'stop' && inPlace(vm, from, 'stop')) add('stop-in-place')
    else if (kind === 'start' && inPlace(vm, from, 'resume')) add('resume-in-place')
    else if (kind === 'stop') stopped.set(vm, startSeconds)
    else if (kind === 'live') add('live')
    else if (kind === 'save') add('save-in-place')
    else if (kind === 'quick' && !stopped.has(vm)) add('save')
    else if (kind === 'quick') moved.set(vm, { vm, kind, from, to, startSeconds })
    else if (moved.has(vm)) {
      add('restart', stopped.get(vm), moved.get(vm)!.from)
      stopped.delete(vm)
      moved.delete(vm)
    } else stopped.delete(vm)
  }
  return done.sort((a, b) => a.startSeconds - b.startSeconds || (a.vm < b.vm ? -1 : 1))
}
