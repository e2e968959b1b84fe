/** Files of what is shown. */
import { useState } from 'preact/hooks'
import type { Written } from '../engine/api.js'
import { asksNothing, download, step } from '../state/store.js'
import { t } from '../words/words.js'
import { Remarks } from './common.js'

const FORMATS: readonly Written[] = ['plan', 'powershell', 'ics', 'html', 'csv', 'svg', 'problem']

export function Downloads() {
  const [notes, setNotes] = useState<string[]>([])
  const now = step.value!
  const planned = now.plan !== undefined && !asksNothing(now.problem)
  return (
    <div class="card" id="downloads">
      <div class="row">
        <h2>{t('downloads')}</h2>
        <div class="row">
          {FORMATS.map((format) => (
            <button
              type="button"
              disabled={format !== 'problem' && !planned}
              onClick={() => void download(format).then(setNotes)}
            >
              {t(`download.${format}`)}
            </button>
          ))}
        </div>
      </div>
      {notes.length === 0 ? null : <Remarks of={notes.map((text) => ({ place: '', text }))} />}
    </div>
  )
}
