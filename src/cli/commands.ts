/** The commands as a table: what each is for, its arguments and options, and what it runs, which is loaded when it is asked for. */
import type { Command } from 'commander'
import { IMPORT_SOURCES, type ImportSource } from '../import/sources.js'
import { PAGE_FORMAT_NAMES, SWEEP_FORMAT_NAMES } from '../io/format-names.js'
import { MOST_RELAXATIONS } from '../model/explanation.js'
import { MOST_THREADS } from '../solver/exact/cores.js'
import type { BackCommandOptions } from './back-command.js'
import type { BatchCommandOptions } from './batch-command.js'
import * as batch from './batch-help.js'
import type { CheckCommandOptions } from './check-command.js'
import type { CollectCommandOptions } from './collect-command.js'
import type { CpuCommandOptions } from './cpu-command.js'
import type { ExplainCommandOptions } from './explain-command.js'
import type { ExportCommandOptions, ReportCommandOptions } from './export-command.js'
import * as help from './help.js'
import * as imports from './import-options.js'
import type { CliIo } from './io.js'
import type { LearnCommandOptions } from './learn-command.js'
import { collect, durationOption, integerOption, shareOption, timeOption } from './numbers.js'
import {
  CALENDAR,
  DISPLAY,
  FORMAT,
  JOB,
  LEARNED,
  MAX_SEED,
  needed,
  type OptionRow,
  option,
  output,
  QUEUE,
  QUIET,
  RUNNER,
  SEARCH,
  STRICT,
  TABLE_OR_JSON,
  WORKER,
} from './option-rows.js'
import type { PlanCommandOptions } from './plan-command.js'
import type { QuietCommandOptions } from './quiet-command.js'
import type { RehearseCommandOptions } from './rehearse-command.js'
import type { ReplanCommandOptions } from './replan-command.js'
import { DEFAULT_PORT, type ServeCommandOptions } from './serve-options.js'
import type { SweepCommandOptions } from './sweep-command.js'
import type { WorkerCommandOptions } from './worker-command.js'

export type ArgumentRow = readonly [name: string, what: string, oneOf?: readonly string[]]

export interface CommandRow {
  /** In the list of commands. */
  does: string
  /** Before and after the lists of its arguments and options. */
  help: readonly [description: string, after: string]
  arguments: readonly ArgumentRow[]
  options: readonly OptionRow[]
  /** @param given arguments, options, and the command itself @returns the exit code */
  run(io: CliIo, ...given: never[]): Promise<number>
}

const PROBLEM = ['<PROBLEM.json>', 'the cluster and the request; - for standard input'] as const
const PLAN = ['<PLAN.json>', 'its plan; - for standard input'] as const
/** Of a problem that was planned, and whose plan was run. */
const PAST = [
  ['<PROBLEM.json>', 'the problem that was planned; - for standard input'],
  ['<PLAN.json>', 'its plan, which was run; - for standard input'],
] as const

export const COMMANDS: Readonly<Record<string, CommandRow>> = {
  plan: {
    does: 'plan the migrations that a problem requests',
    help: [help.PLAN_DESCRIPTION, help.PLAN_HELP],
    arguments: [['[PROBLEM.json]', PROBLEM[1]]],
    options: [
      output('the plan'),
      FORMAT,
      option('--compare', 'say how others would do the same night, on standard error'),
      option('--print-parameters', 'print the parameters of the search as JSON, and plan nothing'),
      ...CALENDAR,
      ...SEARCH,
      ...DISPLAY,
    ],
    async run(io, problem: string | undefined, options: PlanCommandOptions, command: Command) {
      const { planCommand, printParameters } = await import('./plan-command.js')
      if (options.printParameters) return printParameters(options, io)
      if (problem !== undefined) return planCommand(problem, options, io)
      return command.error("error: missing required argument 'PROBLEM.json'")
    },
  },
  explain: {
    does: 'say what a plan rests on, who can go where, and what would help',
    help: [help.EXPLAIN_DESCRIPTION, help.EXPLAIN_HELP],
    arguments: [PROBLEM],
    options: [
      output('the explanation'),
      option('--format <format>', 'how the explanation is written', PAGE_FORMAT_NAMES),
      option('--vm <id>', 'explain this VM alone, of the request or not'),
      option('--node <id>', 'explain this node alone'),
      option(
        '--relaxations <n>',
        'most changes to plan, 0 for none (default: 5, 6, 8, 12, 16 by effort)',
        integerOption(0, MOST_RELAXATIONS),
      ),
      ...CALENDAR,
      ...SEARCH,
      ...DISPLAY,
    ],
    run: async (io, problem: string, options: ExplainCommandOptions) =>
      (await import('./explain-command.js')).explainCommand(problem, options, io),
  },
  check: {
    does: 'list every rule that a plan breaks',
    help: [help.CHECK_DESCRIPTION, help.CHECK_HELP],
    arguments: [PROBLEM, ['<PLAN.json>', 'the plan to judge; - for standard input']],
    options: [
      option('--format <format>', 'how the violations are written (default: table)', ['table', 'json']),
      ...CALENDAR,
      ...DISPLAY,
    ],
    run: async (io, problem: string, plan: string, options: CheckCommandOptions) =>
      (await import('./check-command.js')).checkCommand(problem, plan, options, io),
  },
  export: {
    does: 'write a plan that is there in another format',
    help: [help.EXPORT_DESCRIPTION, help.EXPORT_HELP],
    arguments: [PROBLEM, PLAN],
    options: [output('it'), FORMAT, ...CALENDAR, ...DISPLAY],
    run: async (io, problem: string, plan: string, options: ExportCommandOptions) =>
      (await import('./export-command.js')).exportCommand(problem, plan, options, io),
  },
  report: {
    does: 'write a plan as a page to look at',
    help: [help.REPORT_DESCRIPTION, help.REPORT_HELP],
    arguments: [PROBLEM, PLAN],
    options: [output('the page'), QUIET, ...CALENDAR],
    async run(io, problem: string, plan: string, options: ReportCommandOptions) {
      const { exportCommand } = await import('./export-command.js')
      return exportCommand(problem, plan, { ...options, format: 'html', color: false }, io)
    },
  },
  replan: {
    does: 'plan what is left of a run that has begun',
    help: [help.REPLAN_DESCRIPTION, help.REPLAN_HELP],
    arguments: PAST,
    options: [
      needed('--journal <file>', 'the journal of the run; - for standard input'),
      needed(
        '--now <time>',
        'second 0 of the new plan: an instant, 21:15, or as in 1h30m from the start',
        timeOption,
      ),
      option('--skip <id>', 'a VM that failed and is not tried again, again for each', collect),
      option('--avoid <vm=node>', 'a VM, and a node that it is not sent to, again for each', collect),
      option('--down <node>', 'a node that is down by now, again for each', collect),
      option('--retry <node>', 'do the work on it again, which has failed; again for each', collect),
      output('the plan'),
      option('--problem-out <file>', 'write what is left there, as a problem'),
      FORMAT,
      ...CALENDAR,
      ...SEARCH,
      ...DISPLAY,
    ],
    run: async (io, problem: string, plan: string, options: ReplanCommandOptions) =>
      (await import('./replan-command.js')).replanCommand(problem, plan, options, io),
  },
  back: {
    does: 'make the problem that brings home what a plan has moved',
    help: [help.BACK_DESCRIPTION, help.BACK_HELP],
    arguments: PAST,
    options: [
      output('the problem'),
      option('--journal <file>', 'the journal of the run, where not all of the plan has happened'),
      option(
        '--start <time>',
        'second 0 of the way back: as in 3h from the start of the plan, 02:00, or an instant (default: when the plan has ended)',
        timeOption,
      ),
      option('--zone <zone>', 'the time zone of a local --start (default: the offset of the plan)'),
      QUIET,
    ],
    run: async (io, problem: string, plan: string, options: BackCommandOptions) =>
      (await import('./back-command.js')).backCommand(problem, plan, options, io),
  },
  quiet: {
    does: 'say when a plan migrates nothing, for backups',
    help: [help.QUIET_DESCRIPTION, help.QUIET_HELP],
    arguments: [PROBLEM, PLAN],
    options: [
      needed(
        '--duration <time>',
        'how long it has to be quiet, as in 2h, 90m, 1h30m or 5400',
        durationOption,
      ),
      option(
        '--until <time>',
        'how far to look: as in 8h from the start, 02:00, or an instant (default: the horizon)',
        timeOption,
      ),
      option('--node <id>', 'a node that counts, again for each (default: every node)', collect),
      option('--vm <id>', 'a VM that counts, again for each', collect),
      output('the answer'),
      option('--format <format>', 'how it is written', PAGE_FORMAT_NAMES),
      ...CALENDAR,
      ...DISPLAY,
    ],
    run: async (io, problem: string, plan: string, options: QuietCommandOptions) =>
      (await import('./quiet-command.js')).quietCommand(problem, plan, options, io),
  },
  rehearse: {
    does: 'say what goes late where migrations take longer or shorter',
    help: [help.REHEARSE_DESCRIPTION, help.REHEARSE_HELP],
    arguments: [PROBLEM, PLAN],
    options: [
      option(
        '--spread <part>',
        'how much longer or shorter at most, as in 20% or 0.2 (default: 20%)',
        shareOption(0, 0.99),
      ),
      option('--seed <n>', 'of the nights that are drawn (default: 0)', integerOption(0, MAX_SEED)),
      TABLE_OR_JSON,
      ...CALENDAR,
      ...DISPLAY,
    ],
    run: async (io, problem: string, plan: string, options: RehearseCommandOptions) =>
      (await import('./rehearse-command.js')).rehearseCommand(problem, plan, options, io),
  },
  learn: {
    does: 'learn durations from the journals of nights that were run',
    help: [help.LEARN_DESCRIPTION, help.LEARN_HELP],
    arguments: [
      [
        '<FILE...>',
        'of each night, the newest last: PROBLEM.json, PLAN.json and the journals of its run; - for standard input',
      ],
    ],
    options: [output('what was learned'), QUIET],
    run: async (io, files: string[], options: LearnCommandOptions) =>
      (await import('./learn-command.js')).learnCommand(files, options, io),
  },
  serve: {
    does: 'serve the planner as a page for a browser on this machine',
    help: [help.SERVE_DESCRIPTION, help.SERVE_HELP],
    arguments: [],
    options: [
      option('--port <n>', `0 for any that is free (default: ${DEFAULT_PORT})`, integerOption(0, 65_535)),
      option('--open', 'open the page in the browser'),
      option('--api', 'answer other programs too: plans, explanations, checks, imports'),
      option(
        '--token-file <file>',
        'with --api: what holds the token (default: VMFERRY_TOKEN in the environment)',
      ),
      option(
        '--jobs <n>',
        'with --api: plans at once (default: as many as there are cores)',
        integerOption(1, MOST_THREADS),
      ),
      option('--max-body <MiB>', 'with --api: of one request (default: 16)', integerOption(1, 512)),
      option(
        '--max-time <seconds>',
        'with --api: of the search of one plan (default: 300)',
        integerOption(1, 86_400),
      ),
      option(
        '--max-waiting <n>',
        'with --api: jobs that wait for their turn (default: 100)',
        integerOption(0, 10_000),
      ),
      ...QUEUE,
      QUIET,
    ],
    run: async (io, options: ServeCommandOptions) =>
      (await import('./serve-command.js')).serveCommand(options, io),
  },
  cpu: {
    does: 'show the CPU table, a model of it, or what lies between two',
    help: [help.CPU_DESCRIPTION, help.CPU_HELP],
    arguments: [['<CPU>', 'LIST, NAME or A..B']],
    options: [TABLE_OR_JSON, ...DISPLAY],
    run: async (io, asked: string, options: CpuCommandOptions) =>
      (await import('./cpu-command.js')).cpuCommand(asked, options, io),
  },
  collect: {
    does: 'write the PowerShell script that reads a Hyper-V cluster',
    help: [help.COLLECT_DESCRIPTION, help.COLLECT_HELP],
    arguments: [],
    options: [output('the script'), QUIET],
    run: async (io, options: CollectCommandOptions) =>
      (await import('./collect-command.js')).collectCommand(options, io),
  },
  import: {
    does: "make a problem of a cluster's inventory, as other tools export it",
    help: [help.IMPORT_DESCRIPTION, help.IMPORT_HELP],
    arguments: [
      ['<SOURCE>', 'what exported the files', IMPORT_SOURCES],
      ['<FILE...>', 'all files of one cluster; - for standard input'],
    ],
    options: [
      output('the problem'),
      option(
        '--drain <node>',
        'a node to empty, again for each; NODE=save saves its VMs where they are',
        imports.drainOption,
      ),
      option(
        '--maintain <nodes>',
        'nodes to work on in one night, as in HV01,HV02, or all; with --work',
        imports.maintainOption,
      ),
      option('--work <duration>', 'how long the work on each of them takes, as in 25m', durationOption),
      option('--exclude <node>', 'a node to leave out, with the VMs on it, again for each', collect),
      option('--moves <file>', 'CSV of moves: vm, to, durationSeconds'),
      option(
        '--windows <file>',
        'CSV of backup windows (scope, start, end or duration, rrule, kind) or a calendar (.ics), again for each',
        collect,
      ),
      option('--zone <zone>', 'the time zone of local times: of --start, and in the files of --windows'),
      STRICT,
      option(
        '--start <instant>',
        'second 0 of the plan, as in 2026-11-24T20:00:00+01:00, or 2026-11-24T20:00 with --zone (default: none)',
      ),
      option(
        '--cpu <model>',
        'CPU of every node whose CPU the files do not tell; NODE=MODEL for one, whatever they tell',
        imports.cpuOption,
      ),
      option(
        '--mbps <n>',
        'live-migration network, megabits per second; NODE=N for one (default: as in the files, else 10000)',
        imports.mbpsOption,
      ),
      option(
        '--slots <n>',
        'migrations that a node takes part in at once; NODE=N for one (default: as in the files, else 1)',
        imports.slotsOption,
      ),
      option(
        '--reserve <mib>',
        'memory that every node keeps free of arriving VMs (default: 0)',
        imports.reserveOption,
      ),
      option(
        '--max-vcpus-per-core <n>',
        'vCPUs that may run on a node for each of its logical processors (default: no limit)',
        imports.ratioOption,
      ),
      option(
        '--dirty <rate>',
        'what VMs write to memory, MiB/s, where the files do not tell it (default: nothing)',
        imports.dirtyOption,
      ),
      option(
        '--local-disks <what>',
        'VMs with disks that other nodes do not reach (hyperv, proxmox): stay, or move (default: stay)',
        ['stay', 'move'],
      ),
      option('--ignore-columns', 'ignore all columns of CSV that vmferry does not know (default: refused)'),
      option('--ignore-column <name>', 'a column of CSV to ignore, again for each', collect),
      option('--name <text>', 'name of the problem (default: what the files call the cluster)'),
      ...LEARNED,
      option('--encoding <name>', 'what files are in that are not Unicode (default: refused)', [
        'windows-1252',
      ]),
      option(
        '--report <file>',
        'write all that was assumed there; - for standard error (default: its first 20 lines)',
      ),
      QUIET,
    ],
    run: async (io, source: ImportSource, files: string[], options: imports.ImportCommandOptions) =>
      (await import('./import-command.js')).importCommand(source, files, options, io),
  },
  batch: {
    does: 'plan many problems at once',
    help: [batch.BATCH_DESCRIPTION, batch.BATCH_HELP],
    arguments: [
      ['<PATH...>', 'problems: files, folders, JSON Lines (.jsonl); - for JSON Lines from standard input'],
    ],
    options: [
      option('-o, --output <path>', 'a folder, or a file of JSON Lines, in place of standard output'),
      QUIET,
      ...JOB,
      ...RUNNER,
    ],
    run: async (io, paths: string[], options: BatchCommandOptions) =>
      (await import('./batch-command.js')).batchCommand(paths, options, io),
  },
  sweep: {
    does: 'plan one problem under many settings, and compare',
    help: [batch.SWEEP_DESCRIPTION, batch.SWEEP_HELP],
    arguments: [PROBLEM],
    options: [
      needed('--vary <name=values>', 'what is changed and to what, again for each', collect),
      output('the comparison'),
      option('--format <format>', 'how it is written', SWEEP_FORMAT_NAMES),
      ...CALENDAR,
      ...JOB,
      ...RUNNER,
      ...DISPLAY,
    ],
    run: async (io, problem: string, options: SweepCommandOptions) =>
      (await import('./sweep-command.js')).sweepCommand(problem, options, io),
  },
  worker: {
    does: 'plan what batches elsewhere put into a queue',
    help: [batch.WORKER_DESCRIPTION, batch.WORKER_HELP],
    arguments: [],
    options: [...WORKER, QUIET],
    run: async (io, options: WorkerCommandOptions) =>
      (await import('./worker-command.js')).workerCommand(options, io),
  },
}
