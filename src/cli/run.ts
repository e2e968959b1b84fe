/** The command line without its process. */
import { CommanderError } from 'commander'
import { EXIT, reportFailure } from './failure.js'
import type { CliIo } from './io.js'
import { createProgram } from './program.js'

/**
 * @param argv arguments without interpreter and script
 * @returns the exit code: 0 done, 1 internal error, 2 bad input or usage, 3 VMs left unplaced, violations found or no
 *   common quiet span. Rejects only where `io.stderr` does.
 */
export async function run(argv: readonly string[], io: CliIo): Promise<number> {
  try {
    const { program, result } = createProgram(io)
    try {
      await program.parseAsync([...argv], { from: 'user' })
    } catch (error) {
      if (!(error instanceof CommanderError)) throw error
      // Help and version end the parse with code 0; any other end is a usage error, already told.
      result.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.input
    }
    await Promise.all(result.writes)
    return result.exitCode ?? EXIT.done
  } catch (error) {
    return await reportFailure(error, io)
  }
}
