/** How many random cases: `npm test` takes a tenth, `npm run test:heavy` all of them. */
export const heavy = process.env.VMFERRY_TEST_CASES === 'all'

export function cases(all: number): number {
  return heavy ? all : Math.ceil(all / 10)
}
