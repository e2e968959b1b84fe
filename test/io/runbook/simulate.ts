/** Runs a plan's runbook, its own text, against a simulated cluster. */
import { planToRunbook } from '../../../src/io/runbook/runbook.js'
import { type Journal, parseJournal } from '../../../src/model/journal.js'
import { resolveProblem } from '../../../src/model/validate.js'
import { Random } from '../../../src/solver/random.js'
import { compile, type RunResult, type ScriptArguments } from '../../powershell/interpreter/index.js'
import { type ClusterOptions, type Course, Killed, NightCluster } from './cluster.js'
import type { Night } from './nights.js'

export const JOURNAL = 'C:\\work\\journal.jsonl'

/** Durations that differ from the planned ones by up to 30 %, and what a seed makes of some of the attempts. */
export function courses(seed: number, failures: number, stuck: number): (attempt: unknown, number: number) => Course {
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
  /** Calls of the cluster and writes of the journal so far. */

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
    const block = await compileOnce(this.script)
    try {
      return this.cluster.interpreter.runBlock(block, { JournalPath: JOURNAL, Confirm: false, ...args })
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
const compiled = new Map<string, Promise<Compiled>>()

function compileOnce(script: string): Promise<Compiled> {
  const present = compiled.get(script)
  if (present !== undefined) return present
  const block = compile(script)
  compiled.clear()
  compiled.set(script, block)
  return block
}
