/** Files that were dropped, to a problem. */
import { check } from '../../src/check/check.js'
import { InvalidProblemError } from '../../src/errors.js'
import { describeOrigin, ImportError } from '../../src/import/failure.js'
import { importFiles } from '../../src/import/import.js'
import { decodeInput } from '../../src/import/text.js'
import { readCalendar } from '../../src/io/calendar/read.js'
import type { Plan } from '../../src/model/plan.js'
import { DEFAULT_POLICY, type Problem } from '../../src/model/problem.js'
import { parseProblem } from '../../src/model/validate.js'
import type { Given, Opened, Remark } from './api.js'
import { sortFiles } from './kinds.js'

/** Faults of a document, with its file in front. */
function inFile<T>(file: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof InvalidProblemError)) throw error
    throw new ImportError(
      error.issues.map(({ path, message }) => ({ origin: { file, place: path }, message })),
    )
  }
}

/**
 * @param current to which calendars are added that come alone
 * @throws ImportError
 */
export async function openFiles(
  { files, source, answers }: Given,
  current: Problem | undefined,
): Promise<Opened> {
  const sorted = sortFiles(files, answers.encoding)
  const fault = (file: string, message: string) => new ImportError([{ origin: { file, place: '' }, message }])
  if (sorted.problem === undefined && sorted.inventory.length > 0) {
    const chosen = source ?? sorted.source
    const { problem, report } = await importFiles(chosen, sorted.inventory, {
      ...answers,
      ...(sorted.windows.length === 0 ? {} : { windows: sorted.windows }),
      ...(sorted.moves === undefined ? {} : { moves: sorted.moves }),
    })
    const assumptions = report.assumptions.map(({ origin, text }) => ({
      place: describeOrigin(origin),
      text,
    }))
    return { problem, plan: undefined, source: chosen, assumptions }
  }
  const { problem: given } = sorted
  const own = given === undefined ? current : inFile(given.file.name, () => parseProblem(given.value))
  if (own === undefined) {
    const stray = sorted.plan?.file ?? sorted.windows[0] ?? sorted.moves ?? files[0]
    const message = 'it goes with a problem or an inventory: drop that first, or both at once'
    throw fault(stray.name, message)
  }
  if (sorted.inventory.length > 0)
    throw fault(sorted.inventory[0].name, 'an inventory beside a problem: drop one of them')
  if (sorted.moves !== undefined)
    throw fault(sorted.moves.name, 'a table of moves goes with an inventory: drop both at once')
  const assumptions: Remark[] = []
  const problem = await withCalendars(own, sorted.windows, answers, assumptions)
  const plan = sorted.plan && planOf(problem, sorted.plan)
  return { problem, plan, source: given === undefined ? 'calendar' : 'problem', assumptions }
}

function planOf(problem: Problem, { file, value }: { file: { name: string }; value: unknown }): Plan {
  const [first, ...others] = inFile(file.name, () => check(problem, value as Plan))
  if (first === undefined) return value as Plan
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`
  throw new ImportError([
    {
      origin: { file: file.name, place: first.subject },
      message: `not a plan of this problem: ${first.message}${more}`,
    },
  ])
}

async function withCalendars(
  problem: Problem,
  files: Given['files'],
  { start: answered, zone }: Given['answers'],
  assumptions: Remark[],
): Promise<Problem> {
  if (files.length === 0) return problem
  const start = problem.start ?? answered
  if (start === undefined)
    throw new ImportError(
      files.map(({ name }) => ({
        origin: { file: name, place: '' },
        message: 'a calendar needs the start of the plan',
        asks: { option: 'start' },
      })),
    )
  const windows = [...(problem.windows ?? [])]
  for (const file of files) {
    const text = decodeInput(file)
    try {
      const read = await readCalendar(text, {
        start,
        horizonSeconds: problem.policy?.horizonSeconds ?? DEFAULT_POLICY.horizonSeconds,
        scope: { vms: problem.vms.map(({ id }) => id), nodes: problem.nodes.map(({ id }) => id) },
        ...(zone === undefined ? {} : { zone }),
      })
      for (const window of read.windows) windows.push(window)
      for (const { path, message } of read.faults)
        assumptions.push({ place: `${file.name}: ${path}`, text: `left out: ${message}` })
    } catch (error) {
      inFile(file.name, () => {
        throw error
      })
    }
  }
  return parseProblem({ ...problem, start, windows })
}
