/** The chart and the table that says the same: both filtered by the same words. */
import { computed, signal } from '@preact/signals'
import { useEffect, useRef, useState } from 'preact/hooks'
import { type CanvasChart, canvasChart } from '../../src/chart/canvas.js'
import { makeEcharts } from '../../src/chart/echarts.js'
import { domainKinds, type Grouping, lanesOf } from '../../src/chart/lanes.js'
import { type LegendEntry, legendOf } from '../../src/chart/legend.js'
import type { Night } from '../../src/chart/night.js'
import { escapeText } from '../../src/io/table/text.js'
import type { Migration } from '../../src/model/plan.js'
import { withMovedWindow } from '../state/edits.js'
import { change, look, running, selected, shown, step, untilSeconds } from '../state/store.js'
import { chartWords, t } from '../words/words.js'
import { Card, clock, Name, Scroll, span } from './common.js'
import { cursorOf, dragging } from './drag.js'
import { scheme } from './scheme.js'

const filter = signal('')
const grouping = signal<Grouping>('node')
const HOURS = [1, 6, 24, 72]

/** While a search runs, end and bound of the chart are those of the search. */
const night = computed((): Night | undefined => {
  const [base, latest] = [look.value?.night, running.value?.latest]
  if (base === undefined || running.value?.what !== 'plan' || latest?.makespanSeconds === undefined)
    return base
  const { makespanSeconds, lowerBoundSeconds } = latest
  const until = Math.max(base.untilSeconds ?? 0, makespanSeconds)
  return { ...base, makespanSeconds, lowerBoundSeconds, untilSeconds: until }
})

function Legend({ of }: { of: readonly LegendEntry[] }) {
  return (
    <ul class="legend">
      {of.map(({ words, color, hatched }) => (
        <li>
          <svg viewBox="0 0 16 11" aria-hidden="true">
            {hatched ? (
              <path d="M0 7L7 0M3 11L14 0M10 11L16 5" stroke={`var(--${color})`} stroke-width="1.2" />
            ) : (
              <rect width="16" height="11" rx="2" fill={`var(--${color})`} />
            )}
          </svg>
          {words}
        </li>
      ))}
    </ul>
  )
}

/** The plan's migrations are the chart's moves, in the same order. */
function choose(move: number): void {
  selected.value = shown.value?.plan.migrations[move]?.vm
}

function Picture() {
  const box = useRef<HTMLDivElement>(null)
  const chart = useRef<CanvasChart>(undefined)
  const drawn = useRef('')
  const [of, settings] = [night.value, { grouping: grouping.value, filter: filter.value }]
  useEffect(() => {
    const made = canvasChart(box.current!, makeEcharts(), cursorOf)
    chart.current = made
    const stop = dragging(box.current!, made, {
      clicked: choose,
      instant: (seconds) => clock().instant(seconds),
      moved: (source, startBy, endBy) => {
        const { problem } = step.value!
        change({ key: 'window' }, withMovedWindow(problem, source, startBy, endBy))
      },
    })
    return () => {
      stop()
      made.dispose()
    }
  }, [])
  useEffect(() => {
    if (of === undefined) return
    // What is in sight stays, unless the chart shows something else than before.
    const shape = `${settings.grouping} ${of.name} ${untilSeconds.value} ${of.nodes.length}`
    const whole = drawn.current !== shape
    drawn.current = shape
    chart.current!.draw({ night: of, ...settings, scheme: scheme.value, words: chartWords.value }, whole)
  }, [of, settings.grouping, settings.filter, scheme.value, chartWords.value])
  return (
    <div
      id="chart"
      ref={box}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: its keys move and zoom it
      tabIndex={0}
      role="img"
      aria-label={t('chart.label')}
      class={shown.value?.stale && running.value === undefined ? 'stale' : ''}
    />
  )
}

export function Chart() {
  const of = night.value
  if (of === undefined) return null
  const lanes = lanesOf(of, grouping.value, filter.value)
  const known = domainKinds(of)
  return (
    <Card
      id="night"
      title={t('chart')}
      tools={
        <div class="tools">
          <input
            type="search"
            id="filter"
            aria-label={t('chart.filterLabel')}
            placeholder={t('chart.filter')}
            value={filter.value}
            onInput={({ currentTarget }) => {
              filter.value = currentTarget.value
            }}
          />
          <select
            aria-label={t('chart.lanes')}
            value={grouping.value}
            onChange={({ currentTarget }) => {
              grouping.value = currentTarget.value as Grouping
            }}
          >
            <option value="node">{t('chart.byNode')}</option>
            <option value="vm">{t('chart.byVm')}</option>
            {known.map((kind) => (
              <option value={`domain:${kind}`}>{t('chart.byDomain', { kind })}</option>
            ))}
          </select>
          <select
            aria-label={t('chart.until')}
            value={String(untilSeconds.value ?? '')}
            onChange={({ currentTarget }) => {
              untilSeconds.value = currentTarget.value === '' ? undefined : Number(currentTarget.value)
            }}
          >
            <option value="">{t('chart.untilPlan')}</option>
            {HOURS.map((hours) => (
              <option value={String(hours * 3600)}>{t('chart.untilHours', { count: hours })}</option>
            ))}
          </select>
        </div>
      }
    >
      <Legend of={legendOf(lanes, chartWords.value)} />
      <Picture />
      <p class="note">{t('chart.help')}</p>
    </Card>
  )
}

/** Rows that are shown at once, and more with each click. */
const PAGE = 100

function Row({ of }: { of: Migration }) {
  const { vm, from, to, kind, startSeconds, endSeconds } = of
  const { instant } = clock()
  return (
    <tr class={selected.value === vm ? 'selected' : ''}>
      <th scope="row">
        <Name of={vm} />
      </th>
      <td>
        <Name of={from} />
      </td>
      <td>
        <Name of={to} />
      </td>
      <td>{t(`move.${kind}`)}</td>
      <td>{instant(startSeconds)}</td>
      <td>{instant(endSeconds)}</td>
      <td>{span(endSeconds - startSeconds)}</td>
      <td>
        <button
          type="button"
          class="plain"
          aria-label={t('migrations.whyOf', { name: escapeText(vm) })}
          onClick={() => {
            selected.value = vm
          }}
        >
          {t('migrations.why')}
        </button>
      </td>
    </tr>
  )
}

export function Migrations() {
  const [most, setMost] = useState(PAGE)
  const made = shown.value
  const of = look.value?.night
  if (made === undefined || of === undefined || made.plan.migrations.length === 0) return null
  const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean)
  const { migrations } = made.plan
  const passing = migrations.filter(({ vm, from, to, kind }, i) => {
    if (words.length === 0) return true
    const groups = of.vms[of.moves[i]?.vm ?? -1]?.groups ?? []
    const text = [vm, from, to, kind, ...groups].join('\n').toLowerCase()
    return words.every((word) => text.includes(word))
  })
  const headings = ['vm', 'from', 'to', 'kind', 'start', 'end', 'span', 'why'] as const
  const rest = passing.length - most
  return (
    <Card id="migrations" title={`${t('migrations')} (${passing.length})`}>
      {passing.length === 0 ? <p class="note">{t('migrations.none')}</p> : null}
      <Scroll label={t('migrations')} tall>
        <table>
          <thead>
            <tr>
              {headings.map((each) => (
                <th scope="col">{t(`migrations.${each}`)}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {passing.slice(0, most).map((each) => (
              <Row key={`${each.vm} ${each.startSeconds}`} of={each} />
            ))}
          </tbody>
        </table>
      </Scroll>
      {rest > 0 ? (
        <button type="button" onClick={() => setMost(most + PAGE)}>
          {t('migrations.more', { count: Math.min(PAGE, rest) })}
        </button>
      ) : null}
    </Card>
  )
}
