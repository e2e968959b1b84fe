/** The command line on a folder of its own, with streams that remember and a planner that answers what it is told to. */
import fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect } from 'vitest'
import { localRunner } from '../../src/batch/runner.js'
import type { CliIo, Planner } from '../../src/cli/io.js'
import { planner as realPlanner } from '../../src/cli/planner.js'
import { run as runCommand } from '../../src/cli/run.js'
import { InvalidProblemError } from '../../src/errors.js'
import { parseJournal } from '../../src/model/journal.js'
import type { Plan } from '../../src/model/plan.js'
import { readCalendarWindows } from '../../src/on-demand.js'
import { backResolved } from '../../src/replan/back.js'
import { remainingResolved } from '../../src/replan/replan.js'
import type { Parameters } from '../../src/solver/parameters.js'
import { maintenanceNight, nightExplained, nightQuiet } from '../io/fixtures.js'

export interface Outcome {
  code: number
  out: string
  err: string
}

export type Harness = ReturnType<typeof createHarness>

const folders: string[] = []
afterAll(() => {
  for (const folder of folders.splice(0)) fs.rmSync(folder, { recursive: true, force: true })
})

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new InvalidProblemError([{ path: '', message: 'line 1, column 2: not JSON' }])
  }
}

function memoryStream(isTTY: boolean) {
  const chunks: string[] = []
  const write = async (text: string) => void chunks.push(text)
  const stream = { isTTY, columns: isTTY ? 100 : undefined, write }
  return { stream, text: () => chunks.join('') }
}

/** Threads cannot run the sources: they run the built package. */
const url = new URL('../../dist/worker/node-entry.js', import.meta.url)
export const createRunner: Planner['createRunner'] = async (jobs) => localRunner({ url, size: jobs ?? 2 })

export function createHarness(settings: { tty?: boolean; stdin?: string | Uint8Array } = {}) {
  const folder = fs.mkdtempSync(join(fs.realpathSync(tmpdir()), 'vmferry-cli-'))
  folders.push(folder)
  const tty = settings.tty ?? false
  const sample = maintenanceNight()
  const documents: unknown[] = []
  const listeners = new Set<() => void>()
  let loads = 0
  const planner: Planner = {
    plan: async () => sample.plan,
    check: () => [],
    explain: async () => nightExplained(),
    quiet: () => nightQuiet(),
    parseJournal,
    readParameters: () => ({}) as Parameters,
    remaining: async (...args) => remainingResolved(...args),
    planRemaining: async () => sample.plan,
    back: async (...args) => backResolved(...args),
    readCalendarWindows,
    parseJson,
    resolveProblem: (document) => {
      documents.push(document)
      return sample.problem
    },
    withWindows: (problem) => problem,
    createRunner,
  }
  const out = memoryStream(tty)
  const err = memoryStream(tty)
  const io: CliIo = {
    stdin: {
      isTTY: false,
      async *chunks() {
        const bytes = Buffer.from(settings.stdin ?? '')
        // In two pieces, so that a character may be cut by the chunks.
        const half = bytes.length >> 1
        yield bytes.subarray(0, half)
        yield bytes.subarray(half)
      },
      identity: () => undefined,
    },
    stdout: out.stream,
    stderr: err.stream,
    env: { LANG: 'en_US.UTF-8' },
    platform: 'linux',
    fs,
    loadPlanner: async () => {
      loads++
      return planner
    },
    onInterrupt: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  /** Absolute path in the folder. */
  const path = (name: string) => join(folder, name)
  const run = async (...argv: string[]): Promise<Outcome> => {
    const before = { out: out.text().length, err: err.text().length }
    const code = await runCommand(argv, io)
    return { code, out: out.text().slice(before.out), err: err.text().slice(before.err) }
  }
  return {
    folder,
    path,
    write: (name: string, content: string | Uint8Array) => {
      fs.writeFileSync(path(name), content)
      return path(name)
    },
    read: (name: string) => fs.readFileSync(path(name), 'utf8'),
    files: () => fs.readdirSync(folder).sort(),
    io,
    planner,
    /** Problems that the planner was to resolve. */
    documents,
    /** What the command hears as Ctrl-C. */
    interrupt: () => {
      for (const listener of listeners) listener()
    },
    /** Listeners that are registered and not yet taken back. */
    listening: () => listeners.size,
    plannerLoads: () => loads,
    run,
    /** Standard error of a command that has to end with 2, and to write nothing else. */
    refused: async (...argv: string[]): Promise<string> => {
      const { code, out, err } = await run(...argv)
      expect([code, out]).toEqual([2, ''])
      return err
    },
  }
}

/** With the real planner, and a problem and its plan in files. */
export async function plannedHarness(problem: unknown) {
  const cli = createHarness()
  cli.io.loadPlanner = async () => realPlanner
  const path = cli.write('p.json', JSON.stringify(problem))
  const { out } = await cli.run('plan', path, '--format', 'json', '-q')
  const files: [problem: string, plan: string] = [path, cli.write('plan.json', out)]
  return { cli, plan: JSON.parse(out) as Plan, files }
}
