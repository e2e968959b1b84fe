/** The commands, their arguments and options. */
import { Command, Option } from 'commander'
import { MOST_RELAXATIONS } from '../explain/options.js'
import { EXPLANATION_FORMAT_NAMES, PLAN_FORMAT_NAMES, QUIET_FORMAT_NAMES } from '../io/formats.js'
import type { CheckCommandOptions } from './check-command.js'
import { checkCommand } from './check-command.js'
import { type CpuCommandOptions, cpuCommand } from './cpu-command.js'
import type { ExplainCommandOptions } from './explain-command.js'
import { explainCommand } from './explain-command.js'
import { type ExportCommandOptions, exportCommand } from './export-command.js'
import { safeLines } from './failure.js'
import {
  CHECK_DESCRIPTION,
  CHECK_HELP,
  CPU_DESCRIPTION,
  CPU_HELP,
  EXPLAIN_DESCRIPTION,
  EXPLAIN_HELP,
  EXPORT_DESCRIPTION,
  EXPORT_HELP,
  MAIN_HELP,
  PLAN_DESCRIPTION,
  PLAN_HELP,
  QUIET_DESCRIPTION,
  QUIET_HELP,
  SUMMARY,
} from './help.js'
import type { CliIo } from './io.js'
import { collect, durationOption, integerOption, secondsOption, timeOption } from './numbers.js'
import { packageInfo } from './package-info.js'
import type { PlanCommandOptions } from './plan-command.js'
import { planCommand } from './plan-command.js'
import type { QuietCommandOptions } from './quiet-command.js'
import { quietCommand } from './quiet-command.js'
import { LEAST_WIDTH, MOST_WIDTH } from './terminal.js'

const MAX_SEED = 0xffff_ffff

function addDisplayOptions(command: Command): Command {
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

/** How long, how hard and with which luck a command searches. */
function addSearchOptions(command: Command): Command {
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
}

/** What the streams got and whether a command has answered with an exit code. */
export interface ProgramResult {
  exitCode: number | undefined
  /** Writes of help and of usage errors that are under way. */
  writes: Promise<void>[]
}

/** Throws CommanderError in place of ending the process. */
export function createProgram(io: CliIo): { program: Command; result: ProgramResult } {
  const result: ProgramResult = { exitCode: undefined, writes: [] }
  const program = new Command('vmferry')
    .description(SUMMARY)
    .version(packageInfo().version, '-V, --version', 'show the version')
    .helpOption('-h, --help', 'show this help')
    .helpCommand('help [command]', 'show the help of a command')
    .addHelpText('after', MAIN_HELP)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void result.writes.push(io.stdout.write(text)),
      writeErr: (text) => void result.writes.push(io.stderr.write(text)),
      outputError: (text, write) => write(safeLines(text.replace(/^error: /, 'vmferry: '))),
      getOutHelpWidth: () => Math.max(LEAST_WIDTH, io.stdout.columns ?? 100),
      getErrHelpWidth: () => Math.max(LEAST_WIDTH, io.stderr.columns ?? 100),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })

  addDisplayOptions(
    addSearchOptions(
      program
        .command('plan')
        .summary('plan the migrations that a problem requests')
        .description(PLAN_DESCRIPTION)
        .argument('<PROBLEM.json>', 'the cluster and the request; - for standard input')
        .option('-o, --output <file>', 'write the plan there in place of standard output')
        .addOption(new Option('--format <format>', 'how the plan is written').choices(PLAN_FORMAT_NAMES)),
    ),
  )
    .addHelpText('after', PLAN_HELP)
    .showHelpAfterError('(vmferry plan --help shows all options)')
    .action(async (problem: string, options: PlanCommandOptions) => {
      result.exitCode = await planCommand(problem, options, io)
    })

  addDisplayOptions(
    addSearchOptions(
      program
        .command('explain')
        .summary('say what a plan rests on, who can go where, and what would help')
        .description(EXPLAIN_DESCRIPTION)
        .argument('<PROBLEM.json>', 'the cluster and the request; - for standard input')
        .option('-o, --output <file>', 'write the explanation there in place of standard output')
        .addOption(
          new Option('--format <format>', 'how the explanation is written').choices(EXPLANATION_FORMAT_NAMES),
        )
        .option('--vm <id>', 'explain this VM alone, of the request or not')
        .option('--node <id>', 'explain this node alone')
        .addOption(
          new Option(
            '--relaxations <n>',
            'most changes to plan, 0 for none (default: 5, 6, 8, 12, 16 by effort)',
          ).argParser(integerOption(0, MOST_RELAXATIONS)),
        ),
    ),
  )
    .addHelpText('after', EXPLAIN_HELP)
    .showHelpAfterError('(vmferry explain --help shows all options)')
    .action(async (problem: string, options: ExplainCommandOptions) => {
      result.exitCode = await explainCommand(problem, options, io)
    })

  addDisplayOptions(
    program
      .command('check')
      .summary('list every rule that a plan breaks')
      .description(CHECK_DESCRIPTION)
      .argument('<PROBLEM.json>', 'the cluster and the request; - for standard input')
      .argument('<PLAN.json>', 'the plan to judge; - for standard input')
      .addOption(
        new Option('--format <format>', 'how the violations are written (default: table)').choices([
          'table',
          'json',
        ]),
      ),
  )
    .addHelpText('after', CHECK_HELP)
    .showHelpAfterError('(vmferry check --help shows all options)')
    .action(async (problem: string, plan: string, options: CheckCommandOptions) => {
      result.exitCode = await checkCommand(problem, plan, options, io)
    })

  addDisplayOptions(
    program
      .command('export')
      .summary('write a plan that is there in another format')
      .description(EXPORT_DESCRIPTION)
      .argument('<PROBLEM.json>', 'the cluster and the request; - for standard input')
      .argument('<PLAN.json>', 'its plan; - for standard input')
      .option('-o, --output <file>', 'write it there in place of standard output')
      .addOption(new Option('--format <format>', 'how the plan is written').choices(PLAN_FORMAT_NAMES)),
  )
    .addHelpText('after', EXPORT_HELP)
    .showHelpAfterError('(vmferry export --help shows all options)')
    .action(async (problem: string, plan: string, options: ExportCommandOptions) => {
      result.exitCode = await exportCommand(problem, plan, options, io)
    })

  addDisplayOptions(
    program
      .command('quiet')
      .summary('say when a plan migrates nothing, for backups')
      .description(QUIET_DESCRIPTION)
      .argument('<PROBLEM.json>', 'the cluster and the request; - for standard input')
      .argument('<PLAN.json>', 'its plan; - for standard input')
      .addOption(
        new Option('--duration <time>', 'how long it has to be quiet, as in 2h, 90m, 1h30m or 5400')
          .argParser(durationOption)
          .makeOptionMandatory(),
      )
      .addOption(
        new Option(
          '--until <time>',
          'how far to look: as in 8h from the start, or an instant (default: the horizon)',
        ).argParser(timeOption),
      )
      .option('--node <id>', 'a node that counts, again for each (default: every node)', collect)
      .option('--vm <id>', 'a VM that counts, again for each', collect)
      .option('-o, --output <file>', 'write the answer there in place of standard output')
      .addOption(new Option('--format <format>', 'how it is written').choices(QUIET_FORMAT_NAMES)),
  )
    .addHelpText('after', QUIET_HELP)
    .showHelpAfterError('(vmferry quiet --help shows all options)')
    .action(async (problem: string, plan: string, options: QuietCommandOptions) => {
      result.exitCode = await quietCommand(problem, plan, options, io)
    })

  addDisplayOptions(
    program
      .command('cpu')
      .summary('show the CPU table, a model of it, or what lies between two')
      .description(CPU_DESCRIPTION)
      .argument('<CPU>', 'LIST, NAME or A..B')
      .addOption(
        new Option('--format <format>', 'how it is written (default: table)').choices(['table', 'json']),
      ),
  )
    .addHelpText('after', CPU_HELP)
    .showHelpAfterError('(vmferry cpu --help shows all options)')
    .action(async (asked: string, options: CpuCommandOptions) => {
      result.exitCode = await cpuCommand(asked, options, io)
    })

  program.showHelpAfterError('(vmferry --help shows the commands)')
  return { program, result }
}
