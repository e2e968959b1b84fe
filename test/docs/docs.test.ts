/** The pages against the program: what they show validates, plans and checks; what they list is complete; where they point is something. */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import * as v from 'valibot'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  check,
  InvalidProblemError,
  type Plan,
  type PlanOptions,
  type Problem,
  parseProblem,
  plan,
} from '../../dist/index.js'
import { planToSvg } from '../../src/chart/svg.js'
import { ALL_NODE_COLUMNS, ALL_VM_COLUMNS } from '../../src/import/csv/read.js'
import { MOVE_COLUMNS } from '../../src/import/moves.js'
import { IMPORT_SOURCES, SOURCES } from '../../src/import/sources.js'
import { WINDOW_COLUMNS } from '../../src/import/windows.js'
import { cpuModels } from '../../src/model/cpu/table.js'
import type { ViolationRule } from '../../src/model/plan.js'
import * as schema from '../../src/model/schema.js'
import { resolveProblem } from '../../src/model/validate.js'
import {
  anchorsOf,
  blocksOf,
  docs,
  linksOf,
  pages,
  parseJsonc,
  placeOf,
  readPage,
  root,
  rowsOf,
  sectionOf,
} from './markdown.js'

const format = readPage('docs/format.md')
const checker = readPage('docs/checker.md')
const library = readPage('docs/library.md')
const blocks = pages.flatMap(blocksOf)

/** Members of a union of texts, or keys of an interface, as they stand in the sources: neither exists at run time. */
function declared(file: string, name: string): string[] {
  const text = readFileSync(join(root, file), 'utf8')
  const body = new RegExp(`export (?:type|interface) ${name}\\b([\\s\\S]*?)\\n(?:\\n|\\}|export)`).exec(
    text,
  )?.[1]
  if (body === undefined) throw new Error(`${file} declares no ${name}`)
  const pattern = body.trimStart().startsWith('=') ? /'([^']+)'/g : /^ {2}(\w+)\??:/gm
  const found = [...body.matchAll(pattern)].map((match) => match[1])
  if (found.length === 0) throw new Error(`${name} of ${file} has no members`)
  return found
}

describe('links', () => {
  it.each(pages)('$path leads somewhere with each of its links', (page) => {
    for (const link of linksOf(page)) {
      const [file, anchor] = link.split('#')
      const path = file === '' ? page.path : normalize(join(dirname(page.path), file))
      expect(existsSync(join(root, path)), `${link} in ${page.path}`).toBe(true)
      if (anchor !== undefined)
        expect([...anchorsOf(readPage(path))], `${link} in ${page.path}`).toContain(anchor)
    }
  })

  it('and the pages are found from one another', () => {
    expect(docs.length).toBeGreaterThan(4)
    const navigation = readFileSync(join(root, 'docs/.vitepress/navigation.json'), 'utf8')
    for (const page of pages)
      expect(navigation, 'the navigation of the site').toContain(`"file": "${page.path}"`)
    for (const page of docs) {
      const name = page.path.slice('docs/'.length)
      const linked = pages.some(
        (other) => other !== page && linksOf(other).some((link) => link.includes(name)),
      )
      expect(linked, `no page links to ${page.path}`).toBe(true)
    }
  })
})

const example = (name: string): Problem =>
  JSON.parse(readFileSync(join(root, `examples/${name}/problem.json`), 'utf8'))

describe('pictures', () => {
  const pictures: [name: string, problem: string, options: PlanOptions, words: string][] = [
    ['night', 'maintenance-night', {}, ''],
    ['patch-night', 'patch-night', { effort: 1 }, ' --effort 1'],
    ['four-nodes', 'four-nodes', {}, ''],
    ['four-nodes-rounds', 'four-nodes', { schedule: 'rounds' }, ' --schedule rounds'],
  ]
  it.each(pictures)('%s is what the program draws, light and dark', async (name, problem, options, words) => {
    const planned = await plan(example(problem), options)
    for (const [scheme, suffix] of [['light', ''] as const, ['dark', '-dark'] as const]) {
      const shown = readFileSync(join(root, `docs/images/${name}${suffix}.svg`), 'utf8')
      const how = `vmferry plan examples/${problem}/problem.json${words} --format svg${suffix}`
      expect(shown === planToSvg(planned, resolveProblem(example(problem)), scheme), `${how} makes it`).toBe(
        true,
      )
    }
  })
})

describe('problems and plans', () => {
  const problems = blocks.filter((b) => /^jsonc?$/.test(b.language) && /"request"/.test(b.text))

  it.each(problems.filter((b) => b.tag === '').map((b) => [placeOf(b), b] as const))(
    '%s validates, plans and passes the checker',
    async (_, block) => {
      const problem = parseProblem(parseJsonc(block.text))
      expect(check(problem, await plan(problem, { effort: 1 }))).toEqual([])
    },
  )

  it.each(problems.filter((b) => b.tag === 'invalid').map((b) => [placeOf(b), b] as const))(
    '%s is refused, as the page says',
    async (_, block) => {
      const error = await plan(parseJsonc(block.text) as Problem).catch((e: unknown) => e)
      if (!(error instanceof InvalidProblemError)) throw error
      const page = readPage(block.page).text
      for (const { path, message } of error.issues) {
        const line = `  ${path}: ${message}\n`
        expect(page.includes(line), `${block.page} has no line "${line}"`).toBe(true)
      }
    },
  )

  it('fragments are parts of the example that their page plans', () => {
    const fragments = blocks.filter((b) => b.tag === 'fragment')
    expect(fragments).toHaveLength(1)
    for (const { text } of fragments) expect(example('patch-night')).toMatchObject(JSON.parse(text))
  })

  it('all other JSON parses', () => {
    for (const block of blocks.filter((b) => /^jsonc?$/.test(b.language))) parseJsonc(block.text)
  })
})

describe('docs/format.md', () => {
  const keys = (...schemas: { entries: Record<string, unknown> }[]) =>
    new Set(schemas.flatMap((each) => Object.keys(each.entries)))
  const { cpuFeaturesSchema, cpuModelSchema, drainSchema, moveSchema, nodeSchema } = schema
  const { maintenanceSchema, policySchema, problemSchema, requestSchema, vmSchema, windowSchema } = schema
  const sections: [string, { entries: v.ObjectEntries }[]][] = [
    ['## Problem', [problemSchema]],
    ['### Node', [nodeSchema]],
    ['### CPU', [cpuFeaturesSchema, cpuModelSchema]],
    ['### VM', [vmSchema]],
    ['### Window', [windowSchema]],
    ['### Request', [requestSchema, moveSchema, drainSchema, maintenanceSchema]],
    ['### Policy', [policySchema]],
  ]

  it.each(sections)('%s lists the keys of the schema, and no others', (heading, schemas) => {
    expect(new Set(rowsOf(sectionOf(format, heading)).keys())).toEqual(keys(...schemas))
  })

  it.each(sections)('%s has the defaults of the schema', (heading, schemas) => {
    const rows = rowsOf(sectionOf(format, heading))
    for (const [key, entry] of schemas.flatMap((each) => Object.entries(each.entries))) {
      const value: unknown = v.getDefault(entry as v.GenericSchema)
      if (value === undefined) continue
      const shown = typeof value === 'string' || Array.isArray(value) ? JSON.stringify(value) : String(value)
      const cells = rows.get(key)?.map((cell) => cell.replaceAll('`', ''))
      expect(cells, key).toContain(cells?.includes(shown) ? shown : String(value))
    }
  })

  it('names every CPU model', () => {
    const text = sectionOf(format, '### CPU')
    for (const { name } of cpuModels()) expect(text).toContain(name)
  })

  it.each(['PlanStatus', 'UnplacedReason', 'WarningCode', 'ScheduleKind', 'MigrationKind'])(
    'has every %s',
    (name) => {
      const text = sectionOf(format, '## Plan') + sectionOf(format, '### Durations')
      for (const word of declared('src/model/plan.ts', name)) expect(text).toContain(`\`${word}\``)
    },
  )

  it.each([
    'Plan',
    'Migration',
    'UnplacedVm',
    'MaintainedNode',
    'NotMaintainedNode',
    'NotHomeVm',
    'PlanStatistics',
  ])('lists every key of %s', (name) => {
    const rows = rowsOf(sectionOf(format, '## Plan'))
    for (const key of declared('src/model/plan.ts', name)) expect([...rows.keys()]).toContain(key)
  })
})

describe('docs/cpu.md', () => {
  const rows = rowsOf(readPage('docs/cpu.md').text)

  it('has a row with the facts of every model', () => {
    for (const { name, vendor, generation, year, signatures, source } of cpuModels()) {
      const shown = signatures.map(
        ({ family, model, steppings }) =>
          `${family}-${model}${steppings === undefined ? '' : `-${steppings.join('..')}`}`,
      )
      expect(rows.get(name)).toEqual([vendor, generation, String(year), shown.join(', '), source])
    }
  })
})

describe('the example of docs/format.md', () => {
  const shown = blocksOf(format)
  const problem = parseJsonc(shown.find((b) => b.language === 'jsonc')?.text ?? '') as Problem
  const planned = JSON.parse(shown.find((b) => b.language === 'json')?.text ?? '') as Plan
  let fresh: Plan

  beforeAll(async () => {
    fresh = await plan(problem)
  })

  it('uses every key of the format', () => {
    const text = JSON.stringify(problem)
    const { problemSchema, nodeSchema, vmSchema, windowSchema, moveSchema } = schema
    const all = [problemSchema, nodeSchema, vmSchema, windowSchema, moveSchema]
    for (const key of all.flatMap((each) => Object.keys(each.entries))) expect(text).toContain(`"${key}":`)
  })

  it('has a plan that is right, and as good as the planner makes it', () => {
    expect(check(problem, planned)).toEqual([])
    const { status, proven, makespanSeconds, lowerBoundSeconds, cost, costLowerBound } = planned
    expect(fresh).toMatchObject({ status, proven, makespanSeconds, lowerBoundSeconds, cost, costLowerBound })
    expect(Object.keys(planned)).toEqual(Object.keys(fresh))
    expect(new Set(Object.keys(planned.statistics))).toEqual(new Set(Object.keys(fresh.statistics)))
  })

  const leg = (changed: Plan, vm: string) => changed.migrations.find((m) => m.vm === vm)!
  /** Works on the nodes from second 0 on, each after those before it. */
  const maintain = (p: Plan, q: Problem, nodes: string[]) => {
    q.request.drain = []
    q.request.maintenance = nodes.map((node, i) => ({ node, durationSeconds: 30, after: nodes.slice(0, i) }))
    p.maintenance = nodes.map((node) => ({ node, startSeconds: 0, endSeconds: 30, slackSeconds: 0 }))
  }
  /** One thing changed, and the rule that it breaks: docs/checker.md shows what the checker says. */
  const wrong: Record<ViolationRule, (changed: Plan, problem: Problem) => void> = {
    order: (p) => Object.assign(leg(p, 'sql-07'), { from: 'HV01' }),
    horizon: (_, q) => Object.assign(q.policy!, { horizonSeconds: 200 }),
    duration: (p) => Object.assign(leg(p, 'web-01'), { endSeconds: 55 }),
    blackout: (_, q) => Object.assign(q.vms[0], { maxBlackoutSeconds: 0.005 }),
    ways: (_, q) => Object.assign(q.vms[2], { ways: ['save'] }),
    slots: (p) => Object.assign(leg(p, 'web-01'), { startSeconds: 55, endSeconds: 64.781 }),
    width: (p, q) => {
      Object.assign(q.policy!, { wideMigrations: false })
      Object.assign(leg(p, 'web-01'), { slots: { from: 2, to: 1 } })
    },
    network: (p, q) => {
      Object.assign(q.networks![0], { mbps: 15_000 })
      Object.assign(leg(p, 'web-01'), { startSeconds: 55, endSeconds: 64.781 })
    },
    limit: (p, q) => {
      Object.assign(q.policy!, { concurrentMigrations: 1 })
      Object.assign(leg(p, 'build-01'), { startSeconds: 20, endSeconds: 22 })
    },
    serial: (_, q) => {
      for (const vm of q.vms) if (['web-01', 'licence-01'].includes(vm.id)) vm.serial = ['batch']
    },
    sequence: (_, q) => Object.assign(q.request, { order: [['sql-07', 'file-01']] }),
    deadline: (_, q) => Object.assign(q.request.moves![0], { by: 20 }),
    window: (p) => Object.assign(leg(p, 'sql-07'), { startSeconds: 50, endSeconds: 89.539 }),
    'cpu-vendor': (p) => Object.assign(leg(p, 'licence-01'), { kind: 'live' }),
    'cpu-features': (p) => Object.assign(leg(p, 'sql-07'), { to: 'HV01' }),
    memory: (_, q) => Object.assign(q.nodes[1], { memoryMiB: 40000 }),
    vcpus: (_, q) => Object.assign(q.nodes[1], { cores: 2 }),
    devices: (_, q) => Object.assign(q.nodes[1], { devices: {} }),
    'allowed-nodes': (p) => Object.assign(leg(p, 'sql-07'), { to: 'HV01' }),
    'anti-affinity': (p) => Object.assign(leg(p, 'sql-07'), { to: 'HV01' }),
    affinity: (p) => Object.assign(leg(p, 'web-01'), { to: 'HV01' }),
    'node-state': (_, q) => Object.assign(q.nodes[1], { state: 'paused' }),
    request: (p) => Object.assign(p, { migrations: p.migrations.filter((m) => m.vm !== 'web-01') }),
    balance: (_, q) => Object.assign(q.request, { balance: { of: ['memory'], within: 0.1 } }),
    work: (p, q) => maintain(p, q, ['HV03']),
    'work-order': (p, q) => maintain(p, q, ['HV01', 'HV02']),
    'work-limit': (p, q) => maintain(p, q, ['HV01', 'HV02']),
    home: (p, q) => {
      maintain(p, q, ['HV03'])
      Object.assign(q.policy!, { returnHome: true })
    },
    parking: (p) => Object.assign(leg(p, 'web-01'), { parking: true }),
    rounds: (p) => Object.assign(leg(p, 'sql-07'), { round: 5 }),
    figures: (p) => Object.assign(p, { makespanSeconds: 210 }),
  }

  it.each(Object.entries(wrong))('docs/checker.md shows what %s says', (rule, change) => {
    const changed = structuredClone({ problem, planned })
    change(changed.planned, changed.problem)
    const found = check(changed.problem, changed.planned).filter((violation) => violation.rule === rule)
    const quoted = [...sectionOf(checker, `### \`${rule}\``).matchAll(/^> (.*)$/gm)].map((match) => match[1])
    expect(quoted).toHaveLength(1)
    expect(found.map((violation) => violation.message)).toContain(quoted[0])
  })

  it('docs/checker.md has every rule, and no others', () => {
    const headings = [...checker.text.matchAll(/^### `(.*)`$/gm)].map((match) => match[1])
    expect(new Set(headings)).toEqual(new Set(declared('src/model/plan.ts', 'ViolationRule')))
    expect(new Set(headings)).toEqual(new Set(Object.keys(wrong)))
    expect([...rowsOf(sectionOf(checker, '## What a violation has')).keys()]).toEqual(
      declared('src/model/plan.ts', 'Violation'),
    )
  })
})

describe('docs/explain.md', () => {
  const explain = readPage('docs/explain.md')
  const file = 'src/model/explanation.ts'

  it.each([
    ['## The explanation', 'Explanation'],
    ['### Bound', 'BoundExplanation'],
    ['### Node', 'NodeExplanation'],
  ])('%s lists the keys of %s, and no others', (heading, name) => {
    expect([...rowsOf(sectionOf(explain, heading)).keys()].sort()).toEqual(declared(file, name).sort())
  })

  it.each([
    ['### VM', ['VmExplanation', 'NodeForVm', 'Obstacle', 'WayToNode', 'Blocked', 'CompatibilityView']],
    ['### Change', ['Change', 'Relaxation', 'RuledOut']],
    ['### Node', ['NodeMigration', 'NodeSegment', 'NodeActivity']],
    ['### Bound', ['ExplainedWindow']],
    ['## Changes', ['RelaxationKind']],
  ])('%s has every word of %j', (heading, names) => {
    const text = sectionOf(explain, heading)
    for (const word of names.flatMap((name) => declared(file, name))) expect(text).toContain(`\`${word}\``)
  })
})

describe('docs/import.md', () => {
  const page = readPage('docs/import.md')

  it.each([
    ['### Columns of nodes', ALL_NODE_COLUMNS],
    ['### Columns of VMs', ALL_VM_COLUMNS],
    ['## Moves', Object.values(MOVE_COLUMNS)],
    ['## Windows', Object.values(WINDOW_COLUMNS)],
  ])('%s has every column with its other names, and no others', (heading, columns) => {
    const rows = rowsOf(sectionOf(page, heading))
    expect(new Set(rows.keys())).toEqual(new Set(columns.map(({ name }) => name)))
    for (const { name, ...column } of columns) {
      const aliases = 'aliases' in column ? (column.aliases ?? []) : []
      expect(rows.get(name)?.[0], name).toBe(aliases.map((alias) => `\`${alias}\``).join(', '))
    }
  })

  it('has every source', () => {
    const rows = rowsOf(page.text.slice(0, page.text.indexOf('```')))
    expect([...rows.keys()]).toEqual(IMPORT_SOURCES)
    for (const source of IMPORT_SOURCES)
      expect(rows.get(source)?.[0].replace(/\[([^\]]*)\]\([^)]*\)/, '$1')).toBe(SOURCES[source].files)
  })
})

describe('docs/library.md', () => {
  it.each([
    ['## `plan(problem, options?)`', 'src/plan-options.ts', 'PlanOptions'],
    ['## `explain(problem, options?)`', 'src/explain/options.ts', 'ExplainOptions'],
    ['## `importProblem(source, files, options?)`', 'src/import/options.ts', 'ImportOptions'],
    ['## Progress', 'src/solver/progress.ts', 'Progress'],
  ])('%s lists the keys of %s, and no others', (heading, file, name) => {
    expect([...rowsOf(sectionOf(library, heading)).keys()]).toEqual(declared(file, name))
  })

  it('has every word of quiet, of CPUs and of errors', () => {
    const quiets = [...rowsOf(sectionOf(library, '## `quiet(problem, plan, options)`')).keys()]
    const words = [
      ...declared('src/quiet/options.ts', 'QuietOptions'),
      ...declared('src/model/quiet.ts', 'Quiet'),
    ]
    expect(new Set(quiets)).toEqual(new Set(words))
    for (const name of ['QuietSpan', 'QuietBest', 'QuietNode', 'QuietVm', 'QuietWindow']) {
      for (const word of declared('src/model/quiet.ts', name)) expect(library.text).toContain(word)
    }
    const cpus = [...rowsOf(sectionOf(library, '## CPUs')).keys()]
    expect(cpus).toEqual([
      ...declared('src/model/cpu/table.ts', 'CpuModel'),
      ...declared('src/model/cpu/compare.ts', 'CpuComparison').filter((key) => cpus.includes(key)),
    ])
    for (const name of ['CpuComparison', 'CpuMove'])
      for (const key of declared('src/model/cpu/compare.ts', name))
        expect(sectionOf(library, '## CPUs')).toContain(`\`${key}`)
    const errors = rowsOf(sectionOf(library, '## Errors'))
    const classes = [
      ...readFileSync(join(root, 'src/errors.ts'), 'utf8').matchAll(/class (\w+) extends PlannerError/g),
    ]
    expect(new Set(errors.keys())).toEqual(new Set(classes.map((match) => match[1])))
  })
})
