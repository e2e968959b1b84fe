/** Quantities that were written as text with a unit, as `"64GB"`: what number the format wants instead. */

/** The unit in which a field of the problem is written. */
export type Unit = 'MiB' | 'Mbps' | 'MiB per second' | 'seconds'

const MEMORY: Readonly<Record<string, number>> = {
  b: 1 / 1_048_576,
  bytes: 1 / 1_048_576,
  k: 1 / 1024,
  kb: 1 / 1024,
  kib: 1 / 1024,
  m: 1,
  mb: 1,
  mib: 1,
  g: 1024,
  gb: 1024,
  gib: 1024,
  t: 1_048_576,
  tb: 1_048_576,
  tib: 1_048_576,
}

const FACTORS: Readonly<Record<Unit, Readonly<Record<string, number>>>> = {
  MiB: MEMORY,
  'MiB per second': Object.fromEntries(
    Object.entries(MEMORY).flatMap(([unit, factor]) => [
      [`${unit}/s`, factor],
      [`${unit}ps`, factor],
    ]),
  ),
  Mbps: {
    kbps: 0.001,
    'kbit/s': 0.001,
    mbps: 1,
    'mbit/s': 1,
    'mb/s': 1,
    mbit: 1,
    m: 1,
    gbps: 1000,
    'gbit/s': 1000,
    'gb/s': 1000,
    gbit: 1000,
    gbe: 1000,
    g: 1000,
  },
  seconds: {
    ms: 0.001,
    s: 1,
    sec: 1,
    seconds: 1,
    m: 60,
    min: 60,
    minutes: 60,
    h: 3600,
    hours: 3600,
    d: 86_400,
    days: 86_400,
  },
}

/** The number that `text` means in `unit`; undefined where it is not a number with a known unit, or none. */
export function parseQuantity(text: string, unit: Unit): number | undefined {
  if (text.length > 40) return undefined
  const match = /^([+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?)\s*([a-z/]*)$/i.exec(text.trim())
  if (match === null) return undefined
  const suffix = match[2].toLowerCase()
  const factors = FACTORS[unit]
  if (suffix !== '' && !Object.hasOwn(factors, suffix)) return undefined
  const value = Number(match[1]) * (suffix === '' ? 1 : factors[suffix])
  return Number.isFinite(value) ? value : undefined
}
