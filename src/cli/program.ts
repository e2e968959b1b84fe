/** The commands, their arguments and options. */
import { Argument, Command, Option } from 'commander'
import { IMPORT_SOURCES, type ImportSource } from '../import/sources.js'
import { PAGE_FORMAT_NAMES, PLAN_FORMAT_NAMES } from '../io/format-names.js'
import { MOST_RELAXATIONS } from '../model/explanation.js'
import { MOST_THREADS } from '../solver/exact/cores.js'
import type { BackCommandOptions } from './back-command.js'
import { addBatchCommands } from './batch-program.js'
import type { CheckCommandOptions } from './check-command.js'
import type { CollectCommandOptions } from './collect-command.js'
import type { CpuCommandOptions } from './cpu-command.js'
import type { ExplainCommandOptions } from './explain-command.js'
import type { ExportCommandOptions, ReportCommandOptions } from './export-command.js'
import { safeLines } from './failure.js'
import {
  BACK_DESCRIPTION,
  BACK_HELP,
  CHECK_DESCRIPTION,
  CHECK_HELP,
  COLLECT_DESCRIPTION,
  COLLECT_HELP,
  CPU_DESCRIPTION,
  CPU_HELP,
  EXPLAIN_DESCRIPTION,
  EXPLAIN_HELP,
  EXPORT_DESCRIPTION,
  EXPORT_HELP,
  IMPORT_DESCRIPTION,
  IMPORT_HELP,
  LEARN_DESCRIPTION,
  LEARN_HELP,
  MAIN_HELP,
  PLAN_DESCRIPTION,
  PLAN_HELP,
  QUIET_DESCRIPTION,
  QUIET_HELP,
  REHEARSE_DESCRIPTION,
  REHEARSE_HELP,
  REPLAN_DESCRIPTION,
  REPLAN_HELP,
  REPORT_DESCRIPTION,
  REPORT_HELP,
  SERVE_DESCRIPTION,
  SERVE_HELP,
  SUMMARY,
} from './help.js'
import {
  cpuOption,
  dirtyOption,
  drainOption,
  type ImportCommandOptions,
  mbpsOption,
  ratioOption,
  reserveOption,
  slotsOption,
} from './import-options.js'
import type { CliIo } from './io.js'
import type { LearnCommandOptions } from './learn-command.js'
import { collect, durationOption, integerOption, shareOption, timeOption } from './numbers.js'
import { packageInfo } from './package-info.js'
import type { PlanCommandOptions } from './plan-command.js'
import type { QuietCommandOptions } from './quiet-command.js'
import type { RehearseCommandOptions } from './rehearse-command.js'
import type { ReplanCommandOptions } from './replan-command.js'
import { DEFAULT_PORT, type ServeCommandOptions } from './serve-options.js'
import {
  addCalendarOptions,
  addDisplayOptions,
  addSearchOptions,
  marginQuantileOption,
} from './shared-options.js'
import { LEAST_WIDTH } from './terminal.js'

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
      addCalendarOptions(
        program
          .command('plan')
          .summary('plan the migrations that a problem requests')
          .description(PLAN_DESCRIPTION)
          .argument('[PROBLEM.json]', 'the cluster and the request; - for standard input')
          .option('-o, --output <file>', 'write the plan there in place of standard output')
          .addOption(new Option('--format <format>', 'how the plan is written').choices(PLAN_FORMAT_NAMES))
          .option('--compare', 'say how others would do the same night, on standard error')
          .option('--print-parameters', 'print the parameters of the search as JSON, and plan nothing'),
      ),
    ),
  )
    .addHelpText('after', PLAN_HELP)
    .showHelpAfterError('(vmferry plan --help shows all options)')
    .action(async (problem: string | undefined, options: PlanCommandOptions, command: Command) => {
      const { planCommand, printParameters } = await import('./plan-command.js')
      if (options.printParameters) result.exitCode = await printParameters(options, io)
      else if (problem !== undefined) result.exitCode = await planCommand(problem, options, io)
      else command.error("error: missing required argument 'PROBLEM.json'")
    })

  addDisplayOptions(
    addSearchOptions(
      addCalendarOptions(
        program
          .command('explain')
          .summary('say what a plan rests on, who can go where, and what would help')
          .description(EXPLAIN_DESCRIPTION)
          .argument('<PROBLEM.json>', 'the cluster and the request; - for standard input')
          .option('-o, --output <file>', 'write the explanation there in place of standard output')
          .addOption(
            new Option('--format <format>', 'how the explanation is written').choices(PAGE_FORMAT_NAMES),
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
    ),
  )
    .addHelpText('after', EXPLAIN_HELP)
    .showHelpAfterError('(vmferry explain --help shows all options)')
    .action(async (problem: string, options: ExplainCommandOptions) => {
      const { explainCommand } = await import('./explain-command.js')
      result.exitCode = await explainCommand(problem, options, io)
    })

  addDisplayOptions(
    addCalendarOptions(
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
    ),
  )
    .addHelpText('after', CHECK_HELP)
    .showHelpAfterError('(vmferry check --help shows all options)')
    .action(async (problem: string, plan: string, options: CheckCommandOptions) => {
      const { checkCommand } = await import('./check-command.js')
      result.exitCode = await checkCommand(problem, plan, options, io)
    })

  addDisplayOptions(
    addCalendarOptions(
      program
        .command('export')
        .summary('write a plan that is there in another format')
        .description(EXPORT_DESCRIPTION)
        .argument('<PROBLEM.json>', 'the cluster and the request; - for standard input')
        .argument('<PLAN.json>', 'its plan; - for standard input')
        .option('-o, --output <file>', 'write it there in place of standard output')
        .addOption(new Option('--format <format>', 'how the plan is written').choices(PLAN_FORMAT_NAMES)),
    ),
  )
    .addHelpText('after', EXPORT_HELP)
    .showHelpAfterError('(vmferry export --help shows all options)')
    .action(async (problem: string, plan: string, options: ExportCommandOptions) => {
      const { exportCommand } = await import('./export-command.js')
      result.exitCode = await exportCommand(problem, plan, options, io)
    })

  addCalendarOptions(
    program
      .command('report')
      .summary('write a plan as a page to look at')
      .description(REPORT_DESCRIPTION)
      .argument('<PROBLEM.json>', 'the cluster and the request; - for standard input')
      .argument('<PLAN.json>', 'its plan; - for standard input')
      .option('-o, --output <file>', 'write the page there in place of standard output')
      .option('-q, --quiet', 'nothing on standard error but errors'),
  )
    .addHelpText('after', REPORT_HELP)
    .showHelpAfterError('(vmferry report --help shows all options)')
    .action(async (problem: string, plan: string, options: ReportCommandOptions) => {
      const { exportCommand } = await import('./export-command.js')
      result.exitCode = await exportCommand(problem, plan, { ...options, format: 'html', color: false }, io)
    })

  addDisplayOptions(
    addSearchOptions(
      addCalendarOptions(
        program
          .command('replan')
          .summary('plan what is left of a run that has begun')
          .description(REPLAN_DESCRIPTION)
          .argument('<PROBLEM.json>', 'the problem that was planned; - for standard input')
          .argument('<PLAN.json>', 'its plan, which was run; - for standard input')
          .requiredOption('--journal <file>', 'the journal of the run; - for standard input')
          .addOption(
            new Option(
              '--now <time>',
              'second 0 of the new plan: an instant, 21:15, or as in 1h30m from the start',
            )
              .argParser(timeOption)
              .makeOptionMandatory(),
          )
          .option('--skip <id>', 'a VM that failed and is not tried again, again for each', collect)
          .option('--avoid <vm=node>', 'a VM, and a node that it is not sent to, again for each', collect)
          .option('--down <node>', 'a node that is down by now, again for each', collect)
          .option('-o, --output <file>', 'write the plan there in place of standard output')
          .option('--problem-out <file>', 'write what is left there, as a problem')
          .addOption(new Option('--format <format>', 'how the plan is written').choices(PLAN_FORMAT_NAMES)),
      ),
    ),
  )
    .addHelpText('after', REPLAN_HELP)
    .showHelpAfterError('(vmferry replan --help shows all options)')
    .action(async (problem: string, plan: string, options: ReplanCommandOptions) => {
      const { replanCommand } = await import('./replan-command.js')
      result.exitCode = await replanCommand(problem, plan, options, io)
    })

  program
    .command('back')
    .summary('make the problem that brings home what a plan has moved')
    .description(BACK_DESCRIPTION)
    .argument('<PROBLEM.json>', 'the problem that was planned; - for standard input')
    .argument('<PLAN.json>', 'its plan, which was run; - for standard input')
    .option('-o, --output <file>', 'write the problem there in place of standard output')
    .option('--journal <file>', 'the journal of the run, where not all of the plan has happened')
    .addOption(
      new Option(
        '--start <time>',
        'second 0 of the way back: as in 3h from the start of the plan, 02:00, or an instant (default: when the plan has ended)',
      ).argParser(timeOption),
    )
    .option('--zone <zone>', 'the time zone of a local --start (default: the offset of the plan)')
    .option('-q, --quiet', 'nothing on standard error but errors')
    .addHelpText('after', BACK_HELP)
    .showHelpAfterError('(vmferry back --help shows all options)')
    .action(async (problem: string, plan: string, options: BackCommandOptions) => {
      const { backCommand } = await import('./back-command.js')
      result.exitCode = await backCommand(problem, plan, options, io)
    })

  addDisplayOptions(
    addCalendarOptions(
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
            'how far to look: as in 8h from the start, 02:00, or an instant (default: the horizon)',
          ).argParser(timeOption),
        )
        .option('--node <id>', 'a node that counts, again for each (default: every node)', collect)
        .option('--vm <id>', 'a VM that counts, again for each', collect)
        .option('-o, --output <file>', 'write the answer there in place of standard output')
        .addOption(new Option('--format <format>', 'how it is written').choices(PAGE_FORMAT_NAMES)),
    ),
  )
    .addHelpText('after', QUIET_HELP)
    .showHelpAfterError('(vmferry quiet --help shows all options)')
    .action(async (problem: string, plan: string, options: QuietCommandOptions) => {
      const { quietCommand } = await import('./quiet-command.js')
      result.exitCode = await quietCommand(problem, plan, options, io)
    })

  addDisplayOptions(
    addCalendarOptions(
      program
        .command('rehearse')
        .summary('say what goes late where migrations take longer or shorter')
        .description(REHEARSE_DESCRIPTION)
        .argument('<PROBLEM.json>', 'the cluster and the request; - for standard input')
        .argument('<PLAN.json>', 'its plan; - for standard input')
        .addOption(
          new Option(
            '--spread <part>',
            'how much longer or shorter at most, as in 20% or 0.2 (default: 20%)',
          ).argParser(shareOption(0, 0.99)),
        )
        .addOption(
          new Option('--seed <n>', 'of the nights that are drawn (default: 0)').argParser(
            integerOption(0, 0xffff_ffff),
          ),
        )
        .addOption(
          new Option('--format <format>', 'how it is written (default: table)').choices(['table', 'json']),
        ),
    ),
  )
    .addHelpText('after', REHEARSE_HELP)
    .showHelpAfterError('(vmferry rehearse --help shows all options)')
    .action(async (problem: string, plan: string, options: RehearseCommandOptions) => {
      const { rehearseCommand } = await import('./rehearse-command.js')
      result.exitCode = await rehearseCommand(problem, plan, options, io)
    })

  program
    .command('learn')
    .summary('learn durations from the journals of nights that were run')
    .description(LEARN_DESCRIPTION)
    .argument(
      '<FILE...>',
      'of each night, the newest last: PROBLEM.json, PLAN.json and the journals of its run; - for standard input',
    )
    .option('-o, --output <file>', 'write what was learned there in place of standard output')
    .option('-q, --quiet', 'nothing on standard error but errors')
    .addHelpText('after', LEARN_HELP)
    .showHelpAfterError('(vmferry learn --help shows all options)')
    .action(async (files: string[], options: LearnCommandOptions) => {
      const { learnCommand } = await import('./learn-command.js')
      result.exitCode = await learnCommand(files, options, io)
    })

  program
    .command('serve')
    .summary('serve the planner as a page for a browser on this machine')
    .description(SERVE_DESCRIPTION)
    .addOption(
      new Option('--port <n>', `0 for any that is free (default: ${DEFAULT_PORT})`).argParser(
        integerOption(0, 65_535),
      ),
    )
    .option('--open', 'open the page in the browser')
    .option('--api', 'answer other programs too: plans, explanations, checks, imports')
    .option(
      '--token-file <file>',
      'with --api: what holds the token (default: VMFERRY_TOKEN in the environment)',
    )
    .addOption(
      new Option('--jobs <n>', 'with --api: plans at once (default: as many as there are cores)').argParser(
        integerOption(1, MOST_THREADS),
      ),
    )
    .addOption(
      new Option(
        '--max-body <MiB>',
        'with --api: of one document; of the files of an import four times that (default: 4)',
      ).argParser(integerOption(1, 512)),
    )
    .addOption(
      new Option('--max-time <seconds>', 'with --api: of the search of one plan (default: 300)').argParser(
        integerOption(1, 86_400),
      ),
    )
    .addOption(
      new Option('--max-waiting <n>', 'with --api: jobs that wait for their turn (default: 100)').argParser(
        integerOption(0, 10_000),
      ),
    )
    .option('-q, --quiet', 'nothing on standard error but errors')
    .addHelpText('after', SERVE_HELP)
    .showHelpAfterError('(vmferry serve --help shows all options)')
    .action(async (options: ServeCommandOptions) => {
      const { serveCommand } = await import('./serve-command.js')
      result.exitCode = await serveCommand(options, io)
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
      const { cpuCommand } = await import('./cpu-command.js')
      result.exitCode = await cpuCommand(asked, options, io)
    })

  program
    .command('collect')
    .summary('write the PowerShell script that reads a Hyper-V cluster')
    .description(COLLECT_DESCRIPTION)
    .option('-o, --output <file>', 'write the script there in place of standard output')
    .option('-q, --quiet', 'nothing on standard error but errors')
    .addHelpText('after', COLLECT_HELP)
    .showHelpAfterError('(vmferry collect --help shows all options)')
    .action(async (options: CollectCommandOptions) => {
      const { collectCommand } = await import('./collect-command.js')
      result.exitCode = await collectCommand(options, io)
    })

  program
    .command('import')
    .summary("make a problem of a cluster's inventory, as other tools export it")
    .description(IMPORT_DESCRIPTION)
    .addArgument(new Argument('<SOURCE>', 'what exported the files').choices(IMPORT_SOURCES))
    .argument('<FILE...>', 'all files of one cluster; - for standard input')
    .option('-o, --output <file>', 'write the problem there in place of standard output')
    .addOption(
      new Option(
        '--drain <node>',
        'a node to empty, again for each; NODE=save saves its VMs where they are',
      ).argParser(drainOption),
    )
    .option('--exclude <node>', 'a node to leave out, with the VMs on it, again for each', collect)
    .option('--moves <file>', 'CSV of moves: vm, to, durationSeconds')
    .option(
      '--windows <file>',
      'CSV of backup windows (scope, start, end or duration, rrule, kind) or a calendar (.ics), again for each',
      collect,
    )
    .option('--zone <zone>', 'the time zone of local times: of --start, and in the files of --windows')
    .option('--strict', 'refuse a calendar of which an event cannot be understood (default: leave it out)')
    .option(
      '--start <instant>',
      'second 0 of the plan, as in 2026-11-24T20:00:00+01:00, or 2026-11-24T20:00 with --zone (default: none)',
    )
    .addOption(
      new Option(
        '--cpu <model>',
        'CPU of every node whose CPU the files do not tell; NODE=MODEL for one, whatever they tell',
      ).argParser(cpuOption),
    )
    .addOption(
      new Option(
        '--mbps <n>',
        'live-migration network, megabits per second; NODE=N for one (default: as in the files, else 10000)',
      ).argParser(mbpsOption),
    )
    .addOption(
      new Option(
        '--slots <n>',
        'migrations that a node takes part in at once; NODE=N for one (default: as in the files, else 1)',
      ).argParser(slotsOption),
    )
    .addOption(
      new Option(
        '--reserve <mib>',
        'memory that every node keeps free of arriving VMs (default: 0)',
      ).argParser(reserveOption),
    )
    .addOption(
      new Option(
        '--max-vcpus-per-core <n>',
        'vCPUs that may run on a node for each of its logical processors (default: no limit)',
      ).argParser(ratioOption),
    )
    .addOption(
      new Option(
        '--dirty <rate>',
        'what VMs write to memory, MiB/s, where the files do not tell it (default: nothing)',
      ).argParser(dirtyOption),
    )
    .addOption(
      new Option(
        '--local-disks <what>',
        'VMs with disks that other nodes do not reach (hyperv, proxmox): stay, or move (default: stay)',
      ).choices(['stay', 'move']),
    )
    .option('--ignore-columns', 'ignore all columns of CSV that vmferry does not know (default: refused)')
    .option('--ignore-column <name>', 'a column of CSV to ignore, again for each', collect)
    .option('--name <text>', 'name of the problem (default: what the files call the cluster)')
    .option('--learned <file>', 'durations that "vmferry learn" learned from earlier nights')
    .addOption(marginQuantileOption())
    .addOption(
      new Option('--encoding <name>', 'what files are in that are not Unicode (default: refused)').choices([
        'windows-1252',
      ]),
    )
    .option(
      '--report <file>',
      'write all that was assumed there; - for standard error (default: its first 20 lines)',
    )
    .option('-q, --quiet', 'nothing on standard error but errors')
    .addHelpText('after', IMPORT_HELP)
    .showHelpAfterError('(vmferry import --help shows all options)')
    .action(async (source: ImportSource, files: string[], options: ImportCommandOptions) => {
      const { importCommand } = await import('./import-command.js')
      result.exitCode = await importCommand(source, files, options, io)
    })

  addBatchCommands(program, result, io)

  program.showHelpAfterError('(vmferry --help shows the commands)')
  return { program, result }
}
