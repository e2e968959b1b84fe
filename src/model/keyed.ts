/** Objects whose keys are the user's own: kinds of domain, kinds of device. */
import * as v from 'valibot'
import { childPath, type IssueList, isArray, quote, show } from './issues.js'
import { deviceCount, isId } from './schema.js'

const NOTHING: ReadonlyMap<string, never> = new Map<string, never>()

interface Kind<T> {
  /** What messages show: one entry as it could be written. */
  example: string
  /** What a key names, with an example. */
  key: string
  /** The fault of a value, undefined: none. */
  faultOf: (value: unknown) => string | undefined
  /** Of a value without fault; undefined: as if it were not there. */
  read: (value: unknown) => T | undefined
}

/** Every fault goes to `issues`. */
export function readKeyed<T>(
  raw: unknown,
  path: string,
  issues: IssueList,
  { example, key, faultOf, read }: Kind<T>,
): ReadonlyMap<string, T> {
  if (raw === undefined) return NOTHING
  if (typeof raw !== 'object' || raw === null || isArray(raw)) {
    issues.add(path, `${show(raw)} is not an object; write one, as ${example}`)
    return NOTHING
  }
  const found = new Map<string, T>()
  try {
    for (const [name, value] of Object.entries(raw)) {
      const fault = faultOf(value)
      if (!isId(name)) issues.add(path, `has the key ${quote(name)}; write ${key}`)
      else if (fault !== undefined) issues.add(childPath(path, name), fault)
      else {
        const known = read(value)
        if (known !== undefined) found.set(name, known)
      }
    }
  } catch {
    issues.add(path, 'cannot be read; write plain data')
  }
  return found
}

const DEVICES: Kind<number> = {
  example: '{ "gpu": 1 }',
  key: 'a kind of device, as "gpu"',
  faultOf: (value) => v.safeParse(deviceCount, value).issues?.[0].message,
  // None is as good as no word of it.
  read: (value) => ((value as number) === 0 ? undefined : (value as number)),
}

export function readDevices(raw: unknown, path: string, issues: IssueList): ReadonlyMap<string, number> {
  return readKeyed(raw, path, issues, DEVICES)
}
