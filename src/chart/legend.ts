/** What the colours of a chart mean: those that occur in it. */
import type { WindowKind } from '../model/problem.js'
import { FULL, type Lane, type Role } from './lanes.js'
import type { Palette } from './palette.js'

export interface LegendEntry {
  words: string
  /** Its name in a palette. */
  color: keyof Palette
  hatched: boolean
}

const ROLES: Record<Role, string> = {
  send: 'sends',
  receive: 'receives',
  inside: 'migrates',
  other: 'restart or save',
}

const WINDOWS: Record<WindowKind, string> = {
  backup: 'backup window',
  blackout: 'blackout window',
  'no-work': 'no works',
}

/** At some time. */
function isFull({ memory }: Lane): boolean {
  return memory?.steps.some((value, i) => i % 2 === 1 && value >= FULL * memory.capacityMiB) ?? false
}

export function legendOf(lanes: readonly Lane[]): LegendEntry[] {
  const roles = new Set(lanes.flatMap(({ bars }) => bars.map(({ role }) => role)))
  const kinds = new Set(lanes.flatMap(({ windows }) => windows.map(({ kind }) => kind)))
  const filled = (words: string, color: keyof Palette) => ({ words, color, hatched: false })
  return [
    ...(Object.keys(ROLES) as Role[])
      .filter((role) => roles.has(role))
      .map((role) => filled(ROLES[role], role)),
    ...(Object.keys(WINDOWS) as WindowKind[])
      .filter((kind) => kinds.has(kind))
      .map((kind) => ({ words: WINDOWS[kind], color: kind, hatched: true })),
    ...(lanes.some(({ works }) => works.length > 0) ? [filled('worked on', 'work')] : []),
    ...(lanes.some(({ memory }) => memory !== undefined) ? [filled('memory', 'memory')] : []),
    ...(lanes.some(isFull) ? [filled(`memory from ${FULL * 100} % on`, 'full')] : []),
    ...(lanes.some(({ decides }) => decides) ? [filled('decides the lower bound', 'bound')] : []),
  ]
}
