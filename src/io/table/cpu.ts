/** The CPU table as text: all models, one model, two models against each other. */
import type { CpuComparison, CpuMove, HiddenFeatures } from '../../model/cpu/compare.js'
import type { CpuSignature } from '../../model/cpu/generation.js'
import { type FeatureGroup, groupFeatures } from '../../model/cpu/groups.js'
import type { FoundCpu } from '../../model/cpu/lookup.js'
import type { CpuModel } from '../../model/cpu/table.js'
import { formatCount } from './clock.js'
import { paragraph, renderTable } from './columns.js'
import { createTheme, type TableOptions, type Theme } from './theme.js'

type Groups = Partial<Record<FeatureGroup | 'other', readonly string[]>>

/** What `vmferry cpu NAME` shows. */
export interface CpuPage {
  found: FoundCpu
  groups: Groups
  hidden: HiddenFeatures
}

/** Where the text of a labelled line begins. */
const INDENT = 22

/** `6-85-5..7`; without steppings where all are meant. */
function describeSignature({ family, model, steppings }: CpuSignature): string {
  return `${family}-${model}${steppings === undefined ? '' : `-${steppings.join('..')}`}`
}

const describeSignatures = ({ signatures }: CpuModel): string => signatures.map(describeSignature).join(', ')

/** One line for each model, its other names below it. */
export function cpuListToTable(models: readonly CpuModel[], options: TableOptions): string {
  const theme = createTheme(options)
  const columns = [
    { heading: 'model', align: 'left' },
    { heading: 'vendor', align: 'left' },
    { heading: 'generation', align: 'left', least: 10 },
    { heading: 'year', align: 'right' },
    { heading: 'features', align: 'right' },
    { heading: 'family-model-stepping', align: 'left', least: 10 },
  ] as const
  const rows = models.map((model) => ({
    cells: [
      model.name,
      model.vendor,
      model.generation,
      String(model.year),
      String(model.features.length),
      describeSignatures(model),
    ],
    below: `also ${model.aliases.join(', ')}`,
  }))
  return `${renderTable({ columns, rows }, 0, theme).join('\n')}\n`
}

function labelled(label: string, text: string, theme: Theme): string[] {
  return paragraph(text, theme, INDENT, `  ${label}`)
}

function groupLines(groups: Groups, theme: Theme): string[] {
  return Object.entries(groups).flatMap(([group, features]) => labelled(group, features.join(' '), theme))
}

const FOUND_BY = { name: '', signature: ' (by its signature)', brand: ' (by its brand name)' } as const

export function cpuToTable({ found, groups, hidden }: CpuPage, options: TableOptions): string {
  const theme = createTheme(options)
  const { model, by } = found
  const title = `${model.name} ${theme.glyphs.separator} ${model.vendor} ${model.generation}, ${model.year}${FOUND_BY[by]}`
  const clusters = hidden.cluster.map(({ with: other, features }) => `${other} ${features.length}`)
  const lines = [
    ...paragraph(title, theme, 0).map((line) => theme.paint('bold', line)),
    ...labelled('signatures', describeSignatures(model), theme),
    ...(model.aliases.length > 0 ? labelled('other names', model.aliases.join(', '), theme) : []),
    ...labelled('source', model.source, theme),
    '',
    theme.paint('bold', `Features (${model.features.length})`),
    ...groupLines(groups, theme),
    ...(model.mayHave.length > 0
      ? [
          '',
          theme.paint(
            'bold',
            `On some parts only (${model.mayHave.length}): seen by VMs started there, no target for others`,
          ),
          ...groupLines(groupFeatures(model.mayHave), theme),
        ]
      : []),
    '',
    theme.paint('bold', 'Hidden by processor compatibility'),
    ...labelled('minimum', `${hidden.minimum.length}: ${hidden.minimum.join(' ') || 'none'}`, theme),
    ...labelled(
      'cluster, beside',
      clusters.length > 0 ? clusters.join(', ') : 'no other model of this vendor is in the table',
      theme,
    ),
  ]
  return `${lines.join('\n')}\n`
}

function moveLines(move: CpuMove, boot: string, target: string, theme: Theme): string[] {
  const label = `${boot} ${theme.glyphs.arrow} ${target}`
  const verdict = (text: string, style: 'good' | 'bad') =>
    paragraph(`${label}: ${text}`, theme, 2).map((line) => theme.paint(style, line))
  if (move.otherVendor) {
    const text = 'no live migration: the vendors differ; only stopping the VM and starting it there moves it'
    return verdict(text, 'bad')
  }
  if (move.live)
    return verdict(boot === target ? 'live, as long as both are of the same silicon' : 'live', 'good')
  const modes = Object.entries(move.compatibility).flatMap(([mode, live]) => (live ? [mode] : []))
  return [
    ...verdict(`not live: ${formatCount(move.missing.length, 'feature')} in the way`, 'bad'),
    ...paragraph(move.missing.join(' '), theme, 6),
    ...paragraph(
      modes.length > 0
        ? `live with processor compatibility ${modes.join(' or ')}, on since the VM's start`
        : 'not live with processor compatibility either',
      theme,
      6,
    ),
  ]
}

export function cpuComparisonToTable(comparison: CpuComparison, options: TableOptions): string {
  const theme = createTheme(options)
  const { from = 'the first', to = 'the second', lost, gained, common, forward, backward } = comparison
  const list = (heading: string, features: readonly string[]): string[] => [
    '',
    theme.paint('bold', `${heading} (${features.length})`),
    ...(features.length > 0 ? groupLines(groupFeatures(features), theme) : ['  nothing']),
  ]
  const lines = [
    theme.paint('bold', `${from} ${theme.glyphs.arrow} ${to}`),
    ...moveLines(forward, from, to, theme),
    ...moveLines(backward, to, from, theme),
    ...list('Lost', lost),
    ...list('Gained', gained),
    '',
    `In common: ${formatCount(common.length, 'feature')}`,
  ]
  return `${lines.join('\n')}\n`
}
