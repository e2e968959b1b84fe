/** Runs a plan's runbook, its own text, against a simulated cluster. */
import { planToRunbook } from '../../../src/io/runbook/runbook.js'
import { type Journal, parseJournal } from '../../../src/model/journal.js'
import { resolveProblem } from '../../../src/model/validate.js'
import { traceToPlan } from '../../powershell/fake-cluster/trace.js'
import { type ClusterSpec, FakeCluster, type TraceEntry } from '../../powershell/fake-cluster.js'
import {
  compile,
  type InterpreterOptions,
  type RunResult,
  type ScriptArguments,
} from '../../powershell/interpreter/index.js'
import type { Done, Night } from './nights.js'

export const JOURNAL = 'C:\\work\\journal.jsonl'

/** Ends the process that runs the script. A script cannot catch it. */
export class Killed extends Error {}

const FAKED = new Set(['failoverclusters', 'hyper-v', 'cimcmdlets'])

export type SimulationOptions = Partial<ClusterSpec> & InterpreterOptions

const STATES = { running: 'Running', off: 'Off', saved: 'Saved' } as const
const NODE_STATES = { up: 'Up', paused: 'Paused', down: 'Down' } as const

function specOf({ problem, plan }: Night, options: SimulationOptions): ClusterSpec {
  const route = new Map(
    plan.migrations.map((m) => [`${m.vm} ${m.from} ${m.to}`, m.endSeconds - m.startSeconds]),
  )
  const ofVm = new Map(plan.migrations.map((m) => [m.vm, m.endSeconds - m.startSeconds]))
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
    maximumParallelMigrations: 9,
    autoBalancerMode: 0,
    spread: 0,
    // Stopping and starting are parts of a restart.
    plannedSeconds: (vm, from, to, kind) =>
      (route.get(`${vm} ${from} ${to}`) ?? ofVm.get(vm) ?? 60) *
      (kind === 'stop' || kind === 'start' ? 0.3 : 1),
    ...options,
  }
}

export class Simulation {
  readonly cluster: FakeCluster
  readonly script: string
  /** Calls of the cluster and writes of files until the process is killed; Infinity: never. */
  callsLeft = Infinity
  calls = 0
  /** Asked before each call of the cluster: whether it answers. */
  answers: () => boolean = () => true
  readonly #night: Night
  #block: Compiled | undefined

  constructor(night: Night, options: SimulationOptions = {}) {
    this.#night = night
    this.script = planToRunbook(night.plan, resolveProblem(night.problem))
    this.cluster = new FakeCluster(specOf(night, options), { limits: { steps: 200_000_000 }, ...options })
    this.#letCallsFail()
    this.#letWritesFail()
  }

  get clock() {
    return this.cluster.interpreter.clock
  }

  #tick(): void {
    this.calls++
    if (this.callsLeft-- <= 0) throw new Killed('killed')
  }

  #letCallsFail(): void {
    const { commands } = this.cluster.interpreter.runtime
    for (const [name, definition] of commands) {
      if (!FAKED.has(definition.module.toLowerCase())) continue
      commands.set(name, {
        ...definition,
        start: (ctx, args) => {
          this.#tick()
          if (!this.answers()) ctx.fail('The cluster service is not running.')
          return definition.start(ctx, args)
        },
      })
    }
  }

  /** A kill during a write leaves a part of what was to be written. */
  #letWritesFail(): void {
    const { files } = this.cluster.interpreter
    const write = files.write.bind(files)
    files.write = (path, text, encoding) => {
      if (this.callsLeft <= 0 && path.toLowerCase() === JOURNAL.toLowerCase()) {
        const before = (files.read(path) ?? '').length
        const part = Math.max(before, before + Math.floor((text.length - before) / 2))
        write(path, text.slice(0, part), encoding)
      }
      this.#tick()
      write(path, text, encoding)
    }
  }

  /** One start of the script; undefined where it was killed. An argument that is `null` is left out. */
  async start(args: ScriptArguments = {}): Promise<RunResult | undefined> {
    this.#block ??= await compileOnce(this.script)
    const given: ScriptArguments = { JournalPath: JOURNAL, Confirm: false, ...args }
    for (const [name, value] of Object.entries(given)) if (value === null) delete given[name]
    try {
      return this.cluster.interpreter.runBlock(this.#block, given)
    } catch (error) {
      if (!(error instanceof Killed)) throw error
      return undefined
    } finally {
      // The process has ended: its locks are gone, and what it has started in the cluster goes on.
      this.callsLeft = Infinity
      this.cluster.interpreter.runtime.locks.clear()
    }
  }

  get journal(): Journal {
    return parseJournal(this.cluster.interpreter.files.read(JOURNAL) ?? '')
  }

  /** Seconds of the clock at the plan's second 0. */
  get second0(): number {
    return (this.journal.startMs - this.clock.startMs) / 1000
  }

  /** Migrations that took place, in seconds of the plan. A VM that does not run moves as `live`, whatever the command. */
  get done(): Done[] {
    const idle = new Set(
      this.#night.problem.vms.filter(({ state = 'running' }) => state !== 'running').map(({ id }) => id),
    )
    return traceToPlan(this.cluster.trace, this.#night.problem).migrations.map((m) => ({
      ...m,
      kind: idle.has(m.vm) ? 'live' : m.kind,
      startSeconds: m.startSeconds - this.second0,
      endSeconds: m.endSeconds - this.second0,
    }))
  }

  /** All that was tried, in seconds of the plan. */
  get attempts(): TraceEntry[] {
    return this.cluster.trace.map((each) => ({
      ...each,
      startSeconds: each.startSeconds - this.second0,
      endSeconds: each.endSeconds === undefined ? undefined : each.endSeconds - this.second0,
    }))
  }

  /** VMs of which something other than a live migration never ends. */
  get stranded(): string[] {
    return this.cluster.trace
      .filter(({ kind, outcome }) => kind !== 'live' && outcome === undefined)
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

/** `web A>B live`. */
export function label({ vm, from, to, kind }: Pick<Done, 'vm' | 'from' | 'to' | 'kind'>): string {
  return `${vm} ${from}>${to} ${kind}`
}

type Compiled = Awaited<ReturnType<typeof compile>>

const TABLES = /^\$Plan = [\s\S]*?^\$Windows = [\s\S]*?^\)$/m
/** Of the first script: its program without tables and fingerprint, and what it was compiled to. */
let common: { program: string; block: Compiled } | undefined

const programOf = (script: string) =>
  script
    .replace(/^\ufeff/, '')
    .replace(TABLES, '')
    .replace(/vmferry-[0-9a-f]{16}/, '')

/**
 * The grammar takes seconds for the program, which is the same in all runbooks: it is compiled once, and the tables, five assignments, take
 * their places in it.
 */
async function compileOnce(script: string): Promise<Compiled> {
  const program = programOf(script)
  common ??= { program, block: await compile(script) }
  if (common.program !== program) throw new Error('two runbooks differ in more than their tables')
  const tables = TABLES.exec(script)
  if (tables === null) throw new Error('the runbook has no tables')
  const own = (await compile(tables[0])).end
  const first = common.block.end.findIndex((each) => isAssignmentTo(each, 'Plan'))
  const last = common.block.end.findIndex((each) => isAssignmentTo(each, 'Windows'))
  if (own.length !== last - first + 1) throw new Error('the tables are not the statements expected')
  const end = [...common.block.end.slice(0, first), ...own, ...common.block.end.slice(last + 1)]
  return { ...common.block, end }
}

function isAssignmentTo(statement: Compiled['end'][number], name: string): boolean {
  if (statement.kind !== 'assign' || statement.target.kind !== 'var') return false
  return statement.target.name.toLowerCase() === name.toLowerCase()
}
