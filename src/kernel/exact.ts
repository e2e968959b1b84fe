/**
 * The exact search in a kernel instance of its own: checks what is asked, extends the region of saved levels when the search asks for it,
 * and copies incumbents in and schedules out.
 */
import { KernelError } from '../errors.js'
import { MAX_TICK } from '../model/ticks.js'
import { Arena, type ArenaExports } from './arena.js'
import { layOutExact } from './exact-layout.js'
import { FOUND, LIMIT, REFUTED, SEARCH_TASK } from './records.js'
import { checkScheduleProblem } from './schedule-check.js'
import type { ExactOptions, ExactRun, ExactSearch, ScheduleProblem } from './types.js'

export interface ExactExports {
  /** Starts over with the incumbent in the struct's hints. `mirror` 1: one order may be fixed; `fresh` 1: ratings start anew. */
  beginExact(search: number, target: number, mirror: number, fresh: number, guided: number): void
  /** After `beginExact`: keeps the incumbent's order among tasks whose byte is 1. */
  keepOrders(search: number, keeps: number): void
  /** Goes on for at most so many failures and nodes, counted in the struct; one of `STATUS`. */
  runExact(search: number, failures: number, nodes: number): number
  rootBoundExact(search: number, low: number, high: number): number
}

const STATUS: Record<number, ExactRun['status']> = {
  [FOUND]: 'found',
  [REFUTED]: 'refuted',
  [LIMIT]: 'limit',
}

const MOST_NODES = 0xffff_ffff
const NODES_PER_FAILURE = 4
const NODES_PER_CALL = 200
/** Bytes by which the region of levels grows at least. */
const GROWTH_BYTES = 1 << 20

function clampTick(tick: number): number {
  return Math.max(-1, Math.min(Math.floor(tick), MAX_TICK))
}

/**
 * Lays the problem out in a fresh kernel instance, which belongs to the search from then on.
 * @throws KernelError where the problem breaks its contract, from `run` before `begin`, where an option is out of its range, and
 * from everything after `dispose`.
 */
export function createExactSearch(wasm: ExactExports & ArenaExports, problem: ScheduleProblem): ExactSearch {
  checkScheduleProblem(problem)
  const n = problem.taskCount
  let live: { wasm: ExactExports & ArenaExports; arena: Arena } | undefined = {
    wasm,
    arena: new Arena(wasm.memory, wasm.heapBase()),
  }
  const { search, hints, keeps, tasks, levelBytes, symmetric } = layOutExact(live.arena, problem)
  let begun = false
  let rated = false

  function access(): { wasm: ExactExports & ArenaExports; arena: Arena } {
    if (live === undefined) throw new KernelError('the exact search has been disposed of')
    return live
  }

  /** No region lies behind the levels: what is allocated now continues them. */
  function extendLevels(arena: Arena): void {
    const bytes = Math.max(GROWTH_BYTES, 16 * levelBytes)
    search.set({ levelsEnd: arena.allocate(bytes) + bytes })
  }

  return {
    begin({ target, hint, mirror = false, keep, keepRatings = false, guided = false }: ExactOptions): void {
      const { wasm, arena } = access()
      if (Number.isNaN(target)) throw new KernelError('the target is not a number')
      if (hint.length !== n) throw new KernelError(`hint has ${hint.length} entries where ${n} are due`)
      arena.write(hints, hint)
      wasm.beginExact(
        search.address,
        clampTick(Math.min(target, problem.horizon)),
        Number(mirror && symmetric && keep === undefined),
        Number(!keepRatings || !rated),
        Number(guided),
      )
      rated = true
      if (keep !== undefined) {
        if (keep.length !== n) throw new KernelError(`keep has ${keep.length} entries where ${n} are due`)
        // The origin stands still: windows stay on the side of a kept task on which they are.
        arena.write(keeps, Uint8Array.from([...keep, 1]))
        wasm.keepOrders(search.address, keeps)
      }
      begun = true
    },

    run(failures: number): ExactRun {
      const { wasm, arena } = access()
      if (!begun) throw new KernelError('the exact search has not begun')
      if (!(failures >= 1)) throw new KernelError(`the search needs failures ≥ 1: ${failures}`)
      search.set({ failures: 0, nodes: 0 })
      const mostFailures = Math.min(failures, MOST_NODES)
      const mostNodes = Math.min(NODES_PER_FAILURE * failures + NODES_PER_CALL, MOST_NODES)
      let status = STATUS[wasm.runExact(search.address, mostFailures, mostNodes)]
      while (status === undefined) {
        extendLevels(arena)
        status = STATUS[wasm.runExact(search.address, mostFailures, mostNodes)]
      }
      const start = new Int32Array(status === 'found' ? n : 0)
      if (status === 'found') {
        for (let i = 0; i < n; i++)
          start[i] = arena.int32At(tasks + SEARCH_TASK.bytes * i + SEARCH_TASK.words.est)
      }
      return { status, start, failures: search.get('failures') >>> 0, nodes: search.get('nodes') >>> 0 }
    },

    rootBound(low: number, high: number): number {
      const { wasm } = access()
      begun = false
      if (!(low <= high)) throw new KernelError(`the bound needs low ≤ high: ${low}, ${high}`)
      return wasm.rootBoundExact(search.address, Math.max(0, clampTick(low)), Math.max(0, clampTick(high)))
    },

    dispose(): void {
      live = undefined
    },
  }
}
