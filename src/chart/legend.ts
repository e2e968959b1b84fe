/** What the colours of a chart mean: those that occur in it. */
import type { WindowKind } from '../model/problem.js'
import { FULL, type Lane, type Role } from './lanes.js'
import type { Palette } from './palette.js'
import { CHART_WORDS } from './words.js'

export interface LegendEntry {
  words: string
  /** Its name in a palette. */
  color: keyof Palette
  hatched: boolean
}

/** At some time. */
function isFull({ memory }: Lane): boolean {
  return memory?.steps.some((value, i) => i % 2 === 1 && value >= FULL * memory.capacityMiB) ?? false
}

export function legendOf(lanes: readonly Lane[], words = CHART_WORDS): LegendEntry[] {
  const roles = new Set(lanes.flatMap(({ bars }) => bars.map(({ role }) => role)))
  const kinds = new Set(lanes.flatMap(({ windows }) => windows.map(({ kind }) => kind)))
  const filled = (text: string, color: keyof Palette) => ({ words: text, color, hatched: false })
  return [
    ...(Object.keys(words.roles) as Role[])
      .filter((role) => roles.has(role))
      .map((role) => filled(words.roles[role], role)),
    ...(Object.keys(words.windows) as WindowKind[])
      .filter((kind) => kinds.has(kind))
      .map((kind) => ({ words: words.windows[kind], color: kind, hatched: true })),
    ...(lanes.some(({ works }) => works.length > 0) ? [filled(words.workedOn, 'work')] : []),
    ...(lanes.some(({ memory }) => memory !== undefined) ? [filled(words.memory, 'memory')] : []),
    ...(lanes.some(isFull) ? [filled(words.full(`${FULL * 100} %`), 'full')] : []),
    ...(lanes.some(({ decides }) => decides) ? [filled(words.decides, 'bound')] : []),
  ]
}
