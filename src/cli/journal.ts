/** The journal of a run, from a file or standard input. */

import { kindOfDocument } from '../io/document-kind.js'
import { CliError } from './failure.js'
import type { CliIo } from './io.js'
import { refuseMisplaced } from './misplaced.js'
import { readText, STANDARD_INPUT, type TextDocument } from './read.js'

/** @throws CliError where another document of the command comes from standard input too; before any of them is read */
export function requireOneStandardInput(path: string | undefined, others: readonly string[]): void {
  if (path === STANDARD_INPUT && others.includes(STANDARD_INPUT))
    throw new CliError('--journal -: only one of problem, plan and journal can come from standard input')
}

/** @throws CliError that names the file */
export async function readJournal(path: string, io: CliIo, quiet: boolean): Promise<TextDocument> {
  const journal = await readText(path, 'journal', io, quiet, 'a journal')
  // A journal has an object a line: one document as a whole is something else, unless it is a journal of one line.
  refuseMisplaced(journal.label, kindOfDocument(journal.text), 'journal')
  return journal
}
