/** Packages that only some need: the executable has none of them. */
import { InvalidOptionError } from '../../errors.js'

/** @throws InvalidOptionError */
export function optional(name: string, use: string): Promise<never> {
  return Promise.reject(
    new InvalidOptionError(
      `${use} needs the package ${name}, which this executable does not have; vmferry as a package of Node.js takes it`,
    ),
  )
}
