/** The pointer on the chart: it drags windows and their edges, and clicks migrations. Elsewhere the chart has it. */
import type { CanvasChart, ChartPlace } from '../../src/chart/canvas.js'

export interface Dragged {
  /** The n-th migration of the plan. */
  clicked(move: number): void
  /** Index of the problem's window, and seconds by which its start and its end were moved. */
  moved(source: number, startBy: number, endBy: number): void
  /** An instant as the reader is shown it. */
  instant(seconds: number): string
}

interface Drag {
  from: ChartPlace & { window: NonNullable<ChartPlace['window']> }
  x: number
  ghost: HTMLElement
  by: { start: number; end: number }
}

/** Seconds to which drags snap: the first that is at least some pixels wide. */
const SNAPS = [1, 5, 15, 60, 300, 900, 1800, 3600]
const SNAP_PIXELS = 3
const CLICK_PIXELS = 4

/** What the pointer can do there. */
export function cursorOf({ bar, window, part }: ChartPlace): string {
  if (bar !== undefined) return 'pointer'
  if (window === undefined) return 'default'
  return part === 'middle' ? 'grab' : 'ew-resize'
}

/** @returns what ends it */
export function dragging(box: HTMLElement, chart: CanvasChart, on: Dragged): () => void {
  let drag: Drag | undefined
  let down: { x: number; y: number } | undefined

  const placeOf = ({ clientX, clientY }: PointerEvent | MouseEvent) => {
    const { left, top } = box.getBoundingClientRect()
    return { x: clientX - left, y: clientY - top, at: chart.at(clientX - left, clientY - top) }
  }

  const follow = ({ from, x, ghost, by }: Drag, now: number) => {
    const pixels = chart.x(1) - chart.x(0)
    const snap = SNAPS.find((seconds) => seconds * pixels >= SNAP_PIXELS) ?? 3600
    const moved = Math.round((now - x) / pixels / snap) * snap
    const { start, end } = from.window
    by.start = from.part === 'end' ? 0 : Math.max(-start, moved)
    by.end =
      from.part === 'start' ? 0 : from.part === 'middle' ? by.start : Math.max(start - end + snap, moved)
    if (from.part === 'start') by.start = Math.min(by.start, end - start - snap)
    const [left, right] = [chart.x(start + by.start), chart.x(end + by.end)]
    ghost.style.left = `${left}px`
    ghost.style.width = `${Math.max(2, right - left)}px`
    ghost.textContent = `${on.instant(start + by.start)} – ${on.instant(end + by.end)}`
  }

  const end = (keep: boolean) => {
    const ended = drag
    drag = undefined
    ended?.ghost.remove()
    if (ended === undefined || !keep) return
    const { start, end } = ended.by
    if (start !== 0 || end !== 0) on.moved(ended.from.window.source, start, end)
  }

  const onDown = (event: PointerEvent) => {
    if (event.button !== 0) return
    const { x, y, at } = placeOf(event)
    down = { x, y }
    if (at?.window === undefined) return
    // The chart below would pan.
    event.stopPropagation()
    event.preventDefault()
    const ghost = document.createElement('div')
    ghost.className = 'ghost'
    const { top, bottom } = chart.lane(chart.lanes().indexOf(at.lane))
    ghost.style.top = `${top}px`
    ghost.style.height = `${bottom - top}px`
    box.append(ghost)
    drag = { from: { ...at, window: at.window }, x, ghost, by: { start: 0, end: 0 } }
    box.setPointerCapture(event.pointerId)
    follow(drag, x)
  }
  const onMove = (event: PointerEvent) => {
    if (drag === undefined) return
    event.stopPropagation()
    follow(drag, placeOf(event).x)
  }
  const onUp = (event: PointerEvent) => {
    if (drag !== undefined) {
      event.stopPropagation()
      end(true)
      return
    }
    const { x, y, at } = placeOf(event)
    const still = down !== undefined && Math.hypot(x - down.x, y - down.y) < CLICK_PIXELS
    down = undefined
    if (still && at?.bar !== undefined) on.clicked(at.bar.move)
  }
  const onCancel = () => end(false)
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'Escape') end(false)
  }
  const listeners = [
    ['pointerdown', onDown],
    ['pointermove', onMove],
    ['pointerup', onUp],
    ['pointercancel', onCancel],
  ] as const
  for (const [name, listener] of listeners) box.addEventListener(name, listener, true)
  document.addEventListener('keydown', onKey)
  return () => {
    for (const [name, listener] of listeners) box.removeEventListener(name, listener, true)
    document.removeEventListener('keydown', onKey)
  }
}
