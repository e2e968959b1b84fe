/** Problems in, what became of each out: what is done already is not planned again, and no problem stops another. */
import { setMaxListeners } from 'node:events'
import { pMapIterable } from 'p-map'
import { InvalidProblemError, PlannerError } from '../errors.js'
import { escapeJson } from '../io/controls.js'
import { planToJson } from '../io/json.js'
import type { Plan } from '../model/plan.js'
import type { Problem } from '../model/problem.js'
import type { ResultFolder, ResultKind } from './folder.js'
import { contentKey } from './key.js'
import type { JobOptions, PlanRunner } from './runner.js'

/** A problem whose text is yet to be read. */
export interface BatchItem {
  name: string
  label: string
  text(): Promise<string>
}

export interface BatchOutcome {
  name: string
  kind: ResultKind
  /** It was there already. */
  unchanged: boolean
  /** VMs that stay, and nodes that are not maintained. */
  unplaced: number
  /** Why there is no plan, in one line; empty where there is one, or it is unchanged. */
  reason: string
  /** The plan, or the error as data; not of what is written into a folder. */
  result?: Plan | BatchError
}

/** `NAME.error.json`. */
export interface BatchError {
  version: 1
  /** Where the problem was read. */
  problem: string
  /** Of the `PlannerError`, `UNREADABLE` or `INTERNAL`. */
  code: string
  message: string
  issues?: InvalidProblemError['issues']
}

export interface BatchOptions {
  options: JobOptions
  /** Of this package. */
  version: string
  /** Wall-clock seconds for each. */
  timeoutSeconds?: number | undefined
  /** Undefined: results are given with the outcomes, in the order of the problems. */
  folder: ResultFolder | undefined
  /** Parses and says what else the document may be. */
  parse(text: string, label: string): unknown
  signal: AbortSignal
}

/** Results that wait for an earlier one, for each that is made at once, where order matters. */
const AHEAD = 16

/**
 * Settles with the last outcome; an abort ends what is under way, of which there are no outcomes.
 * @throws what the items throw, or the folder where it cannot be written
 */
export async function* runBatch(
  items: AsyncIterable<BatchItem>,
  runner: PlanRunner,
  batch: BatchOptions,
): AsyncGenerator<BatchOutcome, void, undefined> {
  const { folder, signal } = batch
  // Every job listens to it.
  setMaxListeners(0, signal)
  // While results are written the next ones wait at the threads already.
  const concurrency = 2 * runner.atOnce
  const until = async function* (): AsyncGenerator<BatchItem> {
    for await (const item of items) {
      if (signal.aborted) return
      yield item
    }
  }
  const outcomes = pMapIterable(until(), (item) => runOne(item, runner, batch), {
    concurrency,
    backpressure: AHEAD * concurrency,
    preserveOrder: folder === undefined,
  })
  for await (const outcome of outcomes) if (outcome !== undefined) yield outcome
}

async function runOne(
  item: BatchItem,
  runner: PlanRunner,
  batch: BatchOptions,
): Promise<BatchOutcome | undefined> {
  const { folder, signal, options, version, timeoutSeconds } = batch
  if (signal.aborted) return undefined
  let key: string | undefined
  let result: Plan | BatchError
  try {
    const text = await item.text()
    key = contentKey(text, options, version)
    const done = await folder?.done(item.name, key)
    if (done !== undefined)
      return { name: item.name, kind: done.kind, unchanged: true, unplaced: done.unplaced, reason: '' }
    const problem = batch.parse(text, item.label) as Problem
    result = await runner.run(problem, options, { signal, timeoutSeconds, key })
  } catch (error) {
    if (signal.aborted) return undefined
    result = describeError(error, item.label)
    // Another time these may come out otherwise.
    if (!LASTING.has(result.code)) key = undefined
  }
  if (signal.aborted) return undefined
  const kind = 'migrations' in result ? 'plan' : 'error'
  const unplaced = 'migrations' in result ? unplacedOf(result) : 0
  const reason = 'migrations' in result ? '' : reasonOf(result)
  const outcome: BatchOutcome = { name: item.name, kind, unchanged: false, unplaced, reason }
  if (folder === undefined) return { ...outcome, result }
  const text =
    'migrations' in result ? planToJson(result) : `${escapeJson(JSON.stringify(result, undefined, 2))}\n`
  await folder.write(item.name, { kind, text, key, unplaced })
  return outcome
}

export function unplacedOf(plan: Plan): number {
  return plan.unplaced.length + (plan.notMaintained?.length ?? 0)
}

/** In one line. */
function reasonOf({ message, issues }: BatchError): string {
  const [first] = issues ?? []
  if (issues === undefined || first === undefined) return message.split('\n', 1)[0]!
  const more = issues.length > 1 ? `, and ${issues.length - 1} more` : ''
  return `${first.path === '' ? '' : `${first.path}: `}${first.message}${more}`
}

const UNREADABLE = 'UNREADABLE'
/** What the same problem will end with again. */
const LASTING = new Set(['INVALID_PROBLEM', 'INVALID_OPTION', UNREADABLE])

function describeError(error: unknown, label: string): BatchError {
  const message = error instanceof Error ? error.message : String(error)
  const code =
    error instanceof PlannerError
      ? error.code
      : (error as Error).name === 'CliError'
        ? UNREADABLE
        : 'INTERNAL'
  const issues = error instanceof InvalidProblemError ? { issues: error.issues } : {}
  return { version: 1, problem: label, code, message, ...issues }
}
