/** Random cases: `npm test` takes one in eleven, which has no divisor in common with what cases take turns by; `npm run test:heavy` all. */
const step = process.env.VMFERRY_TEST_CASES === 'all' ? 1 : 11

/** How many are taken of so many. */
export const cases = (all: number): number => Math.ceil(all / step)

/** The seeds of those. */
export function* seeds(all: number, first = 1): Generator<number> {
  for (let seed = first; seed < first + all; seed += step) yield seed
}
