/** The search: begun, watched, stopped. */
import { formatPercent } from '../../src/io/table/clock.js'
import { asksNothing, automatic, cancel, plan, type Running, running, shown, step } from '../state/store.js'
import { t } from '../words/words.js'
import { span } from './common.js'

const WIDTH = 600
const HEIGHT = 72

/** Steps through what was known at each time, as a path; nothing before it was known. */
function steps(points: readonly { at: number; y: number | undefined }[], x: (at: number) => number): string {
  let path = ''
  let last: number | undefined
  for (const { at, y } of points) {
    if (y === undefined) continue
    path += last === undefined ? `M${x(at)} ${y}` : `H${x(at)}V${y}`
    last = y
  }
  return path === '' ? '' : `${path}H${WIDTH}`
}

/** Incumbent and bound over the time of the search, coming together. */
function Convergence({ trace }: Pick<Running, 'trace'>) {
  const values = trace.flatMap(({ makespanSeconds, lowerBoundSeconds }) => [
    ...(makespanSeconds === undefined ? [] : [makespanSeconds]),
    lowerBoundSeconds,
  ])
  const best = trace.findLast(({ makespanSeconds }) => makespanSeconds !== undefined)?.makespanSeconds
  const least = Math.min(...values.slice(-400))
  const most = Math.max(...values.slice(-400), least + 1)
  const until = Math.max(0.5, trace.at(-1)?.at ?? 0)
  const x = (at: number) => Number(((WIDTH * at) / until).toFixed(1))
  const y = (seconds: number | undefined) =>
    seconds === undefined
      ? undefined
      : Number(
          (4 + ((HEIGHT - 8) * (most - Math.min(most, Math.max(least, seconds)))) / (most - least)).toFixed(
            1,
          ),
        )
  const of = (key: 'makespanSeconds' | 'lowerBoundSeconds') =>
    steps(
      trace.map((point) => ({ at: point.at, y: y(point[key]) })),
      x,
    )
  return (
    <svg
      class="convergence"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={t('run.chart')}
      data-best={best}
    >
      <path d={of('makespanSeconds')} class="incumbent" />
      <path d={of('lowerBoundSeconds')} class="bound" />
    </svg>
  )
}

function Progress({ of }: { of: Running }) {
  const { latest, trace, cancelled } = of
  const state =
    latest?.makespanSeconds === undefined
      ? t('run.first')
      : t('run.state', {
          makespan: span(latest.makespanSeconds),
          bound: span(latest.lowerBoundSeconds),
          gap: formatPercent(latest.gap ?? 1),
        })
  return (
    <div class="progress">
      <p>
        <b>{t(of.what === 'plan' ? 'run.plan' : 'run.help')}</b> {cancelled ? t('run.cancelled') : state}
      </p>
      {trace.length > 0 ? <Convergence trace={trace} /> : null}
      {trace.length > 0 ? (
        <p class="note key">
          <i class="incumbent" /> {t('incumbent')} <i class="bound" /> {t('bound')}
        </p>
      ) : null}
    </div>
  )
}

export function Run() {
  const { problem } = step.value!
  const [now, made] = [running.value, shown.value]
  const nothing = asksNothing(problem)
  const said =
    now !== undefined
      ? t(now.what === 'plan' ? 'run.plan' : 'run.help')
      : made === undefined || made.stale
        ? ''
        : t('run.done', { makespan: span(made.plan.makespanSeconds) })
  return (
    <div class="card run">
      <div class="row">
        {now === undefined ? (
          <button type="button" class="primary" id="plan" disabled={nothing} onClick={() => void plan()}>
            {t(made === undefined ? 'plan' : 'plan.again')}
          </button>
        ) : (
          <button
            type="button"
            class="primary"
            id="cancel"
            disabled={now.cancelled}
            onClick={() => void cancel()}
          >
            {t('cancel')}
          </button>
        )}
        <label class="check">
          <input
            type="checkbox"
            checked={automatic.value}
            onChange={({ currentTarget }) => {
              automatic.value = currentTarget.checked
            }}
          />
          {t('plan.auto')}
        </label>
        {nothing ? <span class="note">{t('plan.nothing')}</span> : null}
        {made?.stale && now === undefined && !nothing ? <span class="warn">{t('plan.stale')}</span> : null}
      </div>
      {now === undefined ? null : <Progress of={now} />}
      <p class="unseen" role="status">
        {said}
      </p>
    </div>
  )
}
