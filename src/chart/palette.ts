/** Colours of chart and report, light and dark: told apart by the colour-blind, and by their brightness alone. */
export interface Palette {
  page: string
  card: string
  ink: string
  muted: string
  rule: string
  /** Behind what fills up: memory, a slider. */
  stripe: string
  send: string
  receive: string
  inside: string
  other: string
  /** A node is worked on. */
  work: string
  onBar: string
  /** Of a bar that the filter does not pass. */
  dim: string
  backup: string
  blackout: string
  'no-work': string
  memory: string
  full: string
  /** Makespan. */
  end: string
  /** Lower bound, and what it rests on. */
  bound: string
  good: string
  warn: string
  bad: string
}

export const PALETTES: Record<'light' | 'dark', Palette> = {
  light: {
    page: '#f4f6f9',
    card: '#ffffff',
    ink: '#17202e',
    muted: '#5b6678',
    rule: '#dfe4ec',
    stripe: '#eef1f6',
    send: '#1d5fc4',
    receive: '#2fa18c',
    inside: '#5b6bb5',
    other: '#c8700f',
    work: '#48546a',
    onBar: '#ffffff',
    dim: '#d9dfe8',
    backup: '#8792a5',
    blackout: '#b4483f',
    'no-work': '#b9a04a',
    memory: '#aebccf',
    full: '#d9773f',
    end: '#17202e',
    bound: '#8a2fc9',
    good: '#177a52',
    warn: '#9a5b00',
    bad: '#b3261e',
  },
  dark: {
    page: '#0d1219',
    card: '#151c26',
    ink: '#e7ecf3',
    muted: '#98a5b8',
    rule: '#2a3443',
    stripe: '#1f2936',
    send: '#5c9bff',
    receive: '#3fc2a6',
    inside: '#98a5f0',
    other: '#f0a24b',
    work: '#b9c4d6',
    onBar: '#0b1017',
    dim: '#2c3747',
    backup: '#6c7a90',
    blackout: '#d97a70',
    'no-work': '#a8924a',
    memory: '#4a5d78',
    full: '#c9713e',
    end: '#e7ecf3',
    bound: '#c58bff',
    good: '#5fd0a0',
    warn: '#f0b95c',
    bad: '#ff8a80',
  },
}
