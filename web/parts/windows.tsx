/** When nothing may migrate: each window's times, by keyboard too. */
import { useId, useState } from 'preact/hooks'
import { escapeText } from '../../src/io/table/text.js'
import type { ProblemWindow, WindowKind } from '../../src/model/problem.js'
import { secondsOf, spanOf, startOf, withChangedWindow, withoutWindow, withWindow } from '../state/edits.js'
import { change, step } from '../state/store.js'
import { t } from '../words/words.js'
import { Fold, Name } from './common.js'
import { fieldOf, instantOf } from './times.js'

const MOST = 40
const KINDS: readonly WindowKind[] = ['backup', 'blackout', 'no-work']
const HOUR = 3600

const nameOf = ({ vm, node }: ProblemWindow) => vm ?? node

function Time(props: { label: string; seconds: number | undefined; set(text: string): boolean }) {
  const start = startOf(step.value!.problem)
  const id = useId()
  const value = props.seconds === undefined ? '' : fieldOf(start, props.seconds)
  const onChange = ({ currentTarget }: { currentTarget: HTMLInputElement }) => {
    if (!props.set(currentTarget.value)) currentTarget.value = value
  }
  return (
    <label class="field" for={id}>
      <span>{props.label}</span>
      {start === undefined ? (
        <input id={id} value={value} onChange={onChange} />
      ) : (
        <input id={id} type="datetime-local" value={value} onChange={onChange} />
      )}
    </label>
  )
}

function Window({ index, of }: { index: number; of: ProblemWindow }) {
  const { problem } = step.value!
  const start = startOf(problem)
  const span = spanOf(problem, of)
  const name = nameOf(of)
  const put = (next: Partial<ProblemWindow>) =>
    change(
      { key: 'window', ...(name === undefined ? {} : { name }) },
      withChangedWindow(problem, index, next),
    )
  const from = (text: string) => {
    const instant = instantOf(start, text)
    const at = instant === undefined ? undefined : secondsOf(problem, instant)
    if (at === undefined || (of.end !== undefined && at >= span!.end)) return false
    put({ start: instant! })
    return true
  }
  const to = (text: string) => {
    const instant = instantOf(start, text)
    const at = instant === undefined ? undefined : secondsOf(problem, instant)
    if (at === undefined || span === undefined || at <= span.start) return false
    put(of.durationSeconds === undefined ? { end: instant! } : { durationSeconds: at - span.start })
    return true
  }
  const title = t('windows.number', {
    number: index + 1,
    of: name === undefined ? t('windows.cluster') : escapeText(name),
  })
  return (
    <li>
      <fieldset>
        <legend class="unseen">{title}</legend>
        <div class="row spread">
          <b>{name === undefined ? t('windows.cluster') : <Name of={name} />}</b>
          <select
            aria-label={t('windows.kind')}
            value={of.kind ?? 'backup'}
            onChange={({ currentTarget }) => put({ kind: currentTarget.value as WindowKind })}
          >
            {KINDS.filter((kind) => kind !== 'no-work' || of.vm === undefined).map((kind) => (
              <option value={kind}>{t(`kind.${kind}`)}</option>
            ))}
          </select>
          <button
            type="button"
            class="plain"
            aria-label={t('windows.remove', { number: index + 1 })}
            onClick={() => change({ key: 'windowRemoved' }, withoutWindow(problem, index))}
          >
            ✕
          </button>
        </div>
        <div class="pair">
          <Time label={t('windows.from')} seconds={span?.start} set={from} />
          <Time label={t('windows.to')} seconds={span?.end} set={to} />
        </div>
        {of.rrule === undefined ? null : (
          <p class="note">{t('windows.repeats', { rule: escapeText(of.rrule) })}</p>
        )}
      </fieldset>
    </li>
  )
}

const CLUSTER = 'cluster'
const VM = 'vm'

function Add() {
  const { problem } = step.value!
  const [on, setOn] = useState(CLUSTER)
  const [vm, setVm] = useState('')
  const add = () => {
    const scope = on === CLUSTER ? {} : on === VM ? { vm } : { node: problem.nodes[Number(on)].id }
    const start = startOf(problem)
    const at = start === undefined ? HOUR : instantOf(start, fieldOf(start, HOUR))!
    change(
      { key: 'windowAdded' },
      withWindow(problem, { ...scope, start: at, durationSeconds: HOUR, kind: 'blackout' }),
    )
  }
  return (
    <div class="row">
      <label class="field">
        <span>{t('windows.on')}</span>
        <select value={on} onChange={({ currentTarget }) => setOn(currentTarget.value)}>
          <option value={CLUSTER}>{t('windows.cluster')}</option>
          <option value={VM}>{t('windows.vm')}</option>
          {problem.nodes.map(({ id }, i) => (
            <option value={String(i)}>{escapeText(id)}</option>
          ))}
        </select>
      </label>
      {on === VM ? (
        <label class="field">
          <span>{t('windows.vmName')}</span>
          <input value={vm} onInput={({ currentTarget }) => setVm(currentTarget.value)} />
        </label>
      ) : null}
      <button type="button" disabled={on === VM && !problem.vms.some(({ id }) => id === vm)} onClick={add}>
        {t('windows.add')}
      </button>
    </div>
  )
}

export function Windows() {
  const [filter, setFilter] = useState('')
  const list = step.value!.problem.windows ?? []
  const all = list.map((of, index) => ({ of, index }))
  const passing = all.filter(({ of }) => (nameOf(of) ?? '').toLowerCase().includes(filter.toLowerCase()))
  return (
    <Fold id="windows" title={`${t('windows')} (${list.length})`} open={list.length > 0 && list.length < 8}>
      <p class="note">{list.length === 0 ? t('windows.none') : t('windows.drag')}</p>
      {list.length > 8 ? (
        <input
          type="search"
          aria-label={t('windows.filter')}
          placeholder={t('windows.filter')}
          onInput={({ currentTarget }) => setFilter(currentTarget.value)}
        />
      ) : null}
      <ol class="windows">
        {passing.slice(0, MOST).map(({ of, index }) => (
          <Window key={index} index={index} of={of} />
        ))}
      </ol>
      {passing.length > MOST ? <p class="note">{t('more', { count: passing.length - MOST })}</p> : null}
      <Add />
    </Fold>
  )
}
