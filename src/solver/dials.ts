/** How parameters are declared: a value for every effort, or one for each, and what it may be replaced by. */

export const EFFORTS = [1, 2, 3, 4, 5] as const
export type Effort = (typeof EFFORTS)[number]

export interface Dial<T extends Value = Value> {
  /** What the value must be, in words. */
  readonly rule: string
  readonly allows: (value: unknown) => boolean
  /** One for all efforts, or one for each. */
  readonly values: readonly [T] | readonly [T, T, T, T, T]
}

export type Value = number | boolean | readonly number[]

/** The parameters that a group of dials declares. */
export type ValuesOf<Group> = {
  readonly [Name in keyof Group]: Group[Name] extends Dial<infer T> ? T : never
}

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)
const isList = (value: unknown): value is unknown[] =>
  Array.isArray(value) && value.length > 0 && value.length <= 100
const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 1

function kind<T extends Value>(rule: string, allows: (value: unknown) => boolean) {
  return (...values: [T] | [T, T, T, T, T]): Dial<T> => ({ rule, allows, values })
}

/** So many of something: an integer ≥ 1. */
export const count = kind<number>('an integer of at least 1', isCount)
/** A part of a whole. */
export const share = kind<number>(
  'a number from 0 to 1',
  (value) => isNumber(value) && value >= 0 && value <= 1,
)
/** By how much something grows. */
export const growth = kind<number>('a number above 1', (value) => isNumber(value) && value > 1)
export const flag = kind<boolean>('true or false', (value) => typeof value === 'boolean')
/** A count for each turn. */
export const counts = kind<readonly number[]>(
  'a list of integers of at least 1',
  (value) => isList(value) && value.every(isCount),
)

/** Numbers from 0 on. */
export const numbers = kind<readonly number[]>(
  'a list of numbers of at least 0',
  (value) => isList(value) && value.every((each) => isNumber(each) && each >= 0),
)

export function valueAt<T extends Value>({ values }: Dial<T>, effort: Effort): T {
  return values.length === 1 ? values[0] : values[effort - 1]
}
