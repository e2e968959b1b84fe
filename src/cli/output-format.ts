/** Which format a file gets: what `--format` says, else the ending of its name. */
import { extname } from 'node:path'
import { CliError } from './failure.js'

/**
 * Without a file (`undefined`) a table; in a file without an ending JSON.
 * @throws CliError where no format has the ending: nobody wants JSON in `plan.pdf`
 */
export function outputFormat<Name extends string>(
  formats: Record<Name, { extensions: readonly string[] }>,
  { format, file }: { format?: Name | undefined; file: string | undefined },
): Name | 'table' | 'json' {
  if (format !== undefined) return format
  if (file === undefined) return 'table'
  const ending = extname(file).toLowerCase()
  if (ending === '') return 'json'
  const names = Object.keys(formats) as Name[]
  const found = names.find((name) => formats[name].extensions.includes(ending))
  if (found !== undefined) return found
  const known = names.flatMap((name) => formats[name].extensions).join(', ')
  throw new CliError(
    `-o ${file}: nothing is written in files of ${extname(file)}; the ending is one of ${known}, or --format says what the file is to have`,
  )
}

/** The same for what is JSON only. @throws CliError */
export function requireJsonName(option: string, file: string): void {
  const ending = extname(file)
  if (['', '.json'].includes(ending.toLowerCase())) return
  throw new CliError(
    `${option} ${file}: a problem is JSON, which no file of ${ending} has; end its name in .json`,
  )
}
