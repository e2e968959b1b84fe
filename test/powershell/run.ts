/** Short forms for tests of the interpreter. */
import { describe, expect, test } from 'vitest'
import {
  Interpreter,
  type InterpreterOptions,
  type RunResult,
  toText,
  type Value,
} from './interpreter/index.js'

export const run = (script: string, options: InterpreterOptions = {}): Promise<RunResult> =>
  new Interpreter(options).run(script)

/** The output as text, one line for each object; the error that ended the script throws. */
export async function lines(script: string, options: InterpreterOptions = {}): Promise<string[]> {
  const result = await run(script, options)
  if (result.error) throw new Error(`line ${result.error.line}: ${result.error.exception.message}`)
  return result.output.map((value: Value) => (value === null ? '$null' : toText(value)))
}

/** The records of one stream, as text. */
export const stream = (result: RunResult, name: RunResult['records'][number]['stream']): string[] =>
  result.records.filter((record) => record.stream === name).map((record) => record.text)

/** A script, and its output line by line. */
export type Case = [script: string, expected: string[]]

/** One test for each case; the script is its title. */
export function cases(name: string, all: Case[], options: InterpreterOptions = {}): void {
  describe(name, () => {
    test.each(all)('%s', async (script, expected) => {
      expect(await lines(script, options)).toEqual(expected)
    })
  })
}
