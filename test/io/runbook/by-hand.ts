/** Problems and plans for the runbook, written by hand. */

import { canQuote } from '../../../src/io/powershell.js'
import type { Migration } from '../../../src/model/plan.js'
import type { Problem, ProblemGroup, ProblemMaintenance, ProblemWindow } from '../../../src/model/problem.js'
import { isInPlace } from '../../../src/model/ways.js'
import { leg } from '../../problem.js'
import { INTEL } from '../../solver/problems.js'
import { migration, plan } from '../fixtures.js'
import { HOSTILE_IDS } from '../hostile.js'
import type { Night } from './nights.js'

export interface NightParts {
  /** Or in short, `web A>B 0-100`: live. */
  migrations: (string | Migration)[]
  /** State of VMs that do not run. */
  states?: Record<string, 'off' | 'saved'>
  windows?: ProblemWindow[]
  start?: string
  memoryMiB?: number
  slots?: number
  policy?: Problem['policy']
  drain?: NonNullable<Problem['request']['drain']>
  /** `A 100-700`, or with more of the request's keys. */
  works?: (string | ({ work: string } & Partial<ProblemMaintenance>))[]
  antiAffinity?: Record<string, ProblemGroup[]>
  /** By node. */
  racks?: Record<string, string>
  serial?: Record<string, string[]>
  order?: string[][]
  /** Deadlines of moves. */
  by?: Record<string, number>
}

/** The problem of which the migrations may be a plan: their nodes and VMs, each VM of 1,000 MiB. */
export function nightByHand(parts: NightParts): Night {
  const { states = {}, antiAffinity = {}, racks = {}, serial = {}, by = {} } = parts
  const migrations = parts.migrations.map((each) => (typeof each === 'string' ? leg(each) : each))
  const works = (parts.works ?? []).map((each) => {
    const { work, ...rest } = typeof each === 'string' ? { work: each } : each
    const [node, from, until] = work.split(/[ -]/)
    return { node, startSeconds: Number(from), endSeconds: Number(until), rest }
  })
  const nodes = [
    ...new Set([...migrations.flatMap(({ from, to }) => [from, to]), ...works.map(({ node }) => node)]),
  ]
  const first = new Map<string, Migration>()
  for (const each of migrations) if (!first.has(each.vm)) first.set(each.vm, each)
  const problem: Problem = {
    version: 1,
    name: 'by hand',
    ...(parts.start === undefined ? {} : { start: parts.start }),
    nodes: nodes.map((id) => ({
      id,
      cpu: INTEL,
      memoryMiB: parts.memoryMiB ?? 10_000,
      migrationMbps: 1000,
      slots: parts.slots ?? 1,
      ...(racks[id] === undefined ? {} : { domains: { rack: racks[id] } }),
    })),
    vms: [...first.values()].map(({ vm, from }) => ({
      id: vm,
      node: from,
      memoryMiB: 1000,
      restartable: true,
      ...(states[vm] === undefined ? {} : { state: states[vm] }),
      ...(first.get(vm)!.kind === 'stop-in-place' ? { ways: ['stop' as const] } : {}),
      ...(antiAffinity[vm] === undefined ? {} : { antiAffinity: antiAffinity[vm] }),
      ...(serial[vm] === undefined ? {} : { serial: serial[vm] }),
    })),
    windows: parts.windows ?? [],
    request: {
      ...(works.length === 0
        ? {}
        : {
            maintenance: works.map(({ node, startSeconds, endSeconds, rest }) => ({
              node,
              durationSeconds: endSeconds - startSeconds,
              ...rest,
            })),
          }),
      moves: (works.length > 0 ? [] : [...first.keys()])
        .map((vm) => ({
          vm,
          to: migrations.findLast((m) => m.vm === vm)!.to,
          ...(by[vm] === undefined ? {} : { by: by[vm] }),
        }))
        .filter(({ vm }) => !isInPlace(first.get(vm)!.kind)),
      drain: parts.drain ?? [],
      order: parts.order ?? [],
    },
    policy: { allowRestart: true, allowSave: true, ...parts.policy },
  }
  const maintenance = works.map(({ rest: _, ...each }) => ({ ...each, slackSeconds: 60 }))
  return {
    problem,
    plan: plan(migrations, {
      problem: 'by hand',
      ...(works.length === 0 ? {} : { maintenance, notMaintained: [], notHome: [] }),
    }),
  }
}

/** One of each kind, a VM that is off, one that is saved, one that parks, and some that only wait for their nodes. */
export function everyKind(): Night {
  return nightByHand({
    states: { off: 'off', saved: 'saved' },
    drain: [{ node: 'D', mode: 'save' }],
    migrations: [
      'live A>B 0-100',
      migration('restart', 'C', 'B', 0, 180, { kind: 'restart' }),
      migration('sleeper', 'D', 'D', 0, 120, { kind: 'save-in-place' }),
      migration('stopped', 'D', 'D', 0, 60, { kind: 'stop-in-place' }),
      'off A>B 100-130',
      migration('sleeper-2', 'D', 'D', 120, 240, { kind: 'save-in-place' }),
      'saved C>A 180-200',
      migration('park', 'B', 'C', 200, 300, { parking: true }),
      migration('save', 'C', 'A', 200, 320, { kind: 'save' }),
      'last A>B 320-400',
      'park C>A 400-500',
    ],
  })
}

/** Names that a language might take for something else. */
export const NAMES = [
  ...HOSTILE_IDS.filter(canQuote),
  '--%',
  "'@",
  '"@',
  "@'",
  '`',
  '$env:TEMP',
  '$\u007bx}',
  '[a-z]*?',
  '#> #',
  '{0} {1:0}',
  '2026-11-23T19:00:00Z',
  '-Name',
  '*',
  "''",
  'Keys',
  'Count',
  'Values',
  'GetEnumerator',
  'SyncRoot',
  'straße',
  'e\u0301',
  'İ',
  'i',
  '\u00c5',
]
