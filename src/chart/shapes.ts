/** Shapes that ECharts has not: many rectangles as one path, and hatched ones. A lane is then a handful of elements, however many bars it has. */
import type { graphic, init } from 'echarts/core'

/** Flat: x, y, width, height of each, pixels. */
export interface Rectangles {
  rects: readonly number[]
}

interface Path {
  moveTo(x: number, y: number): void
  lineTo(x: number, y: number): void
  rect(x: number, y: number, width: number, height: number): void
}

/** Pixels between two strokes of a hatching, along x. */
const HATCH = 7

function rectangles(path: Path, { rects }: Rectangles): void {
  for (let i = 0; i < rects.length; i += 4) path.rect(rects[i], rects[i + 1], rects[i + 2], rects[i + 3])
}

/** Strokes at 45°, cut to each rectangle; on one grid, so that neighbours join. */
function hatching(path: Path, { rects }: Rectangles): void {
  for (let i = 0; i < rects.length; i += 4) {
    const [x, y, width, height] = rects.slice(i, i + 4)
    const bottom = y + height
    for (let s = Math.ceil((x + y) / HATCH) * HATCH; s < x + width + bottom; s += HATCH) {
      const top = Math.max(y, s - x - width)
      const low = Math.min(bottom, s - x)
      if (low <= top) continue
      path.moveTo(s - top, top)
      path.lineTo(s - low, low)
    }
  }
}

export const RECTANGLES = 'vmferry-rectangles'
export const HATCHING = 'vmferry-hatching'

/** Once for each copy of ECharts. */
export function registerShapes({
  extendShape,
  registerShape,
}: Pick<typeof graphic, 'extendShape' | 'registerShape'>): void {
  const shape = { rects: [] }
  registerShape(RECTANGLES, extendShape({ type: RECTANGLES, shape, buildPath: rectangles as never }))
  registerShape(HATCHING, extendShape({ type: HATCHING, shape, buildPath: hatching as never }))
}

/** What charts need of ECharts. */
export interface Echarts {
  graphic: typeof graphic
  init: typeof init
}
