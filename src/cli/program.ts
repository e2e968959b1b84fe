/** The command line of the table of commands. */
import { Argument, Command, Option } from 'commander'
import { type ArgumentRow, COMMANDS } from './commands.js'
import { safeLines } from './failure.js'
import { MAIN_HELP, SUMMARY } from './help.js'
import type { CliIo } from './io.js'
import type { OptionRow } from './option-rows.js'
import { packageInfo } from './package-info.js'
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
  for (const [name, row] of Object.entries(COMMANDS)) {
    const [description, after] = row.help
    const command = program.command(name).summary(row.does).description(description)
    for (const argument of row.arguments) command.addArgument(argumentOf(argument))
    for (const option of row.options) command.addOption(optionOf(option))
    command
      .addHelpText('after', after)
      .showHelpAfterError(`(vmferry ${name} --help shows all options)`)
      .action(async (...given) => {
        result.exitCode = await row.run(io, ...(given as never[]))
      })
  }
  program.showHelpAfterError('(vmferry --help shows the commands)')
  return { program, result }
}

function argumentOf([name, what, oneOf]: ArgumentRow): Argument {
  const argument = new Argument(name, what)
  return oneOf === undefined ? argument : argument.choices(oneOf)
}

function optionOf({ flags, what, reads, needed }: OptionRow): Option {
  const option = new Option(flags, what).makeOptionMandatory(needed)
  if (reads === undefined) return option
  return typeof reads === 'function'
    ? option.argParser(reads as (text: string, before: unknown) => unknown)
    : option.choices(reads)
}
