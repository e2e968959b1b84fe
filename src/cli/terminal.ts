/** What the terminal can show, as far as environment and options tell. */
import type { TableOptions } from '../io/table/theme.js'
import type { CliIo } from './io.js'

export interface DisplayOptions {
  /** False with `--no-color`. */
  color: boolean
  ascii?: boolean
  width?: number
  all?: boolean
  quiet?: boolean
}

/** Columns where the output is no terminal. */
const DEFAULT_WIDTH = 100
export const LEAST_WIDTH = 40
export const MOST_WIDTH = 1000

/** UTF-8 by the locale's rules of precedence; a Windows console has no locale and shows Unicode. */
function showsUnicode(io: CliIo): boolean {
  const { env } = io
  if (env.TERM === 'dumb') return false
  if (io.platform === 'win32') return true
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || ''
  return /utf-?8/i.test(locale)
}

/** `--no-color` first, then FORCE_COLOR (0 or false: off), then NO_COLOR, then whether it is a terminal. A file is never coloured. */
function showsColor(color: boolean, toFile: boolean, io: CliIo): boolean {
  if (!color || toFile) return false
  const force = io.env.FORCE_COLOR
  if (force !== undefined) return force !== '0' && force !== 'false'
  if (io.env.NO_COLOR) return false
  return io.stdout.isTTY && io.env.TERM !== 'dumb'
}

export function tableOptions(options: DisplayOptions, toFile: boolean, io: CliIo): TableOptions {
  const terminal = toFile ? undefined : io.stdout.columns
  const columns = options.width ?? terminal ?? DEFAULT_WIDTH
  return {
    width: Math.min(MOST_WIDTH, Math.max(LEAST_WIDTH, columns)),
    color: showsColor(options.color, toFile, io),
    ascii: options.ascii ?? !showsUnicode(io),
    all: options.all ?? false,
    summaryLast: !toFile && io.stdout.isTTY,
  }
}
