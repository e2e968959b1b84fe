/** The state of the page, and everything that can be done to it. */

import { batch, computed, effect, signal } from '@preact/signals'
import { proxy } from 'comlink'
import type { Plan } from '../../src/model/plan.js'
import type { Problem } from '../../src/model/problem.js'
import type { Progress } from '../../src/solver/progress.js'
import type { Answer, Given, Look, Remark, SearchOptions, Written } from '../engine/api.js'
import { startEngine } from '../engine/client.js'
import { saveFile } from './files.js'
import {
  begin,
  canRedo,
  canUndo,
  type Done,
  type History,
  planBefore,
  push,
  redo,
  shownPlan,
  stepOf,
  undo,
  withPlan,
} from './history.js'
import { forget, keep, restore } from './saved.js'

export const DEFAULT_OPTIONS: SearchOptions = {
  effort: 3,
  schedule: 'timeline',
  seed: 0,
  timeLimitSeconds: undefined,
}

/** What was dropped and does not make a problem yet. */
export interface Pending extends Given {
  faults: Remark[]
  /** It is being read. */
  busy: boolean
}

/** A search that runs. Times in seconds since it began. */
export interface Running {
  what: 'plan' | 'help'
  trace: { at: number; makespanSeconds: number | undefined; lowerBoundSeconds: number }[]
  latest: Progress | undefined
  cancelled: boolean
}

export const history = signal<History | undefined>(undefined)
export const assumptions = signal<Remark[]>([])
export const pending = signal<Pending | undefined>(undefined)
export const running = signal<Running | undefined>(undefined)
export const look = signal<Look | undefined>(undefined)
/** What is wrong with the problem as it is, or with what was asked last. */
export const faults = signal<Remark[]>([])
/** Id of the VM that is looked at. */
export const selected = signal<string | undefined>(undefined)
/** Plans again after each change. */
export const automatic = signal(true)
/** Seconds to which the chart goes; undefined: some time behind the plan. */
export const untilSeconds = signal<number | undefined>(undefined)
/** The browser keeps no state: it has no room, or is told to keep none. */
export const unkept = signal(false)
/** False until the last state has been looked for. */
export const ready = signal(false)

export const step = computed(() => (history.value === undefined ? undefined : stepOf(history.value)))
export const shown = computed(() => (history.value === undefined ? undefined : shownPlan(history.value)))
export const before = computed(() => (history.value === undefined ? undefined : planBefore(history.value)))
export const undoable = computed(() => history.value !== undefined && canUndo(history.value))
export const redoable = computed(() => history.value !== undefined && canRedo(history.value))

const engine = () =>
  startEngine((message) => {
    batch(() => {
      running.value = undefined
      pending.value = undefined
      faults.value = [{ place: '', text: message || 'the worker failed' }]
    })
  })

/** What the engine throws is a fault of the program, and told like any other. */
async function asked<T>(call: Promise<Answer<T>>): Promise<Answer<T>> {
  try {
    return await call
  } catch (error) {
    return {
      ok: false,
      faults: [{ place: '', text: error instanceof Error ? error.message : String(error) }],
    }
  }
}

/** Search after search: the answer of one that has been overtaken is not shown. */
let turn = 0

async function showLook(): Promise<void> {
  const now = step.value
  if (now === undefined) return
  const made = shown.value
  const answer = await asked(engine().look(now.problem, made?.plan, untilSeconds.value))
  if (step.value !== now || shown.value?.plan !== made?.plan) return
  // A plan that is out of date may name what the problem has no more; then the problem is shown alone.
  const alone =
    answer.ok || made === undefined
      ? answer
      : await asked(engine().look(now.problem, undefined, untilSeconds.value))
  batch(() => {
    if (alone.ok) look.value = alone.value
    faults.value = alone.ok ? [] : alone.faults
  })
}

/** Takes the state that the last visit left. */
export async function start(): Promise<void> {
  const saved = await restore()
  batch(() => {
    if (saved !== undefined) {
      history.value = saved.history
      assumptions.value = saved.assumptions
    }
    ready.value = true
  })
  let first = true
  effect(() => {
    const [now, remarks] = [history.value, assumptions.value]
    if (!first && now !== undefined)
      void keep({ version: 1, history: now, assumptions: remarks }).then((kept) => {
        unkept.value = !kept
      })
    first = false
  })
  effect(() => {
    void [step.value, shown.value?.plan, untilSeconds.value]
    void showLook()
  })
}

/** What is dropped meanwhile takes the place of what is still being read. */
let opening = 0

export async function open(given: Given): Promise<void> {
  const mine = ++opening
  pending.value = { ...given, faults: [], busy: true }
  const current = step.value?.problem
  const answer = await asked(engine().open(given, current))
  if (mine !== opening) return
  if (!answer.ok) {
    pending.value = { ...given, faults: answer.faults, busy: false }
    return
  }
  const { problem, plan, source, assumptions: found } = answer.value
  const options = step.value?.options ?? DEFAULT_OPTIONS
  batch(() => {
    pending.value = undefined
    if (source === 'calendar') {
      assumptions.value = [...assumptions.value, ...found]
      change({ key: 'calendar', name: given.files.map(({ name }) => name).join(', ') }, problem)
      return
    }
    turn++
    void engine().cancel()
    selected.value = undefined
    look.value = undefined
    running.value = undefined
    untilSeconds.value = undefined
    assumptions.value = found
    history.value = begin({ done: { key: 'opened', name: problem.name ?? '' }, problem, options, plan })
  })
}

export function asksNothing({ request }: Problem): boolean {
  const { moves = [], drain = [], maintenance = [], balance } = request
  return moves.length + drain.length + maintenance.length === 0 && balance === undefined
}

/** A new step; planned at once where that is wanted. */
export function change(done: Done, problem: Problem, options?: SearchOptions): void {
  const now = history.value
  if (now === undefined) return
  history.value = push(now, { done, problem, options: options ?? stepOf(now).options, plan: undefined })
  if (automatic.value && !asksNothing(problem)) void plan()
  else if (running.value !== undefined) void cancel()
}

export function goBack(): void {
  if (history.value === undefined) return
  stop()
  history.value = undo(history.value)
  planIfMissing()
}

export function goOn(): void {
  if (history.value === undefined) return
  stop()
  history.value = redo(history.value)
  planIfMissing()
}

/** A step whose search was overtaken, or whose plan is not kept any more. */
function planIfMissing(): void {
  const now = step.value
  if (automatic.value && now !== undefined && now.plan === undefined && !asksNothing(now.problem)) void plan()
}

/** Of the search that runs nothing is wanted any more. */
function stop(): void {
  turn++
  running.value = undefined
  void engine().cancel()
}

function follow(progress: Progress, mine: number): void {
  const now = running.value
  if (now === undefined || mine !== turn) return
  const { elapsedSeconds: at, makespanSeconds, lowerBoundSeconds } = progress
  running.value = {
    ...now,
    latest: progress,
    trace: [...now.trace, { at, makespanSeconds, lowerBoundSeconds }],
  }
}

export async function plan(): Promise<void> {
  const of = step.value
  if (of === undefined) return
  const mine = ++turn
  running.value = { what: 'plan', trace: [], latest: undefined, cancelled: false }
  const answer = await asked(
    engine().plan(
      of.problem,
      of.options,
      proxy((progress: Progress) => follow(progress, mine)),
    ),
  )
  if (mine !== turn || history.value === undefined) return
  batch(() => {
    running.value = undefined
    if (!answer.ok) faults.value = answer.faults
    else if (answer.value.violations > 0)
      faults.value = [
        { place: '', text: `the plan breaks ${answer.value.violations} rules: it is not shown` },
      ]
    else history.value = withPlan(history.value!, of, answer.value.plan)
  })
}

/** The best plan that was found so far is taken. */
export async function cancel(): Promise<void> {
  if (running.value !== undefined) running.value = { ...running.value, cancelled: true }
  await engine().cancel()
}

export async function download(format: Written): Promise<string[]> {
  const now = step.value
  if (now === undefined) return []
  const answer = await asked(engine().write(format, now.problem, now.plan))
  if (!answer.ok) {
    faults.value = answer.faults
    return []
  }
  saveFile(format, now.problem.name, answer.value.text)
  return answer.value.notes
}

export const explain = (problem: Problem, made: Plan, vm: string) =>
  asked(engine().explain(problem, made, vm))

export async function help(vm: string | undefined) {
  const of = step.value
  if (of === undefined) return undefined
  const mine = ++turn
  running.value = { what: 'help', trace: [], latest: undefined, cancelled: false }
  const answer = await asked(engine().help(of.problem, of.options, vm))
  if (mine !== turn) return undefined
  running.value = undefined
  return answer
}

export const cpus = () => engine().cpus()

/** Away with everything, the kept state too. */
export async function close(): Promise<void> {
  stop()
  batch(() => {
    history.value = undefined
    look.value = undefined
    assumptions.value = []
    faults.value = []
    selected.value = undefined
  })
  await forget()
}
