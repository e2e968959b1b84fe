/** The words of a chart. A page in another language brings its own. */
import type { MigrationKind } from '../model/plan.js'
import type { WindowKind } from '../model/problem.js'
import type { Role } from './lanes.js'

export interface ChartWords {
  roles: Record<Role, string>
  windows: Record<WindowKind, string>
  kinds: Record<MigrationKind, string>
  workedOn: string
  memory: string
  /** From a share on. */
  full(percent: string): string
  decides: string
  ends(at: string): string
  endsAtBound(at: string): string
  bound(at: string): string
  /** What a migration is, and from when to when. */
  bar(kind: string, start: string, end: string, span: string): string
  groups(names: string): string
}

export const CHART_WORDS: ChartWords = {
  roles: { send: 'sends', receive: 'receives', inside: 'migrates', other: 'restart or save' },
  windows: { backup: 'backup window', blackout: 'blackout window', 'no-work': 'no works' },
  kinds: {
    live: 'live',
    restart: 'restart',
    save: 'save',
    'save-in-place': 'save-in-place',
    'stop-in-place': 'stop-in-place',
    'resume-in-place': 'resume-in-place',
    'start-in-place': 'start-in-place',
  },
  workedOn: 'worked on',
  memory: 'memory',
  full: (percent) => `memory from ${percent} on`,
  decides: 'decides the lower bound',
  ends: (at) => `ends ${at}`,
  endsAtBound: (at) => `ends ${at}: the lower bound`,
  bound: (at) => `bound ${at}`,
  bar: (kind, start, end, span) => `${kind}, ${start} to ${end} (${span})`,
  groups: (names) => `groups: ${names}`,
}
