/** The page. */
import { useEffect, useState } from 'preact/hooks'
import { escapeText } from '../../src/io/table/text.js'
import {
  assumptions,
  close,
  faults,
  goBack,
  goOn,
  history,
  pending,
  ready,
  redoable,
  shown,
  step,
  undoable,
  unkept,
} from '../state/store.js'
import { LANGUAGES, type Language, language, speak, t, type Word } from '../words/words.js'
import { Card, Fold, Remarks } from './common.js'
import { Downloads } from './downloads.js'
import { Hosts } from './hosts.js'
import { Chart, Migrations } from './night.js'
import { ChooseFiles, openList, Questions, Welcome } from './opening.js'
import { Changes, Left, Tiles } from './outcome.js'
import { Night, Rules } from './rules.js'
import { Run } from './run.js'
import { THEMES, type Theme, theme } from './scheme.js'
import { Help, Why } from './why.js'
import { Windows } from './windows.js'

function doneOf(at: number): string {
  const done = history.value?.steps[at]?.done
  return done === undefined ? '' : t(`done.${done.key}` as Word, { name: escapeText(done.name ?? '') })
}

function Top() {
  const now = history.value
  const at = now?.at ?? 0
  return (
    <header class="top">
      <a class="brand" href="#main">
        <svg viewBox="0 0 32 32" aria-hidden="true">
          <path d="M4 11h15" class="send" />
          <path d="M12 21h16" class="receive" />
        </svg>
        vmferry
      </a>
      <p class="what">
        {step.value === undefined ? t('tagline') : escapeText(step.value.problem.name ?? '')}
      </p>
      {now === undefined ? null : (
        <div class="row doing">
          <ChooseFiles label={t('open')} />
          <button
            type="button"
            disabled={!undoable.value}
            title={undoable.value ? t('undo.of', { what: doneOf(at) }) : ''}
            onClick={goBack}
          >
            {t('undo')}
          </button>
          <button
            type="button"
            disabled={!redoable.value}
            title={redoable.value ? t('redo.of', { what: doneOf(at + 1) }) : ''}
            onClick={goOn}
          >
            {t('redo')}
          </button>
          <button
            type="button"
            onClick={() => {
              if (confirm(t('close.sure'))) void close()
            }}
          >
            {t('close')}
          </button>
        </div>
      )}
      <div class="row">
        <select
          aria-label={t('language')}
          value={language.value}
          onChange={({ currentTarget }) => speak(currentTarget.value as Language)}
        >
          {Object.entries(LANGUAGES).map(([code, name]) => (
            <option value={code} lang={code}>
              {name}
            </option>
          ))}
        </select>
        <select
          aria-label={t('theme')}
          value={theme.value}
          onChange={({ currentTarget }) => {
            theme.value = currentTarget.value as Theme
          }}
        >
          {THEMES.map((each) => (
            <option value={each}>{t(`theme.${each}`)}</option>
          ))}
        </select>
      </div>
    </header>
  )
}

function Planner() {
  return (
    <div class={shown.value === undefined ? 'planner' : 'planner planned'}>
      <div class="inputs">
        <Hosts />
        <Windows />
        <Rules />
        <Night />
        {assumptions.value.length === 0 ? null : (
          <Fold id="assumed" title={t('assumed', { count: assumptions.value.length })}>
            <Remarks of={assumptions.value} most={200} />
          </Fold>
        )}
      </div>
      <div class="results">
        <Run />
        {unkept.value ? <p class="card warn">{t('unkept')}</p> : null}
        {faults.value.length === 0 ? null : (
          <Card id="faults" title={t('faults.title', { count: faults.value.length })}>
            <Remarks of={faults.value} />
          </Card>
        )}
        <Tiles />
        <Chart />
        <Why />
        <Changes />
        <Downloads />
        <Help />
        <Left />
        <Migrations />
      </div>
    </div>
  )
}

export function App() {
  const [over, setOver] = useState(false)
  useEffect(() => {
    const isTyping = ({ target }: KeyboardEvent) =>
      target instanceof HTMLInputElement && target.type !== 'checkbox' && target.type !== 'file'
    const onKey = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || isTyping(event)) return
      const key = event.key.toLowerCase()
      const back = key === 'z' && !event.shiftKey
      if (!back && key !== 'y' && key !== 'z') return
      event.preventDefault()
      if (back) goBack()
      else goOn()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [])
  useEffect(() => {
    const page = document.documentElement
    page.addEventListener('dragover', (event) => {
      if (!event.dataTransfer?.types.includes('Files')) return
      event.preventDefault()
      setOver(true)
    })
    page.addEventListener('dragleave', ({ relatedTarget }) => {
      if (relatedTarget === null) setOver(false)
    })
    page.addEventListener('drop', (event) => {
      event.preventDefault()
      setOver(false)
      void openList([...(event.dataTransfer?.files ?? [])])
    })
  }, [])
  if (!ready.value) return null
  return (
    <div class={over ? 'page over' : 'page'}>
      <Top />
      <main id="main" tabIndex={-1}>
        {pending.value === undefined ? null : (
          <Questions key={String(pending.value.busy)} of={pending.value} />
        )}
        {history.value === undefined ? pending.value === undefined ? <Welcome /> : null : <Planner />}
      </main>
      {over ? <div class="dropping">{t('drop')}</div> : null}
    </div>
  )
}
