/** `vmferry replan`: problem, plan and journal in, a plan for what is left out. */

import { PLAN_FORMATS, type PlanFormat } from '../io/formats.js'
import { problemToJson } from '../io/json.js'
import { isLocalTime } from '../io/local-time.js'
import { formatCount } from '../io/table/clock.js'
import { describeWorks, runToTable } from '../io/table/run.js'
import { addAll } from '../lists.js'
import type { Instant, ResolvedProblem } from '../model/problem.js'
import type { Remaining } from '../replan/remaining.js'
import { resolveWithCalendars, withoutUnusedZone } from './calendars.js'
import { CliError, EXIT, inDocument, inOneOf, safeLines } from './failure.js'
import type { CliIo } from './io.js'
import { readJournal, requireOneStandardInput } from './journal.js'
import { readLocalOption } from './local-option.js'
import { outputFormat, requireJsonName } from './output-format.js'
import { type PlanCommandOptions, summarise } from './plan-command.js'
import type { ProgressLine } from './progress-line.js'
import { readProblemAndPlan, STANDARD_INPUT } from './read.js'
import { readSearchOptions, watchSearch, withProgress } from './search.js'
import { tableOptions } from './terminal.js'
import { type Output, type OutputTarget, prepareOutput, writeOutputs } from './write.js'

export interface ReplanCommandOptions extends PlanCommandOptions {
  journal: string
  now: Instant
  skip?: string[]
  avoid?: string[]
  down?: string[]
  retry?: string[]
  problemOut?: string
}

async function readNow({ now, zone }: ReplanCommandOptions, { start }: ResolvedProblem): Promise<Instant> {
  if (!isLocalTime(now)) return now
  return await readLocalOption('--now', now, { start, zone })
}

/** `VM=NODE`. An id may have an equals sign itself. @throws CliError */
function readAvoid(text: string, { vmById, nodeById }: ResolvedProblem): { vm: string; node: string } {
  const parts = text.split('=')
  const ways = parts.slice(1).map((_, i) => ({
    vm: parts.slice(0, i + 1).join('='),
    node: parts.slice(i + 1).join('='),
  }))
  const known = ways.find(({ vm, node }) => vmById.has(vm) && nodeById.has(node))
  const [first] = ways
  if (first === undefined) throw new CliError(`--avoid ${text}: write VM=NODE, as --avoid web-01=HV02`)
  return known ?? first
}

/** Returns the exit code. @throws CliError for bad input; nothing is written then. */
export function replanCommand(
  problemPath: string,
  planPath: string,
  options: ReplanCommandOptions,
  io: CliIo,
): Promise<number> {
  return withProgress(io, options.quiet, problemPath, (watched, line) =>
    replanWatched(problemPath, planPath, options, watched, line),
  )
}

async function replanWatched(
  problemPath: string,
  planPath: string,
  options: ReplanCommandOptions,
  io: CliIo,
  line: ProgressLine | undefined,
): Promise<number> {
  const quiet = options.quiet ?? false
  const file = options.output === STANDARD_INPUT ? undefined : options.output
  const formatName = outputFormat(PLAN_FORMATS, { format: options.format, file })
  const format: PlanFormat = PLAN_FORMATS[formatName]
  requireOneStandardInput(options.journal, [problemPath, planPath])
  const planner = await io.loadPlanner()
  const { problem: own, plan: old } = await readProblemAndPlan(problemPath, planPath, io, {
    quiet,
    parseJson: planner.parseJson,
  })
  const journal = await readJournal(options.journal, io, quiet)
  const others = [old, { ...journal, value: undefined }]
  const calendars = isLocalTime(options.now) ? withoutUnusedZone(options) : options
  const { document, problem, inputs } = await resolveWithCalendars(own, others, calendars, io, planner, quiet)
  const search = await readSearchOptions(options, io, planner, inputs)
  const target = file === undefined ? undefined : prepareOutput(file, inputs, io.fs)
  const problemTarget = prepareProblemOutput(options, target, inputs, io)
  const labels = { problem: own.label, plan: old.label, journal: journal.label }

  const now = await readNow(options, problem)
  const rest = await inOneOf(labels, async () => {
    const entries = planner.parseJournal(journal.text)
    const { skip = [], down = [], retry = [] } = options
    const avoid = (options.avoid ?? []).map((text) => readAvoid(text, problem))
    return planner.remaining(document, problem, old.value, entries, { now, skip, avoid, down, retry })
  })
  const left = rest.remaining
  inDocument(own.label, () => format.require?.(rest.problem))
  const { result: plan, interrupted } = await watchSearch(io, line, (hooks) =>
    planner.planRemaining(rest, { ...hooks, ...search }),
  )

  const display = tableOptions(options, target !== undefined, io)
  const head = formatName === 'table' ? `${runToTable(left, display)}\n` : ''
  const text = head + (await format.render(plan, rest.problem, display))
  const outputs: Output[] = []
  if (problemTarget !== undefined) outputs.push({ target: problemTarget, text: problemToJson(left.problem) })
  if (target !== undefined) outputs.push({ target, text })
  await writeOutputs(outputs, io)
  if (target === undefined) await io.stdout.write(text)
  if (!quiet) {
    const notes = left.warnings.map((warning) => `${journal.label}: ${warning}`)
    addAll(notes, format.notes?.(rest.problem) ?? [])
    if (formatName !== 'table' || target !== undefined) notes.push(describe(left))
    if (plan.statistics.kept === 1)
      notes.push('the rest of the old plan is kept: the search found nothing better')
    if (interrupted) notes.push('interrupted: this is the best plan found so far')
    if (problemTarget !== undefined) notes.push(`wrote ${problemTarget.label}: what is left, as a problem`)
    if (target !== undefined) notes.push(summarise(plan, target.label))
    for (const note of notes) await io.stderr.write(`vmferry: ${safeLines(note)}\n`)
  }
  return plan.unplaced.length + (plan.notMaintained?.length ?? 0) > 0 ? EXIT.findings : EXIT.done
}

function prepareProblemOutput(
  { problemOut }: ReplanCommandOptions,
  target: OutputTarget | undefined,
  inputs: Parameters<typeof prepareOutput>[1],
  io: CliIo,
): OutputTarget | undefined {
  if (problemOut === undefined) return undefined
  if (problemOut === STANDARD_INPUT) throw new CliError('--problem-out -: name a file')
  const other = prepareOutput(problemOut, inputs, io.fs, '--problem-out')
  requireJsonName('--problem-out', problemOut)
  if (other.path === target?.path)
    throw new CliError(`--problem-out ${problemOut}: the same file as that of -o; name another`)
  return other
}

function describe({ ended, running, halted, failed, left, works }: Remaining): string {
  const restarts = halted.length === 0 ? '' : ` (${formatCount(halted.length, 'restart')} half done)`
  const old = `${formatCount(left.length, 'migration')} of the old plan left${restarts}`
  const migrations = `${ended.length} ended, ${running.length} running, ${failed.length} failed, ${old}`
  return works === undefined ? migrations : `${migrations}; ${describeWorks(works)}`
}
