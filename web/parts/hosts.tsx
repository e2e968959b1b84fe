/** The hosts: what becomes of each tonight. */
import { useState } from 'preact/hooks'
import { escapeText } from '../../src/io/table/text.js'
import type { HostFacts } from '../engine/api.js'
import { type HostRole, roleOf, withRole, withSlots, withWorkSeconds, workSecondsOf } from '../state/edits.js'
import { change, look, shown, step } from '../state/store.js'
import { t } from '../words/words.js'
import { clock, Fold, Name, NumberField, Scroll } from './common.js'

/** Rows that are shown at once. */
const MOST = 64
const ROLES: readonly HostRole[] = ['stay', 'empty', 'patch']

function Memory({ of, planned }: { of: HostFacts; planned: boolean }) {
  const percent = (mib: number) => Math.round((100 * mib) / of.memoryMiB)
  const [before, after] = [percent(of.memoryBefore), percent(planned ? of.memoryAfter : of.memoryBefore)]
  const words = t('hosts.memoryBar', { before, after })
  return (
    <svg class="memory" viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label={words}>
      <title>{words}</title>
      <rect width="100" height="10" class="ground" />
      <rect width={Math.min(100, after)} height="10" class={after >= 90 ? 'full' : 'used'} />
      <rect x={Math.min(99, before)} width="1.5" height="10" class="mark" />
    </svg>
  )
}

function Host({ of }: { of: HostFacts }) {
  const { problem } = step.value!
  const { node } = of
  const role = roleOf(problem, node)
  const name = escapeText(node)
  const planned = shown.value !== undefined
  const seconds = workSecondsOf(problem, node)
  return (
    <tr class={role}>
      <th scope="row">
        <Name of={node} />
        <span class="note">
          {planned && of.vmsBefore !== of.vmsAfter
            ? t('hosts.change', { before: of.vmsBefore, after: of.vmsAfter })
            : t('hosts.vms', { count: of.vmsBefore })}
          {of.emptyAt === undefined ? '' : `, ${t('hosts.emptyAt', { at: clock().instant(of.emptyAt) })}`}
          {of.state === 'up' ? '' : ` · ${of.state}`}
        </span>
      </th>
      <td>
        <Memory of={of} planned={planned} />
      </td>
      <td>
        <select
          aria-label={t('role.of', { name })}
          value={role}
          onChange={({ currentTarget }) =>
            change({ key: 'role', name: node }, withRole(problem, node, currentTarget.value as HostRole))
          }
        >
          {ROLES.map((each) => (
            <option value={each}>{t(`role.${each}`)}</option>
          ))}
        </select>
        {seconds === undefined ? null : (
          <span class="unit">
            <NumberField
              label={t('work.of', { name })}
              hidden
              value={seconds / 60}
              least={1}
              step="any"
              set={(minutes) =>
                change({ key: 'work', name: node }, withWorkSeconds(problem, node, minutes! * 60))
              }
            />
            {t('minutes')}
          </span>
        )}
      </td>
      <td>
        <NumberField
          label={t('slots.of', { name })}
          hidden
          value={of.slots}
          least={1}
          most={1000}
          set={(slots) => change({ key: 'slots', name: node }, withSlots(problem, node, slots!))}
        />
      </td>
    </tr>
  )
}

export function Hosts() {
  const [filter, setFilter] = useState('')
  const hosts = look.value?.hosts ?? []
  const passing = hosts.filter(({ node }) => node.toLowerCase().includes(filter.toLowerCase()))
  return (
    <Fold id="hosts" title={t('hosts')} open>
      {hosts.length > 12 ? (
        <input
          type="search"
          aria-label={t('hosts.filter')}
          placeholder={t('hosts.filter')}
          onInput={({ currentTarget }) => setFilter(currentTarget.value)}
        />
      ) : null}
      <Scroll label={t('hosts')} tall>
        <table class="hosts">
          <thead>
            <tr>
              <th scope="col">{t('hosts.host')}</th>
              <th scope="col">{t('hosts.memory')}</th>
              <th scope="col">{t('hosts.role')}</th>
              <th scope="col">{t('hosts.slots')}</th>
            </tr>
          </thead>
          <tbody>
            {passing.slice(0, MOST).map((each) => (
              <Host key={each.node} of={each} />
            ))}
          </tbody>
        </table>
      </Scroll>
      {passing.length > MOST ? <p class="note">{t('more', { count: passing.length - MOST })}</p> : null}
    </Fold>
  )
}
