/** Options that several commands have. */
import { type Command, Option } from 'commander'
import { MOST_THREADS } from '../solver/exact/cores.js'
import { collect, integerOption, secondsOption, shareOption } from './numbers.js'
import { LEAST_WIDTH, MOST_WIDTH } from './terminal.js'

const MAX_SEED = 0xffff_ffff

export function addDisplayOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--width <columns>', 'width of a table (default: the terminal, else 100)').argParser(
        integerOption(LEAST_WIDTH, MOST_WIDTH),
      ),
    )
    .option('--all', 'list everything, however long')
    .option('--ascii', 'plain ASCII (default: unless the locale is UTF-8)')
    .option('--no-color', 'no colours')
    .option('-q, --quiet', 'nothing on standard error but errors')
}

/** Calendars whose events are windows of the problem too. */
export function addCalendarOptions(command: Command): Command {
  return command
    .option(
      '--windows <file>',
      'a calendar (.ics) whose events are windows of the problem, again for each',
      collect,
    )
    .option('--zone <zone>', 'the time zone of its times without one, and of its dates')
    .option('--strict', 'refuse a calendar of which an event cannot be understood (default: leave it out)')
    .option('--learned <file>', 'durations that "vmferry learn" learned from earlier nights')
    .addOption(marginQuantileOption())
}

/** Beside `--learned`. */
export function marginQuantileOption(): Option {
  return new Option(
    '--margin-quantile <part>',
    'with --learned: durations that hold for that part of all migrations, as in 0.9 (default: 0.5)',
  ).argParser(shareOption(0.5, 0.99))
}

/** How long, how hard and with which luck a command searches. */
export function addSearchOptions(command: Command): Command {
  return addJobOptions(command).addOption(
    new Option(
      '--threads <n>',
      `threads that search, 1 to ${MOST_THREADS}, 0 for as many as there are cores (default: 1)`,
    ).argParser(integerOption(0, MOST_THREADS)),
  )
}

/** The same, of plans that are made in one thread each. */
export function addJobOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--schedule <kind>',
        'own start times, or a barrier after each round (default: timeline)',
      ).choices(['timeline', 'rounds']),
    )
    .addOption(
      new Option('--seed <n>', `0 to ${MAX_SEED} (default: 0)`).argParser(integerOption(0, MAX_SEED)),
    )
    .addOption(
      new Option('--effort <1..5>', 'how much work to spend, 1 the quickest (default: 3)').argParser(
        integerOption(1, 5),
      ),
    )
    .addOption(
      new Option(
        '--time-limit <seconds>',
        'stop by then with what has been found so far (default: none)',
      ).argParser(secondsOption),
    )
    .option(
      '--parameters <file>',
      'parameters of the search in place of those of the effort, for experiments',
    )
}
