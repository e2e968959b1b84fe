/** Light or dark: as the system is, unless the reader says otherwise. The colours are those of chart and report. */
import { computed, effect, signal } from '@preact/signals'
import { PALETTES } from '../../src/chart/palette.js'
import { keepSetting, setting } from '../state/settings.js'

export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

const system = matchMedia('(prefers-color-scheme: dark)')
const systemDark = signal(system.matches)
system.addEventListener('change', () => {
  systemDark.value = system.matches
})

const kept = setting('theme')
export const theme = signal<Theme>(THEMES.find((each) => each === kept) ?? 'system')
export const scheme = computed(() =>
  theme.value === 'system' ? (systemDark.value ? 'dark' : 'light') : theme.value,
)

effect(() => {
  const { style } = document.documentElement
  style.colorScheme = scheme.value
  for (const [name, color] of Object.entries(PALETTES[scheme.value])) style.setProperty(`--${name}`, color)
  keepSetting('theme', theme.value)
})
