/** The commands that make many plans, their arguments and options. */
import type { Command } from 'commander'
import type { BatchCommandOptions } from './batch-command.js'
import { BATCH_DESCRIPTION, BATCH_HELP } from './batch-help.js'
import type { CliIo } from './io.js'
import type { ProgramResult } from './program.js'
import { addRunnerOptions } from './runner-options.js'
import { addJobOptions } from './shared-options.js'

export function addBatchCommands(program: Command, result: ProgramResult, io: CliIo): void {
  addRunnerOptions(
    addJobOptions(
      program
        .command('batch')
        .summary('plan many problems at once')
        .description(BATCH_DESCRIPTION)
        .argument(
          '<PATH...>',
          'problems: files, folders, JSON Lines (.jsonl); - for JSON Lines from standard input',
        )
        .option('-o, --output <path>', 'a folder, or a file of JSON Lines, in place of standard output')
        .option('-q, --quiet', 'nothing on standard error but errors'),
    ),
  )
    .addHelpText('after', BATCH_HELP)
    .showHelpAfterError('(vmferry batch --help shows all options)')
    .action(async (paths: string[], options: BatchCommandOptions) => {
      const { batchCommand } = await import('./batch-command.js')
      result.exitCode = await batchCommand(paths, options, io)
    })
}
