/** Options as rows of tables, and those that several commands have. */
import { PLAN_FORMAT_NAMES } from '../io/format-names.js'
import { MOST_THREADS } from '../solver/exact/cores.js'
import { collect, integerOption, listenOption, secondsOption, shareOption } from './numbers.js'
import { LEAST_WIDTH, MOST_WIDTH } from './terminal.js'

/** What the value may be: one of a list, or what a function makes of it. */
type Reader = readonly string[] | ((text: string, before: never) => unknown)

export interface OptionRow {
  flags: string
  what: string
  reads: Reader | undefined
  /** It has to be given. */
  needed: boolean
}

export const option = (flags: string, what: string, reads?: Reader): OptionRow => {
  return { flags, what, reads, needed: false }
}
export const needed = (...row: Parameters<typeof option>): OptionRow => ({ ...option(...row), needed: true })

export const MAX_SEED = 0xffff_ffff
export const QUIET = option('-q, --quiet', 'nothing on standard error but errors')
export const FORMAT = option('--format <format>', 'how the plan is written', PLAN_FORMAT_NAMES)
export const TABLE_OR_JSON = option('--format <format>', 'how it is written (default: table)', [
  'table',
  'json',
])
export const LEARNED = [
  option('--learned <file>', 'durations that "vmferry learn" learned from earlier nights'),
  option(
    '--margin-quantile <part>',
    'with --learned: durations that hold for that part of all migrations, as in 0.9 (default: 0.5)',
    shareOption(0.5, 0.99),
  ),
]
export const STRICT = option(
  '--strict',
  'refuse a calendar of which an event cannot be understood (default: leave it out)',
)
export const DISPLAY = [
  option(
    '--width <columns>',
    'width of a table (default: the terminal, else 100)',
    integerOption(LEAST_WIDTH, MOST_WIDTH),
  ),
  option('--all', 'list everything, however long'),
  option('--ascii', 'plain ASCII (default: unless the locale is UTF-8)'),
  option('--no-color', 'no colours'),
  QUIET,
]
/** Calendars whose events are windows of the problem too. */
export const CALENDAR = [
  option(
    '--windows <file>',
    'a calendar (.ics) whose events are windows of the problem, again for each',
    collect,
  ),
  option('--zone <zone>', 'the time zone of its times without one, and of its dates'),
  STRICT,
  ...LEARNED,
]
const SCHEDULES = ['timeline', 'rounds']
/** How long, how hard and with which luck a plan is searched for. */
export const JOB = [
  option(
    '--schedule <kind>',
    'own start times, or a barrier after each round (default: timeline)',
    SCHEDULES,
  ),
  option('--seed <n>', `0 to ${MAX_SEED} (default: 0)`, integerOption(0, MAX_SEED)),
  option('--effort <1..5>', 'how much work to spend, 1 the quickest (default: 3)', integerOption(1, 5)),
  option(
    '--time-limit <seconds>',
    'stop by then with what has been found so far (default: none)',
    secondsOption,
  ),
  option('--parameters <file>', 'parameters of the search in place of those of the effort, for experiments'),
]
export const SEARCH = [
  ...JOB,
  option(
    '--threads <n>',
    `threads that search, 1 to ${MOST_THREADS}, 0 for as many as there are cores (default: 1)`,
    integerOption(0, MOST_THREADS),
  ),
]
export const DEFAULT_QUEUE_NAME = 'vmferry'
const MOST_PRIORITY = 2_097_151
const JOBS = option(
  '--jobs <n>',
  'plans that are made at once (default: as many as there are cores)',
  integerOption(1, MOST_THREADS),
)
const QUEUE_NAME = option(
  '--queue-name <name>',
  `of several queues in one Redis (default: ${DEFAULT_QUEUE_NAME})`,
)
/** Of those whose plans workers elsewhere make. */
export const QUEUE = [
  option(
    '--queue [url]',
    'let workers plan that listen to this Redis, as redis://HOST:PORT (default: $VMFERRY_QUEUE)',
  ),
  QUEUE_NAME,
  option(
    '--priority <n>',
    'with --queue: 1 goes first (default: before all that have one)',
    integerOption(1, MOST_PRIORITY),
  ),
]
/** Where a command that makes many plans has them made. */
export const RUNNER = [
  JOBS,
  option('--timeout <seconds>', 'give up a problem that takes longer (default: none)', secondsOption),
  ...QUEUE,
]
/** Of a worker of a queue. */
export const WORKER = [
  JOBS,
  option('--queue [url]', 'the Redis, as redis://HOST:PORT (default: $VMFERRY_QUEUE)'),
  QUEUE_NAME,
  option(
    '--lock <seconds>',
    'a worker that is silent for so long is dead, and others take its jobs (default: 30)',
    secondsOption,
  ),
  option(
    '--grace <seconds>',
    'when it is stopped: after so long, jobs under way are given back (default: 600)',
    secondsOption,
  ),
  option(
    '--listen <host:port>',
    'answer /healthz, /readyz and /metrics there (default: nowhere)',
    listenOption,
  ),
]
export const output = (what: string) =>
  option('-o, --output <file>', `write ${what} there in place of standard output`)
