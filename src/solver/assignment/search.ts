/**
 * From shares to an assignment: rounding, repair by ejection, then annealing over single moves and swaps of targets against
 * unplaced weight, and makespan + penalties.
 */
import { bulkOf } from '../../model/spaces.js'
import { isInPlace } from '../../model/ways.js'
import { Random } from '../random.js'
import type { Run } from '../run.js'
import type { Decision } from '../schedule/legs.js'
import type { AssignmentState, Held } from './state.js'

/** What may take long on a large request lets the rest of the program run, and ends where the user's limit is reached. */
type Breathing = Pick<Run, 'breathe'>

/**
 * Takes every wish's largest share at once (VMs may trade places, so one after another would block), sends home what overfills a node,
 * then places what fits at least cost.
 */
export async function roundShares(
  state: AssignmentState,
  shares: readonly Float64Array[],
  run: Breathing,
): Promise<void> {
  shares.forEach((row, w) => {
    let best = -1
    row.forEach((share, c) => {
      if (share > 1e-6 && (best < 0 || share > row[best] + 1e-9)) best = c
    })
    if (best >= 0) state.set(w, best)
  })
  await relieve(state, run)
  await placeGreedily(state, run)
}

/** Takes the first choice of every wish at once; for requests that leave none. */
export async function takeOnlyChoices(state: AssignmentState, run: Breathing): Promise<void> {
  state.wishes.forEach((_, w) => {
    state.set(w, 0)
  })
  await relieve(state, run)
  await placeGreedily(state, run)
}

/**
 * Unplaces arrivals on nodes that are overfull, or that two VMs of a group share: least weight first, then the smallest VM that is
 * enough. What goes home may overfill its own node, so this goes on until all is well; at worst all are home, as at the start. Where the
 * limit is reached, all that is on such a node goes home at once.
 */
export async function relieve(state: AssignmentState, run: Breathing): Promise<void> {
  const { wishes, instance } = state
  const arrivals: number[][] = Array.from({ length: instance.nodeCount }, () => [])
  wishes.forEach((wish, w) => {
    const c = state.chosen[w]
    if (c >= 0 && !isInPlace(wish.choices[c].kind)) arrivals[wish.choices[c].node].push(w)
  })
  const weight = (w: number) => instance.vmWeight[wishes[w].vm]
  for (let changed = true; changed; ) {
    changed = false
    for (let n = 0; n < instance.nodeCount; n++) {
      const drop = (w: number) => {
        state.set(w, -1)
        changed = true
      }
      // With a VM of an affinity set all of it goes home.
      const here = () => {
        arrivals[n] = arrivals[n].filter((w) => state.chosen[w] >= 0)
        return arrivals[n]
      }
      for (const w of [...here()]) if (state.chosen[w] >= 0 && state.groupShared(wishes[w].vm, n)) drop(w)
      for (let s = state.overfull(n); s >= 0 && here().length > 0; s = state.overfull(n)) {
        if (await run.breathe()) {
          for (const w of [...arrivals[n]]) if (state.chosen[w] >= 0) drop(w)
          break
        }
        const { capacity, size } = instance.spaces[s]
        const excess = state.used[s][n] - capacity[n]
        const own = (w: number) => size[wishes[w].vm]
        const enough = (w: number) => (own(w) >= excess ? 0 : 1)
        const order = arrivals[n].sort(
          (a, b) =>
            weight(a) - weight(b) ||
            enough(a) - enough(b) ||
            (enough(a) === 0 ? own(a) - own(b) : own(b) - own(a)) ||
            a - b,
        )
        drop(order[0])
      }
    }
  }
}

/** Places what is unplaced, heaviest weight first, big before small, each at the least increase of cost. */
export async function placeGreedily(state: AssignmentState, run: Breathing): Promise<void> {
  const { wishes, instance } = state
  const open = wishes.map((_, w) => w).filter((w) => state.chosen[w] < 0 && wishes[w].choices.length > 0)
  const weight = (w: number) => instance.vmWeight[wishes[w].vm]
  const size = (w: number) => bulkOf(instance, wishes[w].vm)
  open.sort((a, b) => weight(b) - weight(a) || size(b) - size(a) || a - b)
  let effort = 0
  // What one VM frees another may take: go round until nothing changes.
  for (let changed = true; changed; ) {
    changed = false
    for (const w of open) {
      if (state.chosen[w] >= 0) continue
      effort += wishes[w].choices.length * state.companySize(w)
      if (effort > FIRST_CHANGES && (await run.breathe())) return
      const c = cheapestChoice(state, w)
      if (c >= 0) {
        state.set(w, c)
        changed = true
      }
    }
  }
}

function cheapestChoice(state: AssignmentState, w: number): number {
  const { choices, vm } = state.wishes[w]
  const from = state.instance.vmNode[vm]
  let best = -1
  let least = Number.POSITIVE_INFINITY
  const before = state.makespan()
  const { penalty, unplacedWeight } = state
  choices.forEach((choice, c) => {
    if (!state.admits(w, c)) return
    const held = state.held(w)
    state.set(w, c)
    // A VM of an affinity set may call another one back to where it lives: that places nothing.
    const placesMore = state.unplacedWeight < unplacedWeight
    const makespan =
      state.instance.networks.length > 0
        ? Math.max(before, state.makespan())
        : Math.max(before, state.finish[from], state.finish[choice.node], state.earliestEnd(w, c))
    const cost =
      makespan + (state.penalty - penalty) + 0.01 * (state.finish[choice.node] + state.finish[from])
    state.giveBack(w, held)
    if (placesMore && cost < least) {
      least = cost
      best = c
    }
  })
  return best
}

/** For each unplaced wish: makes room by sending one placed wish elsewhere. */
export async function eject(state: AssignmentState, run: Breathing): Promise<void> {
  const { wishes } = state
  for (let w = 0; w < wishes.length; w++) {
    if (state.chosen[w] >= 0) continue
    await placeByEjection(state, w, run)
  }
}

async function placeByEjection(state: AssignmentState, w: number, run: Breathing): Promise<boolean> {
  const { wishes, unplacedWeight } = state
  for (let c = 0; c < wishes[w].choices.length; c++) {
    const { node } = wishes[w].choices[c]
    for (let other = 0; other < wishes.length; other++) {
      const present = state.chosen[other]
      if (other === w || present < 0 || wishes[other].choices[present].node !== node) continue
      if (state.together(w, other)) continue
      if (await run.breathe()) return false
      const heldOther = state.held(other)
      const held = state.held(w)
      state.set(other, -1)
      if (state.admits(w, c)) {
        state.set(w, c)
        for (let d = 0; d < wishes[other].choices.length; d++) {
          if (d !== present && state.admits(other, d)) {
            const alone = state.held(other)
            state.set(other, d)
            if (state.unplacedWeight < unplacedWeight && mayStay(state, w, other)) return true
            state.giveBack(other, alone)
          }
        }
        state.giveBack(w, held)
      }
      state.giveBack(other, heldOther)
    }
  }
  return false
}

/** Wishes that move between two looks at the clock: affinity sets move as one, and may have thousands. */
const CHANGES_A_SLICE = 1024

/** So much is tried whatever the limit, some milliseconds: a plan that was cut short has a use. */
const FIRST_CHANGES = 20_000

/** Choices by wish, −1 unplaced: what `annealAssignment` returns. */
export type Chosen = Int32Array

/** What the search compares: unplaced weight above all, then ticks of cost, then how evenly the nodes are used. */
function energy(state: AssignmentState, unit: number, evenness: number): number {
  let sum = 0
  for (let n = 0; n < state.finish.length; n++) sum += state.finish[n]
  return (
    state.unplacedWeight * unit + state.makespan() + state.penalty + (evenness * sum) / state.finish.length
  )
}

/**
 * Simulated annealing; the state ends at the best assignment seen.
 * @param moves moves to try.
 */
export async function annealAssignment(
  state: AssignmentState,
  run: Run,
  moves: number,
  seed: number,
): Promise<void> {
  const { wishes } = state
  const { annealHot, annealCold, annealEvenness } = run.parameters.assignment
  const movable = wishes.map((_, w) => w).filter((w) => wishes[w].choices.length > 0)
  const flexible = movable.filter((w) => wishes[w].choices.length > 1 || state.chosen[w] < 0)
  if (flexible.length === 0) return
  const random = new Random(seed)
  const unit = unplacedUnit(state)
  let now = energy(state, unit, annealEvenness)
  let best = now
  let bestChosen = state.chosen.slice()
  const hot = Math.max(1, annealHot * (state.makespan() + 1000))
  const cold = Math.max(0.5, hot * annealCold)
  let changes = 0
  for (let i = 0; i < moves; i++) {
    if (changes >= CHANGES_A_SLICE) {
      changes = 0
      if (await run.breathe()) break
    }
    const temperature = hot * (cold / hot) ** (i / moves)
    const w = flexible[random.below(flexible.length)]
    changes += state.companySize(w)
    const before = state.held(w)
    const c = random.below(wishes[w].choices.length)
    if (c === state.chosen[w]) continue
    let other = -1
    let otherBefore: Held = -1
    if (!state.admits(w, c) || random.below(4) === 0) {
      // A swap, or room made by sending one VM of the target elsewhere.
      other = movable[random.below(movable.length)]
      if (other === w || state.together(w, other)) continue
      changes += state.companySize(other)
      otherBefore = state.held(other)
      const d = random.below(wishes[other].choices.length + 1) - 1
      state.set(other, -1)
      state.set(w, -1)
      if (!state.admits(w, c)) {
        state.giveBack(other, otherBefore)
        state.giveBack(w, before)
        continue
      }
      state.set(w, c)
      if (d >= 0 && state.admits(other, d)) state.set(other, d)
    } else {
      state.set(w, c)
    }
    if (!mayStay(state, w, other)) {
      if (other >= 0) state.giveBack(other, otherBefore)
      state.giveBack(w, before)
      continue
    }
    const then = energy(state, unit, annealEvenness)
    if (then <= now || random.unit() < Math.exp((now - then) / temperature)) {
      now = then
      if (now < best - 1e-9) {
        best = now
        bestChosen = state.chosen.slice()
      }
    } else {
      if (other >= 0) state.set(other, -1)
      state.giveBack(w, before)
      if (other >= 0) state.giveBack(other, otherBefore)
    }
  }
  restore(state, bestChosen)
}

/** A VM that stays, or comes back, may overfill its own node where others have arrived, or meet one of its group there. */
export function mayStay(state: AssignmentState, w: number, other: number): boolean {
  const ok = (v: number) => {
    if (v < 0) return true
    for (const member of state.company(v)) {
      const { vm } = state.wishes[member]
      if (state.chosen[member] >= 0) continue
      if (state.overfull(state.instance.vmNode[vm]) >= 0 || state.groupArrivedAtHome(vm)) return false
    }
    return true
  }
  return ok(w) && ok(other)
}

export function restore(state: AssignmentState, chosen: Chosen): void {
  for (let w = 0; w < chosen.length; w++) state.set(w, -1)
  for (let w = 0; w < chosen.length; w++) state.set(w, chosen[w])
}

/** The same from decisions whose choices are the wishes' own. */
export function restoreDecisions(state: AssignmentState, decisions: readonly Decision[]): void {
  const chosen = decisions.map(({ choice }, w) =>
    choice === undefined ? -1 : state.wishes[w].choices.indexOf(choice),
  )
  restore(state, Int32Array.from(chosen))
}

/** Ticks that one unit of unplaced weight counts: dearer than any cost. */
function unplacedUnit(state: AssignmentState): number {
  const { softGroups, vmSoftGroups } = state.instance
  let worst = 1000
  for (const wish of state.wishes) {
    let most = 0
    for (const { duration, penalty } of wish.choices) most = Math.max(most, duration + penalty)
    worst += most
    for (const g of vmSoftGroups[wish.vm]) worst += softGroups[g].penalty
  }
  return worst
}
