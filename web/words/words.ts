/** The page's language, and its words. What the engine says is English, and marked so. */
import { computed, effect, signal } from '@preact/signals'
import i18next from 'i18next'
import type { ChartWords } from '../../src/chart/words.js'
import { keepSetting, setting } from '../state/settings.js'
import { de } from './de.js'
import { en } from './en.js'

export const LANGUAGES = { en: 'English', de: 'Deutsch' } as const
export type Language = keyof typeof LANGUAGES

type Plural<K> = K extends `${infer Stem}_other` ? Stem : K extends `${string}_one` ? never : K
export type Word = Plural<keyof typeof en>

function firstLanguage(): Language {
  const kept = setting('language')
  if (kept === 'en' || kept === 'de') return kept
  return navigator.language.toLowerCase().startsWith('de') ? 'de' : 'en'
}

export const language = signal<Language>(firstLanguage())

export function speak(next: Language): void {
  keepSetting('language', next)
  language.value = next
}

effect(() => {
  document.documentElement.lang = language.value
})

await i18next.init({
  resources: { en: { translation: en }, de: { translation: de } },
  lng: language.peek(),
  fallbackLng: false,
  keySeparator: false,
  nsSeparator: false,
  // Components put texts where nothing of them is markup.
  interpolation: { escapeValue: false, skipOnVariables: true },
})

/** What reads it is drawn again in another language. */
export function t(word: Word, values: Record<string, string | number> = {}): string {
  return i18next.t(word, { lng: language.value, ...values })
}

/** A figure as the language writes it. */
export function count(value: number, digits = 0): string {
  return value.toLocaleString(language.value, { maximumFractionDigits: digits })
}

export const chartWords = computed(
  (): ChartWords => ({
    roles: {
      send: t('chart.send'),
      receive: t('chart.receive'),
      inside: t('chart.inside'),
      other: t('chart.other'),
    },
    windows: { backup: t('chart.backup'), blackout: t('chart.blackout'), 'no-work': t('chart.no-work') },
    kinds: {
      live: t('move.live'),
      restart: t('move.restart'),
      save: t('move.save'),
      'save-in-place': t('move.save-in-place'),
      'stop-in-place': t('move.stop-in-place'),
      'resume-in-place': t('move.resume-in-place'),
      'start-in-place': t('move.start-in-place'),
    },
    workedOn: t('chart.workedOn'),
    memory: t('chart.memory'),
    full: (percent) => t('chart.full', { percent }),
    decides: t('chart.decides'),
    ends: (at) => t('chart.ends', { at }),
    endsAtBound: (at) => t('chart.endsAtBound', { at }),
    bound: (at) => t('chart.bound', { at }),
    bar: (kind, start, end, span) => t('chart.bar', { kind, start, end, span }),
    groups: (names) => t('chart.groups', { names }),
  }),
)
