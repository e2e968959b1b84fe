/** How a table looks: its glyphs, its colours, and the one way by which foreign text gets into it. */
import { escapeText, escapeTextToAscii } from './text.js'

export interface TableOptions {
  /** Columns to fill, ≥ 40. */
  width: number
  /** ANSI colours. */
  color: boolean
  /** Nothing but printable ASCII. */
  ascii: boolean
  /** What it comes to stands at the end, where a terminal is read from; else at the beginning. Default false. */
  summaryLast?: boolean
  /** List every migration and node; otherwise the first 200 migrations and the 24 busiest nodes. */
  all: boolean
}

export interface Glyphs {
  send: string
  receive: string
  both: string
  /** A restart or a save: the VM changes nodes, or is saved, without a migration slot. */
  slotless: string
  /** Being worked on. */
  work: string
  backup: string
  blackout: string
  /** Behind a work: by so much it may last longer. */
  slack: string
  idle: string
  tick: string
  arrow: string
  ellipsis: string
  separator: string
}

const UNICODE_GLYPHS: Glyphs = {
  send: '▀',
  receive: '▄',
  both: '█',
  slotless: '─',
  work: '▓',
  backup: '░',
  blackout: '▒',
  slack: '╌',
  idle: '·',
  tick: '╷',
  arrow: '→',
  ellipsis: '…',
  separator: '·',
}

const ASCII_GLYPHS: Glyphs = {
  send: '>',
  receive: '<',
  both: 'X',
  slotless: '=',
  work: 'W',
  backup: ':',
  blackout: '#',
  slack: '-',
  idle: '.',
  tick: '|',
  arrow: '->',
  ellipsis: '~',
  separator: '-',
}

const SGR = {
  bold: '1',
  dim: '2',
  good: '32',
  warn: '33',
  bad: '31',
  send: '36',
  receive: '32',
  both: '35',
  slotless: '33',
  work: '31',
  backup: '34',
  blackout: '90',
  slack: '2',
  idle: '2',
} as const

export type Style = keyof typeof SGR

export interface Theme {
  options: TableOptions
  glyphs: Glyphs
  /** Colours text that is already padded; the text itself where colours are off. */
  paint(style: Style | undefined, text: string): string
  /** Makes an id or a message safe to show; everything that comes from a problem or a plan goes through it. */
  clean(text: string): string
}

export function createTheme(options: TableOptions): Theme {
  return {
    options,
    glyphs: options.ascii ? ASCII_GLYPHS : UNICODE_GLYPHS,
    paint: (style, text) =>
      options.color && style !== undefined && text !== '' ? `\x1b[${SGR[style]}m${text}\x1b[0m` : text,
    clean: options.ascii ? escapeTextToAscii : escapeText,
  }
}
