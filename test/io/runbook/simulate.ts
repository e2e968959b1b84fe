/** Runs a plan's runbook, its own text, against a simulated cluster. */
import { planToRunbook } from '../../../src/io/runbook/runbook.js'
import { type Journal, parseJournal } from '../../../src/model/journal.js'
import { resolveProblem } from '../../../src/model/validate.js'
import { Random } from '../../../src/solver/random.js'
import { compile, type RunResult, type ScriptArguments } from '../../powershell/interpreter/index.js'
import { type Attempt, type ClusterOptions, type Course, Killed, NightCluster } from './cluster.js'
import type { Done, Night } from './nights.js'

export const JOURNAL = 'C:\\work\\journal.jsonl'

/** Durations that differ from the planned ones by up to 30 %, and what a seed makes of some of the attempts. */
export function courses(
  seed: number,
  failures: number,
  stuck: number,
): (attempt: unknown, number: number) => Course {
  const random = new Random(seed)
  const fates = new Map<number, Course['fate']>()
  for (let i = 0; i < failures; i++) fates.set(random.below(8), 'fails')
  for (let i = 0; i < stuck; i++) fates.set(random.below(8), 'sticks')
  return (_, number) => ({
    fate: fates.get(number) ?? 'ends',
    factor: (70 + random.below(61)) / 100,
  })
}

export class Simulation {
  readonly cluster: NightCluster
  readonly script: string
  readonly #night: Night
  #block: Compiled | undefined

  constructor(night: Night, options: Partial<ClusterOptions> = {}) {
    this.#night = night
    this.script = planToRunbook(night.plan, resolveProblem(night.problem))
    const planned = new Map(
      night.plan.migrations.map((m) => [`${m.vm} ${m.from} ${m.to}`, m.endSeconds - m.startSeconds]),
    )
    const ofVm = new Map(night.plan.migrations.map((m) => [m.vm, m.endSeconds - m.startSeconds]))
    this.cluster = new NightCluster(night.problem, {
      plannedSeconds: (vm, from, to) => planned.get(`${vm} ${from} ${to}`) ?? ofVm.get(vm) ?? 60,
      ...options,
    })
    this.#letWritesFail()
  }

  /** A kill during a write leaves a part of what was to be written. */
  #letWritesFail(): void {
    const { files } = this.cluster.interpreter
    const write = files.write.bind(files)
    files.write = (path, text, encoding) => {
      if (this.cluster.callsLeft <= 0 && path.toLowerCase() === JOURNAL.toLowerCase()) {
        const before = files.read(path) ?? ''
        const cut = before.length + Math.floor((text.length - before.length) / 2)
        write(path, text.slice(0, Math.max(before.length, cut)), encoding)
        throw new Killed('killed')
      }
      this.cluster.tick()
      write(path, text, encoding)
    }
  }

  /** One start of the script; undefined where it was killed. */
  async start(args: ScriptArguments = {}): Promise<RunResult | undefined> {
    this.#block ??= await compileOnce(this.script)
    try {
      const given: ScriptArguments = { JournalPath: JOURNAL, Confirm: false, ...args }
      // `null` leaves an argument out.
      for (const [name, value] of Object.entries(given)) if (value === null) delete given[name]
      return this.cluster.interpreter.runBlock(this.#block, given)
    } catch (error) {
      if (!(error instanceof Killed)) throw error
      return undefined
    } finally {
      this.cluster.revive()
    }
  }

  get journal(): Journal {
    return parseJournal(this.cluster.interpreter.files.read(JOURNAL) ?? '')
  }

  /** Seconds of the clock at the plan's second 0. */
  get second0(): number {
    return (this.journal.startMs - this.cluster.interpreter.clock.startMs) / 1000
  }

  /** Migrations that took place, in seconds of the plan. */
  get done(): Done[] {
    return this.cluster.done.map((each) => this.#shifted(each))
  }

  /** All attempts, in seconds of the plan. */
  get attempts(): Attempt[] {
    return this.cluster.attempts.map((each) => this.#shifted(each))
  }

  #shifted<T extends { startSeconds: number; endSeconds: number | undefined }>(each: T): T {
    const endSeconds = each.endSeconds === undefined ? undefined : each.endSeconds - this.second0
    return { ...each, startSeconds: each.startSeconds - this.second0, endSeconds }
  }

  /** Migrations of the plan that have not taken place. */
  get missing(): string[] {
    const done = this.cluster.done.map(({ vm, from, to, kind }) => `${vm} ${from} ${to} ${kind}`)
    return this.#night.plan.migrations
      .map(({ vm, from, to, kind }) => `${vm} ${from} ${to} ${kind}`)
      .filter((each) => !done.includes(each))
  }

  /** Migrations that took place twice, or that the plan does not have. */
  get surplus(): string[] {
    const left = this.#night.plan.migrations.map(({ vm, from, to, kind }) => `${vm} ${from} ${to} ${kind}`)
    return this.cluster.done
      .map(({ vm, from, to, kind }) => `${vm} ${from} ${to} ${kind}`)
      .filter((each) => {
        const at = left.indexOf(each)
        if (at < 0) return true
        left.splice(at, 1)
        return false
      })
  }
}

type Compiled = Awaited<ReturnType<typeof compile>>

const TABLES = /^\$Plan = [\s\S]*?^\$Windows = [\s\S]*?^\)$/m
/** Of the first script: its program without tables and fingerprint, and what it was compiled to. */
let common: { program: string; block: Compiled } | undefined

const programOf = (script: string) => script.replace(TABLES, '').replace(/vmferry-[0-9a-f]{16}/, '')

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
