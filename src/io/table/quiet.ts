/** When nothing migrates, as a page for a terminal. */
import { addAll } from '../../lists.js'
import type { ResolvedProblem } from '../../model/problem.js'
import type { Quiet, QuietSpan, QuietWindow } from '../../model/quiet.js'
import { type Clock, createClock, formatCount, formatSpan } from './clock.js'
import { paragraph, type Row, renderTable } from './columns.js'
import { LISTED_MIGRATIONS } from './migrations.js'
import { formatInteger } from './text.js'
import type { TableOptions, Theme } from './theme.js'
import { createTheme } from './theme.js'

/** Most subjects that are named rather than counted. */
const NAMED_SUBJECTS = 3

/** In place of a span. */
const NONE = 'none'

interface Subject {
  id: string
  spans: readonly QuietSpan[]
  /** Where no span is long enough. */
  longest: QuietSpan | undefined
}

/** Instants to the second, rounded into the span: what a backup is set to has to lie inside. */
interface SpanClock {
  from(seconds: number): string
  to(seconds: number): string
}

const lengthOf = ({ startSeconds, endSeconds }: QuietSpan) =>
  formatSpan(Math.floor(endSeconds - startSeconds))

function createSpanClock(clock: Clock): SpanClock {
  const zero = clock.localStartSeconds ?? 0
  return {
    from: (seconds) => clock.instant(Math.ceil(zero + seconds) - zero),
    to: (seconds) => clock.instant(Math.floor(zero + seconds) - zero),
  }
}

/** Pure: the same report, problem and options give the same text. Ends with one newline. */
export function quietToTable(report: Quiet, problem: ResolvedProblem, options: TableOptions): string {
  const theme = createTheme(options)
  const clock = createClock(problem, report.untilSeconds)
  const spans = createSpanClock(clock)
  const whole = ({ spans: [first] }: Subject) =>
    first?.startSeconds === 0 && first.endSeconds === report.untilSeconds
  const nodes = report.nodes.map(({ node, spans, longest }) => ({ id: node, spans, longest }))
  const vms = report.vms.map(({ vm, spans, longest }) => ({ id: vm, spans, longest }))
  // Of a whole cluster most VMs stay where they are: the few that move are what the reader looks for.
  const shown = options.all || vms.length < problem.vms.length ? vms : vms.filter((vm) => !whole(vm))
  const still = vms.length - shown.length
  const sections = [
    renderHead(report, problem, clock, spans, theme),
    renderSubjects('Nodes', 'node', nodes, clock, spans, theme),
    renderSubjects('VMs', 'VM', shown, clock, spans, theme),
    still === 0 ? [] : paragraph(`${formatCount(still, 'VM')} never migrate: quiet all the time`, theme, 0),
  ]
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

function describeSubjects({ nodes, vms }: Quiet, problem: ResolvedProblem, theme: Theme): string {
  if (nodes.length === problem.nodes.length) return 'all nodes'
  const ids = [...nodes.map(({ node }) => node), ...vms.map(({ vm }) => vm)]
  if (ids.length <= NAMED_SUBJECTS) return ids.map(theme.clean).join(', ')
  const counts: string[] = []
  if (nodes.length > 0) counts.push(formatCount(nodes.length, 'node'))
  if (vms.length > 0) counts.push(formatCount(vms.length, 'VM'))
  return counts.join(' and ')
}

function renderHead(
  report: Quiet,
  problem: ResolvedProblem,
  clock: Clock,
  spans: SpanClock,
  theme: Theme,
): string[] {
  const { best, common, durationSeconds, longest, untilSeconds } = report
  const name = theme.clean(report.problem || '(unnamed problem)')
  const title = `${name} ${theme.glyphs.separator} quiet for ${formatSpan(durationSeconds)}${clock.unit === '' ? '' : ' (h:mm:ss)'}`
  const facts: [string, string][] = []
  if (clock.start !== undefined) facts.push(['start', clock.start])
  facts.push(
    ['looked at', `${spans.from(0)} to ${spans.to(untilSeconds)}`],
    ['subjects', describeSubjects(report, problem, theme)],
  )
  if (best === undefined) {
    facts.push(['best', 'none: they share no span that long'])
    const { from, to } = spans
    const least =
      longest && `${from(longest.startSeconds)} to ${to(longest.endSeconds)}, ${lengthOf(longest)}`
    facts.push(['longest', least ?? 'none: something migrates all the time'])
  } else {
    facts.push(['best', `${spans.from(best.startSeconds)}, quiet until ${spans.to(best.quietUntilSeconds)}`])
    for (const window of best.windows) facts.push(['', `meets the ${describeWindow(window, clock, theme)}`])
  }
  const others = common.slice(1, 1 + NAMED_SUBJECTS)
  for (const span of others)
    facts.push(['also', `${spans.from(span.startSeconds)}, quiet until ${spans.to(span.endSeconds)}`])
  const hidden = common.length - 1 - others.length
  if (hidden > 0) facts.push(['', `and ${formatCount(hidden, 'later span')}`])
  return [
    ...paragraph(title, theme, 0).map((line) => theme.paint('bold', line)),
    ...facts.flatMap(([label, value]) => paragraph(value, theme, 15, `  ${label}`)),
  ]
}

function describeWindow({ vm, node, kind, ...span }: QuietWindow, clock: Clock, theme: Theme): string {
  const id = vm ?? node
  const scope = id === undefined ? 'the whole cluster' : theme.clean(id)
  return `${kind} window of ${scope}, ${clock.instant(span.startSeconds)} to ${clock.instant(span.endSeconds)}`
}

function renderSubjects(
  title: string,
  heading: string,
  subjects: readonly Subject[],
  clock: Clock,
  spans: SpanClock,
  theme: Theme,
): string[] {
  if (subjects.length === 0) return []
  const columns = [
    { heading, align: 'left', least: 8, ids: subjects.map(({ id }) => theme.clean(id)) },
    {
      heading: `from${clock.unit}`,
      align: 'right',
      say: (cell: string) => (cell === NONE ? 'none that long' : `from ${cell}`),
    },
    { heading: `to${clock.unit}`, align: 'right', say: (cell: string) => `to ${cell}` },
    { heading: 'length (h:mm:ss)', align: 'right', say: (cell: string) => `length ${cell}` },
    { heading: '', align: 'left' },
  ] as const
  const all = subjects.flatMap((subject): Row[] => {
    const id = theme.clean(subject.id)
    const row = (name: string, span: QuietSpan, note: string): Row => ({
      cells: [name, spans.from(span.startSeconds), spans.to(span.endSeconds), lengthOf(span), note],
    })
    const { longest } = subject
    if (longest !== undefined)
      return [{ ...row(id, longest, 'the longest'), styles: ['warn', 'warn', 'warn', 'warn', 'warn'] }]
    if (subject.spans.length === 0) return [{ cells: [id, NONE, '', '', ''], styles: [undefined, 'warn'] }]
    // One name a subject: the group shows at a glance.
    return subject.spans.map((span, i) => row(i === 0 ? id : '', span, ''))
  })
  const rows = theme.options.all ? all : all.slice(0, LISTED_MIGRATIONS)
  const lines = [theme.paint('bold', title), ...renderTable({ columns, rows }, 2, theme)]
  const hidden = all.length - rows.length
  if (hidden > 0) addAll(lines, paragraph(`and ${formatInteger(hidden)} more (--all lists them)`, theme, 2))
  return lines
}
