/** The way into the page: files, an example, and what only the user can say. */
import { useEffect, useId, useState } from 'preact/hooks'
import { IMPORT_SOURCES, type ImportSource } from '../../src/import/sources.js'
import { escapeText } from '../../src/io/table/text.js'
import type { Given } from '../engine/api.js'
import { readFiles } from '../state/files.js'
import { cpus, open, type Pending, pending } from '../state/store.js'
import { t } from '../words/words.js'
import { Card, listed, Remarks } from './common.js'
import { atOffset, localNow } from './times.js'

export async function openList(list: Iterable<File>): Promise<void> {
  const files = await readFiles(list)
  if (files.length > 0) await open({ files, source: undefined, answers: {} })
}

/** A button that chooses files, whatever kind they are. */
export function ChooseFiles({ label, primary = false }: { label: string; primary?: boolean }) {
  return (
    <label class={primary ? 'button primary' : 'button'}>
      {label}
      <input
        type="file"
        multiple
        class="unseen"
        onChange={({ currentTarget }) => {
          const chosen = [...(currentTarget.files ?? [])]
          currentTarget.value = ''
          void openList(chosen)
        }}
      />
    </label>
  )
}

async function openExample(): Promise<void> {
  const { default: problem } = await import('../../examples/maintenance-night/problem.json')
  const bytes = new TextEncoder().encode(JSON.stringify(problem))
  await open({ files: [{ name: 'example.json', bytes }], source: undefined, answers: {} })
}

export function Welcome() {
  return (
    <section class="welcome" aria-labelledby="welcome-title">
      <svg viewBox="0 0 120 64" aria-hidden="true">
        <rect x="2" y="6" width="62" height="12" rx="6" class="send" />
        <rect x="40" y="26" width="48" height="12" rx="6" class="receive" />
        <rect x="70" y="46" width="46" height="12" rx="6" class="send" />
      </svg>
      <h1 id="welcome-title">{t('welcome')}</h1>
      <p>{t('welcome.what')}</p>
      <div class="row">
        <ChooseFiles label={t('welcome.choose')} primary />
        <button type="button" onClick={() => void openExample()}>
          {t('welcome.example')}
        </button>
      </div>
      <p class="note">{t('welcome.private')}</p>
    </section>
  )
}

interface Answers {
  cpu: Record<string, string>
  start: string
  ignoreColumns: boolean
  encoding: boolean
  source: ImportSource | ''
}

function given({ files, answers: before }: Pending, answers: Answers): Given {
  const cpu = Object.entries(answers.cpu).flatMap(([nodes, value]) =>
    value.trim() === '' ? [] : (JSON.parse(nodes) as string[]).map((node) => ({ node, value })),
  )
  return {
    files,
    source: answers.source === '' ? undefined : answers.source,
    answers: {
      ...before,
      ...(cpu.length === 0 ? {} : { cpu: [...(before.cpu ?? []), ...cpu] }),
      ...(answers.start === '' ? {} : { start: atOffset(answers.start) }),
      ...(answers.ignoreColumns ? { ignoreColumns: true } : {}),
      ...(answers.encoding ? { encoding: 'windows-1252' as const } : {}),
    },
  }
}

/** What an import asks, as a form. */
export function Questions({ of }: { of: Pending }) {
  const [answers, setAnswers] = useState<Answers>({
    cpu: {},
    start: localNow(20),
    ignoreColumns: false,
    encoding: false,
    source: of.source ?? '',
  })
  const [models, setModels] = useState<{ name: string; generation: string }[]>([])
  const list = useId()
  const asks = of.faults.flatMap(({ asks }) => asks ?? [])
  const cpuAsks = asks.filter(({ option }) => option === 'cpu')
  const others = of.faults.filter(({ asks }) => asks?.option !== 'cpu' && asks?.option !== 'start')
  const wants = (option: string) => asks.some((each) => each.option === option)
  const wantsModels = cpuAsks.length > 0
  useEffect(() => {
    if (wantsModels) void cpus().then(setModels)
  }, [wantsModels])
  const names = of.files.map(({ name }) => name)
  if (of.busy)
    return (
      <p class="card busy" role="status">
        {t('reading', { names: listed(names) })}
      </p>
    )
  return (
    <Card
      id="questions"
      title={asks.length > 0 ? t('ask.title') : t('faults.title', { count: of.faults.length })}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void open(given(of, answers))
        }}
      >
        {cpuAsks.map(({ nodes = [] }) => (
          <label class="field">
            <span>{t('ask.cpu', { nodes: listed(nodes) })}</span>
            <input
              list={list}
              required
              placeholder={t('ask.cpu.hint')}
              onInput={({ currentTarget }) =>
                setAnswers({
                  ...answers,
                  cpu: { ...answers.cpu, [JSON.stringify(nodes)]: currentTarget.value },
                })
              }
            />
          </label>
        ))}
        <datalist id={list}>
          {models.map(({ name, generation }) => (
            <option value={name}>{generation}</option>
          ))}
        </datalist>
        {wants('start') ? (
          <label class="field">
            <span>{t('ask.start')}</span>
            <input
              type="datetime-local"
              required
              value={answers.start}
              onInput={({ currentTarget }) => setAnswers({ ...answers, start: currentTarget.value })}
            />
          </label>
        ) : null}
        {(['ignoreColumns', 'encoding'] as const).filter(wants).map((option) => (
          <label class="check">
            <input
              type="checkbox"
              required
              onChange={({ currentTarget }) => setAnswers({ ...answers, [option]: currentTarget.checked })}
            />
            {t(`ask.${option}`)}
          </label>
        ))}
        {others.length > 0 ? <Remarks of={others} /> : null}
        <label class="field">
          <span>{t('ask.source')}</span>
          <select
            value={answers.source}
            onChange={({ currentTarget }) =>
              setAnswers({ ...answers, source: currentTarget.value as ImportSource })
            }
          >
            <option value="">{t('ask.source.guess')}</option>
            {IMPORT_SOURCES.map((source) => (
              <option value={source}>{source}</option>
            ))}
          </select>
        </label>
        <p class="note">{names.map(escapeText).join(', ')}</p>
        <div class="row">
          <button type="submit" class="primary">
            {t('ask.again')}
          </button>
          <button
            type="button"
            onClick={() => {
              pending.value = undefined
            }}
          >
            {t('ask.drop')}
          </button>
        </div>
      </form>
    </Card>
  )
}
