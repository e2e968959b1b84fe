/** What several parts of the page are made of. */
import type { ComponentChildren } from 'preact'
import { createClock, formatSpan } from '../../src/io/table/clock.js'
import { escapeText } from '../../src/io/table/text.js'
import type { Remark } from '../engine/api.js'
import { look, shown } from '../state/store.js'
import { t } from '../words/words.js'

/** A name from outside: nothing in it moves the cursor, turns the line, or hides. */
export const Name = ({ of }: { of: string }) => <bdi>{escapeText(of)}</bdi>

/** Names that one line has; the others are counted. */
const LISTED = 8

export function listed(names: readonly string[], most = LISTED): string {
  const rest = names.length - most
  const first = names.slice(0, most).map(escapeText).join(', ')
  return rest > 0 ? `${first} ${t('more', { count: rest })}` : first
}

/** Instants as the night's clock shows them. */
export function clock() {
  const { start } = look.value ?? {}
  return createClock({ start }, shown.value?.plan.makespanSeconds ?? 0)
}

export const span = formatSpan

/** Sentences of the engine, which are English. */
export function Remarks({ of, most = 12 }: { of: readonly Remark[]; most?: number }) {
  return (
    <ul class="remarks" lang="en">
      {of.slice(0, most).map(({ place, text }) => (
        <li>
          {place === '' ? null : <b>{escapeText(place)}: </b>}
          {escapeText(text)}
        </li>
      ))}
      {of.length > most ? <li class="note">{t('more', { count: of.length - most })}</li> : null}
    </ul>
  )
}

export function Card(props: {
  id: string
  title: string
  children: ComponentChildren
  tools?: ComponentChildren
}) {
  return (
    <section class="card" aria-labelledby={`${props.id}-title`} id={props.id}>
      <div class="head">
        <h2 id={`${props.id}-title`} tabIndex={-1}>
          {props.title}
        </h2>
        {props.tools}
      </div>
      {props.children}
    </section>
  )
}

export function Fold(props: { id: string; title: string; open?: boolean; children: ComponentChildren }) {
  return (
    <details class="card fold" id={props.id} open={props.open ?? false}>
      <summary>
        <h2>{props.title}</h2>
      </summary>
      {props.children}
    </details>
  )
}

/** A number that counts when it is left, not with every key. */
export function NumberField(props: {
  label: string
  hidden?: boolean
  value: number | undefined
  least: number
  most?: number
  step?: number | 'any'
  /** `undefined`: the field was emptied. */
  set(value: number | undefined): void
  optional?: boolean
}) {
  const { label, value, least, most, step = 1 } = props
  return (
    <label class={props.hidden ? 'bare' : 'field'}>
      <span class={props.hidden ? 'unseen' : ''}>{label}</span>
      <input
        type="number"
        min={least}
        max={most}
        step={step}
        value={value === undefined ? '' : String(value)}
        placeholder={props.optional ? t('none') : undefined}
        onChange={({ currentTarget: input }) => {
          const empty = input.value.trim() === ''
          const right = !empty && input.checkValidity() && Number.isFinite(input.valueAsNumber)
          if (right) props.set(input.valueAsNumber)
          else if (empty && props.optional) props.set(undefined)
          else input.value = value === undefined ? '' : String(value)
        }}
      />
    </label>
  )
}

/** What is wider or higher than its place. */
export function Scroll(props: { label: string; tall?: boolean; children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keys
    <section class={props.tall ? 'scroll tall' : 'scroll'} aria-label={props.label} tabIndex={0}>
      {props.children}
    </section>
  )
}
