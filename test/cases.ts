/** Random cases: `npm test` takes one in eleven, which has no divisor in common with what cases take turns by; `npm run test:heavy` all. */
const step = process.env.VMFERRY_TEST_CASES === 'all' ? 1 : 11

/** How many are taken of so many. */
export const cases = (all: number): number => Math.ceil(all / step)

/** How many of them must be of the kind that a test is about: of all at least so many, of few half that share. */
export const quota = (ofAll: number): number => (step === 1 ? ofAll : Math.floor(ofAll / (2 * step)))

/** The seeds of those. */
export function* seeds(all: number, first = 1): Generator<number> {
  for (let seed = first; seed < first + all; seed += step) yield seed
}

/** Cells of a table, by the name of the row: `{ 'a name': row(cell, …) }`. */
export const row = <Cells extends unknown[]>(...cells: Cells): Cells => cells
