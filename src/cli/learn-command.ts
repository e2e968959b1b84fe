/** `vmferry learn`: problems, plans and the journals of their runs in, what they say of durations out. */

import { InvalidProblemError } from '../errors.js'
import { escapeJson } from '../io/controls.js'
import { kindOfDocument } from '../io/document-kind.js'
import { formatCount } from '../io/table/clock.js'
import { quote } from '../model/issues.js'
import type { Journal } from '../model/journal.js'
import type { Plan } from '../model/plan.js'
import type { ResolvedProblem } from '../model/problem.js'
import { CliError, EXIT, inDocument, safeLines } from './failure.js'
import type { CliIo } from './io.js'
import { refuseMisplaced } from './misplaced.js'
import { type InputDocument, readText, STANDARD_INPUT, type TextDocument } from './read.js'
import { prepareOutput, writeOutput } from './write.js'

export interface LearnCommandOptions {
  output?: string
  quiet?: boolean
}

interface NightFiles {
  problem: ResolvedProblem
  plan: Plan | undefined
  journals: Journal[]
  /** Of the journals. */
  labels: string[]
}

/** Returns the exit code. @throws CliError for bad input; nothing is written then. */
export async function learnCommand(
  paths: readonly string[],
  options: LearnCommandOptions,
  io: CliIo,
): Promise<number> {
  const quiet = options.quiet ?? false
  const planner = await io.loadPlanner()
  const inputs: Pick<InputDocument, 'label' | 'identity'>[] = []
  const [{ learnNights }, { reportLesson }, { parsePlan }] = await Promise.all([
    import('../learn/learn.js'),
    import('../learn/report.js'),
    import('../check/plan-schema.js'),
  ])
  const files: NightFiles[] = []
  for (const path of paths) {
    if (path === STANDARD_INPUT && inputs.some(({ label }) => label === 'standard input'))
      throw new CliError('"-" is given twice: only one file can come from standard input')
    const document = await readText(
      path,
      'problem, plan or journal',
      io,
      quiet,
      'a problem, a plan or a journal',
    )
    inputs.push(document)
    take(document)
  }
  const nights = files.map((night) => {
    const { plan, journals } = night
    if (plan === undefined || journals.length === 0) {
      const lacks = plan === undefined ? 'its plan' : 'the journal of its run'
      throw new CliError(
        `${quote(night.problem.name)}: ${lacks} is missing; each night is PROBLEM.json PLAN.json JOURNAL`,
      )
    }
    return { ...night, plan }
  })
  const file = options.output === STANDARD_INPUT ? undefined : options.output
  const target = file === undefined ? undefined : prepareOutput(file, inputs, io.fs)
  const { learned, report } = learn()
  if (learned !== undefined) {
    const text = `${escapeJson(JSON.stringify(learned, undefined, 2))}\n`
    if (target === undefined) await io.stdout.write(text)
    else await writeOutput(target, text, io)
  }
  const lines = reportLesson(report, learned)
  if (target !== undefined && learned !== undefined)
    lines.push(`wrote ${target.label}: give it to "vmferry plan --learned", or to "vmferry import --learned"`)
  if (!quiet) for (const line of lines) await io.stderr.write(`vmferry: ${safeLines(line)}\n`)
  return learned === undefined ? EXIT.findings : EXIT.done

  /** By its kind: a problem begins a night, plans and journals are of the one that was begun last. */
  function take({ label, text }: TextDocument): void {
    const night = files.at(-1)
    const kind = kindOfDocument(text)
    if (kind === 'problem') {
      const problem = inDocument(label, () => planner.resolveProblem(planner.parseJson(text)))
      files.push({ problem, plan: undefined, journals: [], labels: [] })
      return
    }
    if (night === undefined)
      throw new CliError(
        `${label}: it comes before any problem; each night is PROBLEM.json PLAN.json JOURNAL`,
      )
    if (kind === 'plan') {
      if (night.plan !== undefined)
        throw new CliError(
          `${label}: a second plan for ${quote(night.problem.name)}; name its problem before it`,
        )
      night.plan = inDocument(label, () => parsePlan(planner.parseJson(text)))
      return
    }
    refuseMisplaced(label, kind, 'journal')
    night.journals.push(inDocument(label, () => planner.parseJournal(text)))
    night.labels.push(label)
  }

  /** Names the file in which the faults are: the journals are held against their plans one by one. */
  function learn() {
    try {
      return learnNights(nights)
    } catch (error) {
      if (!(error instanceof InvalidProblemError)) throw error
      const [label] = nights.flatMap((night) => {
        const faulty = night.journals.findIndex((journal) => {
          try {
            learnNights([{ ...night, journals: [journal] }])
            return false
          } catch {
            return true
          }
        })
        return faulty < 0 ? [] : [night.labels[faulty]!]
      })
      return inDocument(label ?? formatCount(nights.length, 'night'), () => {
        throw error
      })
    }
  }
}
