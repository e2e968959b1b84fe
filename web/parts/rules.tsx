/** Policies, the start of the night, and how hard to search. */
import { DEFAULT_POLICY, type Policy } from '../../src/model/problem.js'
import type { SearchOptions } from '../engine/api.js'
import { startOf, withPolicy, withStart } from '../state/edits.js'
import { change, step } from '../state/store.js'
import { t } from '../words/words.js'
import { Fold, NumberField } from './common.js'
import { atOffset, fieldOf, instantOf } from './times.js'

const SWITCHES = [
  'allowRestart',
  'allowSave',
  'allowParking',
  'allowMakeRoom',
  'wideMigrations',
  'tolerateNodeFailure',
  'returnHome',
  'neverBackwards',
] as const satisfies readonly (keyof Policy)[]

const NUMBERS = [
  { key: 'maintenanceAtOnce', least: 1, step: 1, optional: false },
  { key: 'concurrentMigrations', least: 1, step: 1, optional: true },
  { key: 'reserveMiB', least: 0, step: 'any', optional: false },
  { key: 'maxVcpusPerCore', least: 0.01, step: 'any', optional: true },
  { key: 'startLagSeconds', least: 0, step: 'any', optional: false },
  { key: 'restartPenaltySeconds', least: 0, step: 'any', optional: false },
] as const satisfies readonly { key: keyof Policy; least: number; step: number | 'any'; optional: boolean }[]

export function Rules() {
  const { problem } = step.value!
  const policy: Policy = { ...DEFAULT_POLICY, ...problem.policy }
  return (
    <Fold id="rules" title={t('rules')}>
      {SWITCHES.map((key) => (
        <label class="check">
          <input
            type="checkbox"
            checked={policy[key]}
            onChange={({ currentTarget }) =>
              change({ key: 'policy' }, withPolicy(problem, key, currentTarget.checked))
            }
          />
          {t(`policy.${key}`)}
        </label>
      ))}
      {NUMBERS.map(({ key, least, step, optional }) => (
        <NumberField
          label={t(`policy.${key}`)}
          value={policy[key]}
          least={least}
          step={step}
          optional={optional}
          set={(value) => change({ key: 'policy' }, withPolicy(problem, key, value))}
        />
      ))}
    </Fold>
  )
}

const EFFORTS = [1, 2, 3, 4, 5] as const

export function Night() {
  const { problem, options } = step.value!
  const start = startOf(problem)
  const search = (next: Partial<SearchOptions>) => change({ key: 'night' }, problem, { ...options, ...next })
  return (
    <Fold id="search" title={t('night')}>
      <label class="field">
        <span>{t('night.start')}</span>
        <input
          type="datetime-local"
          value={start === undefined ? '' : fieldOf(start, 0)}
          onChange={({ currentTarget: { value } }) => {
            const at = start === undefined ? value && atOffset(value) : instantOf(start, value)
            if (typeof at === 'string' && at !== '') change({ key: 'night' }, withStart(problem, at))
          }}
        />
      </label>
      <label class="field">
        <span>{t('night.effort')}</span>
        <select
          value={String(options.effort)}
          onChange={({ currentTarget }) =>
            search({ effort: Number(currentTarget.value) as SearchOptions['effort'] })
          }
        >
          {EFFORTS.map((effort) => (
            <option value={String(effort)}>{effort}</option>
          ))}
        </select>
      </label>
      <label class="field">
        <span>{t('night.schedule')}</span>
        <select
          value={options.schedule}
          onChange={({ currentTarget }) =>
            search({ schedule: currentTarget.value as SearchOptions['schedule'] })
          }
        >
          <option value="timeline">{t('night.timeline')}</option>
          <option value="rounds">{t('night.rounds')}</option>
        </select>
      </label>
      <NumberField
        label={t('night.limit')}
        value={options.timeLimitSeconds}
        least={0.1}
        step="any"
        optional
        set={(timeLimitSeconds) => search({ timeLimitSeconds })}
      />
      <NumberField
        label={t('night.seed')}
        value={options.seed}
        least={0}
        most={4294967295}
        set={(seed) => search({ seed: seed! })}
      />
    </Fold>
  )
}
