/** What a plan comes to: the three things one wants first, what is left, what is lost, and how it compares. */
import { formatPercent } from '../../src/io/table/clock.js'
import { escapeText } from '../../src/io/table/text.js'
import { isLowerEstimate, type Plan } from '../../src/model/plan.js'
import { differenceOf, penaltiesOf } from '../state/difference.js'
import { before, look, shown } from '../state/store.js'
import { count, t, type Word } from '../words/words.js'
import { Card, clock, listed, Name, Scroll, span } from './common.js'

type Mood = 'good' | 'warn' | 'bad'

function Tile(props: { id: string; mood: Mood; title: string; value: string; lines: readonly string[] }) {
  return (
    <div class={`tile ${props.mood}`} id={props.id}>
      <h2>{props.title}</h2>
      <strong>{props.value}</strong>
      {props.lines.map((line) => (
        <p>{line}</p>
      ))}
    </div>
  )
}

function ends(plan: Plan) {
  const { makespanSeconds, migrations } = plan
  const { start, instant } = clock()
  const lines = [
    t('tile.migrations', { count: migrations.length, span: span(makespanSeconds) }),
    ...(isLowerEstimate(plan) ? [t('tile.lower')] : []),
    ...(start === undefined ? [] : [t('tile.starts', { at: start })]),
  ]
  const nothing = migrations.length === 0
  const value = nothing
    ? t('tile.nothing')
    : start === undefined
      ? span(makespanSeconds)
      : instant(makespanSeconds)
  return (
    <Tile
      id="ends"
      mood={nothing ? 'warn' : 'good'}
      title={t('tile.ends')}
      value={value}
      lines={nothing ? [] : lines}
    />
  )
}

function sure({ proven, gap, lowerBoundSeconds, statistics }: Plan) {
  const { stopped = 'budget', bound } = statistics
  const lines = [
    ...(proven ? [t('tile.provenWhy')] : []),
    t('tile.bound', { at: clock().instant(lowerBoundSeconds), by: escapeText(bound) }),
    ...(stopped === 'aborted' || stopped === 'time-limit' ? [t('tile.cut')] : []),
  ]
  const value = proven ? t('tile.proven') : t('tile.gap', { gap: formatPercent(gap) })
  return <Tile id="sure" mood={proven ? 'good' : 'warn'} title={t('tile.sure')} value={value} lines={lines} />
}

function whatIsLeft(plan: Plan) {
  const undone = plan.notMaintained?.length ?? 0
  const left = [
    ...(plan.unplaced.length === 0 ? [] : [t('tile.unplaced', { count: plan.unplaced.length })]),
    ...(undone === 0 ? [] : [t('tile.undone', { count: undone })]),
  ]
  const emptied = plan.drained.map(({ node, atSeconds }) =>
    t('tile.emptyHost', { name: node, at: clock().instant(atSeconds) }),
  )
  const lines = [
    ...(left.length === 0 ? [t('tile.placed')] : []),
    ...(emptied.length === 0 ? [] : [t('tile.empty', { names: listed(emptied, 4) })]),
  ]
  const value = left.length === 0 ? t('tile.leftNothing') : left.join(', ')
  return (
    <Tile
      id="left"
      mood={left.length === 0 ? 'good' : 'bad'}
      title={t('tile.left')}
      value={value}
      lines={lines}
    />
  )
}

/** As the engine calls them. */
const PEERS: Record<string, Word> = {
  'a plain drain in order of name': 'peer.drain',
  'Cluster-Aware Updating, failback at once': 'peer.cau',
  'Cluster-Aware Updating without failback': 'peer.cauStay',
  'a rolling pool update of XO': 'peer.xo',
}

const peerName = (name: string) => (PEERS[name] === undefined ? name : t(PEERS[name]))

export function Tiles() {
  const made = shown.value
  if (made === undefined) return null
  const peers = look.value?.peers ?? []
  return (
    <>
      <div class={made.stale ? 'tiles stale' : 'tiles'} data-makespan={made.plan.makespanSeconds}>
        {ends(made.plan)}
        {sure(made.plan)}
        {whatIsLeft(made.plan)}
      </div>
      {peers.length === 0 || made.stale ? null : (
        <p class="peers">
          <b>{t('peers')}</b>{' '}
          {peers
            .map(({ name, makespanSeconds, migrations, stuck, windowsMet }) =>
              [
                t('peers.line', { name: peerName(name), span: span(makespanSeconds), count: migrations }),
                ...(windowsMet === 0 ? [] : [t('peers.windows', { count: windowsMet })]),
                ...(stuck === 0 ? [] : [t('peers.stuck', { count: stuck })]),
              ].join(', '),
            )
            .join('; ')}
        </p>
      )}
    </>
  )
}

export function Changes() {
  const [made, old] = [shown.value, before.value]
  if (made === undefined || made.stale || old === undefined) return null
  const { plan } = made
  const difference = differenceOf(old, plan)
  const penalties = [penaltiesOf(old), penaltiesOf(plan)]
  const seconds = (value: number) => `${count(value, 1)} s`
  const rows = [
    {
      word: 'changes.makespan',
      was: span(old.makespanSeconds),
      is: span(plan.makespanSeconds),
      by: difference.makespanSeconds,
      unit: ' s',
    },
    {
      word: 'changes.bound',
      was: span(old.lowerBoundSeconds),
      is: span(plan.lowerBoundSeconds),
      by: difference.lowerBoundSeconds,
      unit: ' s',
    },
    {
      word: 'changes.migrations',
      was: count(old.migrations.length),
      is: count(plan.migrations.length),
      by: difference.migrations,
      unit: '',
    },
    {
      word: 'changes.penalties',
      was: seconds(penalties[0]),
      is: seconds(penalties[1]),
      by: difference.penaltySeconds,
      unit: ' s',
    },
    {
      word: 'changes.unplaced',
      was: count(old.unplaced.length),
      is: count(plan.unplaced.length),
      by: difference.unplaced,
      unit: '',
    },
  ] as const
  const of = (kind: string) => difference.changed.filter(({ change }) => change === kind).map(({ vm }) => vm)
  const lists = [
    ['changes.placedNow', difference.placedNow],
    ['changes.unplacedNow', difference.unplacedNow],
    ['changes.movesNow', difference.movesNow],
    ['changes.staysNow', difference.staysNow],
    ['changes.target', of('target')],
    ['changes.kind', of('kind')],
    ['changes.earlier', of('earlier')],
    ['changes.later', of('later')],
  ] as const
  const told = lists.filter(([, names]) => names.length > 0)
  return (
    <Card id="changes" title={t('changes')}>
      <Scroll label={t('changes')}>
        <table class="figures">
          <thead>
            <tr>
              <th scope="col">{t('changes.figure')}</th>
              <th scope="col">{t('changes.before')}</th>
              <th scope="col">{t('changes.now')}</th>
              <th scope="col">{t('changes.difference')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ word, was, is, by, unit }) => (
              <tr>
                <th scope="row">{t(word)}</th>
                <td>{was}</td>
                <td>{is}</td>
                <td
                  class={
                    Math.abs(by) < 0.0005
                      ? 'note'
                      : by < 0
                        ? 'better'
                        : by > 0 && word !== 'changes.bound'
                          ? 'worse'
                          : ''
                  }
                >
                  {Math.abs(by) < 0.0005 ? '±0' : `${by > 0 ? '+' : '−'}${count(Math.abs(by), 1)}${unit}`}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      {told.length === 0 ? (
        <p class="note">{t('changes.none')}</p>
      ) : (
        <ul class="remarks">
          {told.map(([word, names]) => (
            <li>{t(word, { names: listed(names) })}</li>
          ))}
        </ul>
      )}
    </Card>
  )
}

const MOST = 100

export function Left() {
  const made = shown.value
  if (made === undefined || made.stale) return null
  const { unplaced, notMaintained = [], warnings } = made.plan
  const losses = look.value?.losses ?? []
  return (
    <>
      {unplaced.length + notMaintained.length === 0 ? null : (
        <Card id="unplaced" title={t('left')}>
          <dl>
            {unplaced.slice(0, MOST).map(({ vm, reason, detail, remedies }) => (
              <>
                <dt>
                  <Name of={vm} /> <span class="note">{t(`reason.${reason}`)}</span>
                </dt>
                <dd lang="en">{escapeText(detail)}</dd>
                {remedies.map((remedy) => (
                  <dd class="remedy" lang="en">
                    {escapeText(remedy)}
                  </dd>
                ))}
              </>
            ))}
            {notMaintained.map(({ node, detail }) => (
              <>
                <dt>
                  <Name of={node} />
                </dt>
                <dd lang="en">{t('left.notDone', { detail: escapeText(detail) })}</dd>
              </>
            ))}
          </dl>
          {unplaced.length > MOST ? <p class="note">{t('more', { count: unplaced.length - MOST })}</p> : null}
        </Card>
      )}
      {losses.length === 0 ? null : (
        <Card id="losses" title={t('lost')}>
          <ul class="remarks" lang="en">
            {losses.slice(0, MOST).map(({ vm, what }) => (
              <li>
                <Name of={vm} /> {escapeText(what)}
              </li>
            ))}
          </ul>
        </Card>
      )}
      {warnings.length === 0 ? null : (
        <Card id="warnings" title={t('warnings')}>
          <ul class="remarks" lang="en">
            {warnings.slice(0, MOST).map(({ vm, node, message }) => (
              <li>
                {vm === undefined && node === undefined ? null : (
                  <b>
                    {[vm, node]
                      .filter((id) => id !== undefined)
                      .map(escapeText)
                      .join(', ')}
                    :{' '}
                  </b>
                )}
                {escapeText(message)}
              </li>
            ))}
          </ul>
        </Card>
      )}
    </>
  )
}
