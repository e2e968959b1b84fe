/** Packages that only some need. In the executable `optional.exe.ts` takes the place of this module. */
import { InvalidOptionError } from '../../errors.js'

/** By a name that no bundler follows. @throws InvalidOptionError where it is not installed */
export async function optional<T>(name: string, use: string): Promise<T> {
  try {
    return (await import(name)) as T
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause
    throw new InvalidOptionError(
      `${use} needs the package ${name}, which is not installed: npm install ${name}`,
    )
  }
}
