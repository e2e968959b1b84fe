/** One VM: why there, why then, where else, and what would help. */
import { useEffect, useState } from 'preact/hooks'
import { escapeText } from '../../src/io/table/text.js'
import type { NodeForVm, VmExplanation } from '../../src/model/explanation.js'
import type { Migration, Plan } from '../../src/model/plan.js'
import type { Answer, Help as Remedy } from '../engine/api.js'
import { type Wait, waitsOf } from '../state/moment.js'
import { change, explain, help, look, running, selected, shown, step } from '../state/store.js'
import { t } from '../words/words.js'
import { Card, clock, Name, Remarks, Scroll, span } from './common.js'

const MOST_NODES = 64

function words(wait: Wait): string {
  switch (wait.of) {
    case 'migration':
      return t('why.migration', { node: escapeText(wait.node), vm: escapeText(wait.vm) })
    case 'window':
      return t('why.window', {
        kind: t(`kind.${wait.kind}`),
        on: wait.on === '' ? t('windows.cluster') : wait.on,
      })
    case 'leg':
    case 'work':
      return t(`why.${wait.of}`, { node: escapeText(wait.node) })
    case 'start':
    case 'other':
      return t(`why.${wait.of}`)
  }
}

function Moment({ of, plan }: { of: Migration; plan: Plan }) {
  const { from, to, kind, startSeconds, endSeconds } = of
  const { instant } = clock()
  const way = from === to ? escapeText(from) : `${escapeText(from)} → ${escapeText(to)}`
  return (
    <>
      <p>
        <b>{way}</b>, {t(`move.${kind}`)}, {instant(startSeconds)} – {instant(endSeconds)} (
        {span(endSeconds - startSeconds)})
      </p>
      <ul class="remarks">
        {waitsOf(of, plan, look.value!.night).map((wait) => (
          <li>{words(wait)}</li>
        ))}
      </ul>
    </>
  )
}

function There({ of }: { of: VmExplanation }) {
  const possible = of.nodes.filter(({ possible }) => possible)
  if (of.request === 'maintenance')
    return (
      <p>
        {t('why.leaves', { node: escapeText(of.node) })} {t('why.hosts', { count: possible.length })}
      </p>
    )
  const chosen = of.nodes.find(({ chosen }) => chosen)
  if (chosen === undefined) return <p lang="en">{escapeText(of.detail ?? '')}</p>
  const asked = of.request === 'move' && of.nodes.filter(({ asked }) => asked).length === 1
  return (
    <p>
      <b>
        <Name of={chosen.node} />
      </b>{' '}
      {asked
        ? t('why.asked')
        : possible.length === 1
          ? t('why.onlyWay')
          : t('why.chosen', { count: possible.length })}
    </p>
  )
}

function Elsewhere({ of }: { of: readonly NodeForVm[] }) {
  return (
    <table>
      <tbody>
        {of.slice(0, MOST_NODES).map(({ node, possible, ways, obstacles }) => (
          <tr>
            <th scope="row">
              <Name of={node} />
            </th>
            <td>
              {possible
                ? t('why.could', {
                    ways: ways
                      .map((way) => `${t(`move.${way.kind}`)} ${span(way.durationSeconds)}`)
                      .join(', '),
                  })
                : obstacles.map(({ reason, detail }) => (
                    <div>
                      {t(`reason.${reason}`)}: <span lang="en">{escapeText(detail)}</span>
                    </div>
                  ))}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function gainOf({ gainSeconds, gainUnplaced }: Remedy): string {
  const time =
    Math.abs(gainSeconds) < 0.5
      ? t('why.same')
      : t(gainSeconds > 0 ? 'why.gain' : 'why.loss', { span: span(Math.abs(gainSeconds)) })
  return gainUnplaced > 0 ? `${t('why.placed', { count: gainUnplaced })}, ${time}` : time
}

/** Changes, each of which has been planned. @param vm undefined: for all of them */
export function WouldHelp({ vm }: { vm: string | undefined }) {
  const [answer, setAnswer] = useState<Answer<Remedy[]>>()
  return (
    <>
      <button
        type="button"
        disabled={running.value !== undefined}
        onClick={() => void help(vm).then((found) => setAnswer(found))}
      >
        {t('why.help')}
      </button>
      {answer === undefined ? null : answer.ok ? (
        answer.value.length === 0 ? (
          <p class="note">{t('why.helpNone')}</p>
        ) : (
          <ul class="help">
            {answer.value.map((each) => (
              <li>
                <span lang="en">{escapeText(each.change)}</span>: <b>{gainOf(each)}</b>{' '}
                <button type="button" class="plain" onClick={() => change({ key: 'help' }, each.problem)}>
                  {t('why.apply')}
                </button>
              </li>
            ))}
          </ul>
        )
      ) : (
        <Remarks of={answer.faults} />
      )}
    </>
  )
}

/** For the whole night. */
export function Help() {
  const made = shown.value
  if (made === undefined || made.stale) return null
  const { migrations, unplaced, maintenance = [], notMaintained = [] } = made.plan
  if (migrations.length + unplaced.length + maintenance.length + notMaintained.length === 0) return null
  return (
    <Card id="help" title={t('help.title')}>
      <WouldHelp key={String(made.plan.makespanSeconds)} vm={undefined} />
    </Card>
  )
}

export function Why() {
  const vm = selected.value
  const made = shown.value
  const [answer, setAnswer] = useState<{ vm: string; of: Answer<VmExplanation> }>()
  const problem = step.value!.problem
  const plan = made?.plan
  const there = vm !== undefined && plan !== undefined && !made!.stale
  useEffect(() => {
    if (!there) return
    let wanted = true
    void explain(problem, plan!, vm!).then((of) => {
      if (wanted) setAnswer({ vm: vm!, of })
    })
    return () => {
      wanted = false
    }
  }, [vm, plan, there])
  useEffect(() => {
    if (vm === undefined) return
    document.getElementById('why-title')?.focus()
    document.getElementById('why')?.scrollIntoView({ block: 'nearest' })
  }, [vm])
  if (!there || look.value === undefined) return null
  const migrations = plan!.migrations.filter((each) => each.vm === vm)
  const told = answer?.vm === vm ? answer.of : undefined
  return (
    <Card
      id="why"
      title={t('why', { name: escapeText(vm!) })}
      tools={
        <button
          type="button"
          onClick={() => {
            selected.value = undefined
          }}
        >
          {t('why.close')}
        </button>
      }
    >
      <div class="columns">
        <div>
          <h3>{t('why.then')}</h3>
          {migrations.map((each) => (
            <Moment of={each} plan={plan!} />
          ))}
        </div>
        {told === undefined ? null : told.ok ? (
          <>
            <div>
              <h3>{t('why.there')}</h3>
              <There of={told.value} />
            </div>
            <div class="wide">
              <h3>{t('why.else')}</h3>
              <Scroll label={t('why.else')}>
                <Elsewhere of={told.value.nodes.filter(({ chosen }) => !chosen)} />
              </Scroll>
            </div>
          </>
        ) : (
          <Remarks of={told.faults} />
        )}
      </div>
      {problem.request.maintenance === undefined ? <WouldHelp key={vm} vm={vm} /> : null}
    </Card>
  )
}
