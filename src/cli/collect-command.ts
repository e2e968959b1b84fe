/** `vmferry collect`: the script that reads a Hyper-V cluster, as it is in the package. */
import { EXIT } from './failure.js'
import type { CliIo } from './io.js'
import { packageFile } from './package-file.js'
import { prepareOutput, writeOutput } from './write.js'

export interface CollectCommandOptions {
  output?: string
  quiet?: boolean
}

/** Returns the exit code. @throws CliError where the file cannot be written */
export async function collectCommand(
  { output, quiet = false }: CollectCommandOptions,
  io: CliIo,
): Promise<number> {
  const target = output === undefined ? undefined : prepareOutput(output, [], io.fs)
  const script = packageFile('collect/Get-VmferryInventory.ps1')
  if (target === undefined) await io.stdout.write(script)
  else await writeOutput(target, script, io)
  if (target !== undefined && !quiet) await io.stderr.write(`vmferry: wrote ${target.label}\n`)
  return EXIT.done
}
