/** What stands in the pages' boxes for a shell is run in one, each page in a folder of its own that has the files it speaks of. It runs dist/: build first. */
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { planFingerprint } from '../../src/model/fingerprint.js'
import type { Plan } from '../../src/model/plan.js'
import type { Problem } from '../../src/model/problem.js'
import { plan } from '../../src/plan.js'
import { guid, vmRow } from '../import/hyperv/fixtures.js'
import { CASCADE_FLAGS } from '../import/inputs.js'
import { V_HOST, V_INFO } from '../import/rvtools/fixtures.js'
import { workbook } from '../import/workbooks.js'
import { blocksOf, pages, parseJsonc, readPage, root } from './markdown.js'

/** Appended to the pages' own: a measurement of minutes says as much of its command in a second. */
const FEWER: Record<string, string> = {
  'bench/generate.mjs': '--count 2',
  'bench/quality.mjs': '--seeds 1 --effort 1',
  'bench/micro.mjs': '--sizes tiny --time 1 --rounds 1',
  'bench/same-plans.mjs --out': '--filter triangle',
  'bench/same-plans.mjs --dist': '--filter triangle',
  'bench/startup.mjs': '--runs 3',
  'bench/threads.mjs': '--seeds 1 --effort 1',
  'bench/scale.mjs': '--sizes 60 --repeat 1 --effort 1',
}
/** Run elsewhere, or not at all, and why. */
const ELSEWHERE: [command: RegExp, why: string][] = [
  [/^npm (?:ci|cit|test|start|run)\b/, 'what .ci/run itself does: see below'],
  [/^npx vitest run /, 'what runs this'],
  [/^node bench\/peers\//, 'needs other solvers, which it installs'],
  [/^vmferry serve\b/, 'api.heavy.test.ts and test/server'],
  [/^vmferry .* --queue redis:/, 'test/batch/queue.redis.test.ts, with a Redis'],
]
/** PowerShell is tested in PowerShell. */
const POWERSHELL = {
  'docs/api.md': 'test/docs/api.pwsh.test.ts',
  'docs/collect.md': 'test/docs/tonight.pwsh.test.ts',
  'docs/import.md': 'test/import/hyperv/exports.test.ts',
  'docs/patch-night.md': 'test/docs/patch-night.pwsh.test.ts',
  'docs/runbook.md': 'test/io/runbook/works.pwsh.test.ts',
  'docs/tonight.md': 'test/docs/tonight.pwsh.test.ts',
}
/** Of the repository, as its commands see it. */
const LINKED = [
  'assembly',
  'asconfig.json',
  'bench',
  'dist',
  'examples',
  'node_modules',
  'package.json',
  'scripts',
  'src',
]

const folder = mkdtempSync(join(tmpdir(), 'vmferry-commands-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }), 60_000)

const START = '2026-11-23T20:00:00+01:00'
const cluster: Problem = {
  version: 1,
  name: 'monday',
  start: START,
  nodes: ['HV01', 'HV02', 'HV03'].map((id) => ({
    id,
    cpu: { model: 'Icelake-Server' },
    memoryMiB: 262_144,
    migrationMbps: 10_000,
  })),
  vms: Array.from({ length: 12 }, (_, i) => ({
    id: `vm-${i}`,
    node: i % 3 === 2 ? 'HV02' : 'HV01',
    memoryMiB: 2048 * (1 + (i % 5)),
  })),
  request: { drain: ['HV01'] },
}
const at = (seconds: number) => new Date(Date.parse(START) + seconds * 1000).toISOString()

/** Of a run in which everything took longer; the last two migrations have not begun. */
function journalOf(planned: Plan): string {
  const begin = {
    version: 1,
    event: 'begin',
    at: at(0),
    problem: planned.problem,
    plan: planFingerprint(planned),
    start: at(0),
    pollSeconds: 1,
  }
  let now = 0
  const entries = planned.migrations
    .slice(0, -2)
    .flatMap(({ vm, from, to, kind, startSeconds, endSeconds }) => {
      const begun = now
      now += 1.5 * (endSeconds - startSeconds) + 2
      const leg = { vm, from, to, kind, leg: 0 }
      return [
        { event: 'started', at: at(begun), ...leg },
        { event: 'ended', at: at(now), ...leg },
      ]
    })
  return [begin, ...entries].map((entry) => `${JSON.stringify(entry)}\n`).join('')
}

const calendar = (hour: string) =>
  `BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//x//EN\r\nBEGIN:VEVENT\r\nUID:${hour}\r\nDTSTAMP:20261101T000000Z\r\nDTSTART:20261123T${hour}0000Z\r\nDURATION:PT30M\r\nSUMMARY:backup\r\nX-VMFERRY-VM:vm-0\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n`
const hosts = ['HV01', 'HV02', 'HV03']
const handMade = {
  vms: hosts.map((host, i) => vmRow(i + 1, host)),
  hosts: hosts.map((Name) => ({
    Name,
    ComputerName: Name,
    MemoryCapacity: 274_877_906_944,
    MaximumVirtualMachineMigrations: 1,
    Id: guid(9),
  })),
  cpus: hosts.map((SystemName) => ({
    SystemName,
    PSComputerName: SystemName,
    Manufacturer: 'GenuineIntel',
    Caption: 'Intel64 Family 6 Model 106 Stepping 6',
    Description: 'Intel64 Family 6 Model 106 Stepping 6',
    Name: 'Intel(R) Xeon(R) Gold 6338 CPU @ 2.00GHz',
    NumberOfLogicalProcessors: 64,
  })),
}
const openShop = ['tai04_01', 'j7-per0-0'].map((name) => ({
  name,
  durations: [
    [3, 2],
    [2, 3],
  ],
  optimum: 5,
}))

/** Everything that the pages name. */
async function filesOfPages(): Promise<Record<string, string | Uint8Array>> {
  const planned = await plan(cluster)
  const problem = JSON.stringify(cluster)
  const document = JSON.stringify(planned)
  const journal = journalOf(planned)
  const other = { ...cluster, name: 'tuesday' }
  const otherPlan = await plan(other)
  const imports = (path: string) => readFileSync(join(root, 'examples/import', path), 'utf8')
  const nodes = imports('nodes.csv')
  const lines = nodes.trimEnd().split('\n')
  const lscpu = `Vendor ID: GenuineIntel\nFlags: ${CASCADE_FLAGS}\n`
  const complete = blocksOf(readPage('docs/format.md')).find(({ language }) => language === 'jsonc')!
  return {
    ...Object.fromEntries(
      ['PROBLEM', 'cluster', 'problem', 'mon', 'monday'].map((name) => [`${name}.json`, problem]),
    ),
    ...Object.fromEntries(['plan', 'mon-plan'].map((name) => [`${name}.json`, document])),
    ...Object.fromEntries(['run', 'mon'].map((name) => [`${name}.journal`, journal])),
    ...Object.fromEntries(['tue', 'tuesday'].map((name) => [`${name}.json`, JSON.stringify(other)])),
    'tue-plan.json': JSON.stringify(otherPlan),
    'tue.journal': journalOf(otherPlan),
    'clusters/a.json': problem,
    'rack-7.json': JSON.stringify(parseJsonc(complete.text)),
    'backups.ics': calendar('22'),
    'changes.ics': calendar('23'),
    'nodes.csv': nodes,
    'vms.csv': imports('vms.csv'),
    'hosts.csv': lines.map((line, i) => `${line};${i === 0 ? 'floor' : i}\n`).join(''),
    // As collected without -IncludeBackups.
    'vmferry-inventory.json': JSON.stringify({
      ...JSON.parse(imports('vmferry-inventory.json')),
      Backups: [],
    }),
    ...Object.fromEntries(
      Object.entries(handMade).map(([name, rows]) => [`${name}.json`, JSON.stringify(rows)]),
    ),
    ...Object.fromEntries(
      ['hv1', 'hv2', 'hv3'].flatMap((host) => [
        [`${host}.xml`, imports(`libvirt/${host}.xml`)],
        [`${host}.lscpu`, lscpu],
      ]),
    ),
    ...Object.fromEntries(
      readdirSync(join(root, 'examples/import/proxmox')).map((name) => [
        `export/${name}`,
        imports(`proxmox/${name}`),
      ]),
    ),
    ...Object.fromEntries(
      ['vInfo', 'vHost'].map((tab) => [`RVTools_tab${tab}.csv`, imports(`rvtools/RVTools_tab${tab}.csv`)]),
    ),
    'rvtools.xlsx': workbook({ vInfo: V_INFO, vHost: V_HOST }),
    'open-shop.json': JSON.stringify(openShop),
  }
}

interface Line {
  page: string
  text: string
}
const lines: Line[] = pages
  .flatMap(blocksOf)
  .filter(({ language }) => language === 'sh')
  .flatMap(({ page, text }) =>
    text.split('\n').map((line) => ({ page, text: line.replace(/\s#.*$/, '').trim() })),
  )
  .filter(({ text }) => text !== '')
const reasonOf = ({ text }: Line) => ELSEWHERE.find(([command]) => command.test(text))?.[1]
const run = lines.filter((line) => reasonOf(line) === undefined)
const homeOf = (page: string) => join(folder, page.replaceAll('/', '-').replace('.md', ''), 'checkout')

function fewer(text: string): string {
  const [, more] = Object.entries(FEWER).find(([start]) => text.startsWith(`node ${start}`)) ?? []
  return more === undefined ? text : `${text} ${more}`
}

beforeAll(async () => {
  const files = await filesOfPages()
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  writeFileSync(
    join(bin, 'vmferry'),
    `#!/bin/sh\nexec "${process.execPath}" "${join(root, 'dist/node/main.js')}" "$@"\n`,
  )
  chmodSync(join(bin, 'vmferry'), 0o755)
  for (const page of new Set(run.map((line) => line.page))) {
    const home = homeOf(page)
    mkdirSync(join(home, 'build'), { recursive: true })
    mkdirSync(join(home, 'problems/tight'), { recursive: true })
    for (const name of LINKED) symlinkSync(join(root, name), join(home, name))
    cpSync(join(root, 'examples/batch'), join(home, 'problems/tight'), { recursive: true })
    symlinkSync(root, join(home, '../other-checkout'))
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(home, name)), { recursive: true })
      writeFileSync(join(home, name), content)
    }
  }
}, 60_000)

describe('commands in the boxes for a shell', () => {
  it.each(run.map((line) => [line.page, line.text] as const))(
    '%s: %s',
    (page, text) => {
      const { status, stderr } = spawnSync('sh', ['-c', fewer(text)], {
        cwd: homeOf(page),
        env: { ...process.env, PATH: `${join(folder, 'bin')}${delimiter}${process.env.PATH}` },
        encoding: 'utf8',
        input: `${JSON.stringify(cluster)}\n`,
        timeout: 120_000,
      })
      expect([status, status === 0 ? '' : stderr]).toEqual([0, ''])
    },
    120_000,
  )
})

describe('what is not run here', () => {
  it('is known, and why', () => {
    for (const [command] of ELSEWHERE)
      expect(
        lines.some(({ text }) => command.test(text)),
        String(command),
      ).toBe(true)
    expect(run.length).toBeGreaterThan(50)
  })

  it('of npm is what .ci/run does', () => {
    const ci = readFileSync(join(root, '.ci/run'), 'utf8')
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>
    }
    /** Scripts of a script. */
    const within = (name: string): string[] => [
      name,
      ...[...(scripts[name] ?? '').matchAll(/npm run -s ([\w:]+)/g)].flatMap((match) => within(match[1]!)),
    ]
    const done = new Set([...ci.matchAll(/npm (?:run -s )?([\w:]+)/g)].flatMap((match) => within(match[1]!)))
    // `npm cit` is install and test; the example of `npm start` is one of `npm run examples`; mutation takes hours.
    for (const name of ['ci', 'test', 'start', 'test:mutation', 'build']) done.add(name)
    for (const { text } of lines.filter((line) => line.text.startsWith('npm ')))
      for (const match of text.matchAll(/npm (?:run -s )?([\w:]+)/g))
        expect([...done], text).toContain(match[1])
  })

  it('of PowerShell has a test', () => {
    const of = pages.filter((page) => blocksOf(page).some(({ language }) => language === 'powershell'))
    expect(of.map(({ path }) => path)).toEqual(Object.keys(POWERSHELL))
    for (const file of Object.values(POWERSHELL)) expect(readFileSync(join(root, file), 'utf8')).not.toBe('')
  })
})
