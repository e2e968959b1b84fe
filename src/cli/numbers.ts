/** Numbers on the command line. */
import { InvalidArgumentError } from 'commander'

/** @throws InvalidArgumentError for anything but decimal digits within the range, both ends included. */
export function integerOption(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (!/^[0-9]+$/.test(text) || value < least || value > most) {
      throw new InvalidArgumentError(`It must be an integer from ${least} to ${most}.`)
    }
    return value
  }
}

/** Seconds above 0, decimals allowed. @throws InvalidArgumentError */
export function secondsOption(text: string): number {
  const value = Number(text)
  if (!/^([0-9]+(\.[0-9]*)?|\.[0-9]+)$/.test(text) || !(value > 0) || !Number.isFinite(value)) {
    throw new InvalidArgumentError('It must be a number of seconds above 0, as in 90 or 0.5.')
  }
  return value
}
