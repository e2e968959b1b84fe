type Optional<T> = { [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined> }
type Needed<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] }

/** What of an object is given: properties that are undefined are left out. */
export function given<T extends object>(object: T): Needed<T> & Optional<T> {
  return Object.fromEntries(
    Object.entries(object).filter(([, value]) => value !== undefined),
  ) as unknown as Needed<T> & Optional<T>
}
