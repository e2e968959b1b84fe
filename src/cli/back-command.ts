/** `vmferry back`: problem and plan in, the problem that brings everything home out. */

import { problemToJson } from '../io/json.js'
import { isLocalTime } from '../io/local-time.js'
import { formatCount } from '../io/table/clock.js'
import type { Plan } from '../model/plan.js'
import type { Instant } from '../model/problem.js'
import type { BackOptions, WayBack } from '../replan/back.js'
import { CliError, EXIT, inOneOf, safeLines } from './failure.js'
import type { CliIo } from './io.js'
import { readJournal, requireOneStandardInput } from './journal.js'
import { readLocalOption } from './local-option.js'
import { requireJsonName } from './output-format.js'
import { readProblemAndPlan, STANDARD_INPUT } from './read.js'
import { prepareOutput, writeOutput } from './write.js'

export interface BackCommandOptions {
  output?: string
  journal?: string
  start?: Instant
  zone?: string
  quiet?: boolean
}

/** Returns the exit code. @throws CliError for bad input; nothing is written then. */
export async function backCommand(
  problemPath: string,
  planPath: string,
  { output, journal: journalPath, start, zone, quiet = false }: BackCommandOptions,
  io: CliIo,
): Promise<number> {
  const file = output === STANDARD_INPUT ? undefined : output
  if (file !== undefined) requireJsonName('-o', file)
  if (zone !== undefined && !isLocalTime(start))
    throw new CliError('--zone is for a local time of --start; there is none')
  requireOneStandardInput(journalPath, [problemPath, planPath])
  const planner = await io.loadPlanner()
  const { parseJson } = planner
  const { problem: own, plan } = await readProblemAndPlan(problemPath, planPath, io, { quiet, parseJson })
  const inputs: Parameters<typeof prepareOutput>[1][number][] = [own, plan]
  const labels = { problem: own.label, plan: plan.label, journal: '' }
  const given: BackOptions = {}
  const way = await inOneOf(labels, async () => {
    const problem = planner.resolveProblem(own.value)
    if (journalPath !== undefined) {
      const journal = await readJournal(journalPath, io, quiet)
      labels.journal = journal.label
      inputs.push(journal)
      given.journal = planner.parseJournal(journal.text)
    }
    if (isLocalTime(start))
      given.start = await readLocalOption('--start', start, { start: problem.start, zone })
    else if (start !== undefined) given.start = start
    const violations = planner.check(problem, plan.value)
    // What has happened all the same is in the journal; a plan alone is taken at its word.
    if (violations.length > 0 && journalPath === undefined)
      throw new CliError(
        `${plan.label}: breaks ${formatCount(violations.length, 'rule')} of the problem, so that nobody knows where its VMs are; vmferry check lists them`,
      )
    return planner.back(own.value as Parameters<typeof planner.back>[0], problem, plan.value, given)
  })
  const target = file === undefined ? undefined : prepareOutput(file, inputs, io.fs)
  const text = problemToJson(way.problem)
  if (target === undefined) await io.stdout.write(text)
  else await writeOutput(target, text, io)
  if (!quiet)
    for (const note of notesOf(way, plan.value as Plan, target?.label))
      await io.stderr.write(`vmferry: ${safeLines(note)}\n`)
  return EXIT.done
}

function notesOf(
  { problem, saved, stopped, resumed }: WayBack,
  plan: Plan,
  label: string | undefined,
): string[] {
  const moves = formatCount(problem.request.moves?.length ?? 0, 'VM')
  const begins = problem.start === undefined ? '' : `, from ${problem.start} on`
  const notes = [`${label === undefined ? '' : `wrote ${label}: `}${moves} to bring home${begins}`]
  if (resumed.length > 0) notes.push(`taken to be up again: ${resumed.join(', ')}`)
  const emptied = plan.drained.map(({ node }) => node)
  const homes = new Set(problem.request.moves?.map(({ to }) => to))
  const drained = emptied.filter((node) => homes.has(node))
  if (drained.length > 0)
    notes.push(`resume before it runs, as the runbook has paused it: ${drained.join(', ')}`)
  if (saved.length > 0) notes.push(`saved in place, to be started by hand: ${saved.join(', ')}`)
  if (stopped.length > 0) notes.push(`shut down in place, to be started by hand: ${stopped.join(', ')}`)
  return notes
}
