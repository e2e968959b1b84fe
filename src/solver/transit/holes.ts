/**
 * How much of a space can ever be free at once on one node. Migrations move what is free about, they make none: in every state the places'
 * free memory sums to what it was at the start, and to more only by what was saved in place, or went where there is no limit. What the other places
 * cannot give is lost to the node: where all VMs are multiples of some g, a place's free memory keeps its remainder modulo g for ever.
 */
import { hasRoom, type Places } from './places.js'

/** By space: [places] most that can be free on each at any time, whatever moves. */
export function largestHoles(places: Places): Float64Array[] {
  return places.free.map((_, space) => largestHolesOf(places, space))
}

function largestHolesOf({ free: all, movers }: Places, space: number): Float64Array {
  const free = all[space]
  const unit = movers.reduce((g, m) => greatestCommonDivisor(g, m.sizes[space]), 0)
  const touched = new Uint8Array(free.length)
  let movable = 0
  for (const { sizes, home, targets, stops } of movers) {
    touched[home] = 1
    for (const n of [...targets, ...stops]) touched[n] = 1
    // What goes where all has room is the one way in which free memory grows.
    const isOpen = (n: number) => free[n] === Number.POSITIVE_INFINITY
    if (targets.some(isOpen) || stops.some(isOpen)) movable += sizes[space]
  }
  // An overfull place is entered by none before it has something free; until then it only gets freer.
  const least = free.map((f, n) =>
    touched[n] === 0 || f < 0 || f === Number.POSITIVE_INFINITY ? f : unit === 0 ? 0 : f % unit,
  )
  free.forEach((f, n) => {
    if (f > least[n]) movable += f - least[n]
  })
  return least.map((l) => l + movable)
}

/** By mover: 1 where no target ever has room for it. Proven, whatever the others do. */
export function tooLarge(places: Places): Uint8Array {
  const most = largestHoles(places)
  return Uint8Array.from(places.movers, ({ sizes, targets }) =>
    targets.some((t) => hasRoom(most, sizes, t)) ? 0 : 1,
  )
}

/** The same problem without the stops and targets that never have room. */
export function withinHoles(places: Places): Places {
  const most = largestHoles(places)
  return {
    free: places.free,
    movers: places.movers.map((m) => ({
      ...m,
      targets: m.targets.filter((t) => hasRoom(most, m.sizes, t)),
      stops: m.stops.filter((n) => hasRoom(most, m.sizes, n)),
    })),
  }
}

function greatestCommonDivisor(a: number, b: number): number {
  let [x, y] = [a, b]
  while (y > 0) [x, y] = [y, x % y]
  return x
}
