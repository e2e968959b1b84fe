/** Whole pages, as a reader sees them. */
import { describe, expect, it } from 'vitest'
import { planToTable } from '../../src/io/table/plan.js'
import type { TableOptions } from '../../src/io/table/theme.js'
import { largePlan, maintenanceNight, smallPlan } from './fixtures.js'

function options(width: number, rest: Partial<TableOptions> = {}): TableOptions {
  return { width, color: false, ascii: false, all: false, ...rest }
}

function page(sample: ReturnType<typeof smallPlan>, table: TableOptions): string {
  return planToTable(sample.plan, sample.problem, table)
}

describe('a night with everything in it', () => {
  it.each([60, 100, 160] as const)('reads as reviewed at width %i', (width) => {
    expect(page(maintenanceNight(), options(width))).toBe(NIGHT[width])
  })

  it('has colours only where they are asked for, and the same text under them', () => {
    const plain = page(maintenanceNight(), options(100))
    const coloured = page(maintenanceNight(), options(100, { color: true }))
    expect(plain).not.toContain('\x1b')
    expect(coloured).toContain('\x1b[36m▀▀')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with one
    expect(coloured.replace(/\x1b\[[0-9;]*m/g, '').replace(/ +$/gm, '')).toBe(plain.replace(/ +$/gm, ''))
  })

  it('has what it comes to at the end, where that is asked for', () => {
    const first = page(maintenanceNight(), options(100))
    const last = page(maintenanceNight(), options(100, { summaryLast: true }))
    const [summary, ...details] = first.trimEnd().split('\n\n')
    expect(last.trimEnd().split('\n\n')).toEqual([...details, summary])
  })

  it('is all ASCII where it has to be', () => {
    expect(page(maintenanceNight(), options(100, { ascii: true }))).toMatch(/^[\x20-\x7e\n]+$/)
  })
})

describe('a small plan', () => {
  it('counts from the start where the problem has none, in ASCII', () => {
    expect(page(smallPlan(), options(60, { ascii: true }))).toBe(SMALL)
  })
})

describe('a large plan', () => {
  it('shows the busiest nodes, folds the idle ones, and dates what crosses midnight', () => {
    const text = page(largePlan(40, 30), options(80))
    expect(text).toContain(LARGE_CHART)
  })

  it('lists 200 migrations, or all of them', () => {
    const sample = largePlan(30, 230)
    const cut = page(sample, options(80))
    expect(cut).toContain('vm-0200')
    expect(cut).not.toContain('vm-0201')
    expect(cut).toContain('  and 30 more (--all lists them)\n')
    const all = page(sample, options(80, { all: true }))
    expect(all).toContain('vm-0230')
    expect(all).not.toContain('--all')
    expect(all).toContain('  HV030  ▄')
  })
})

const HEADING = `prod-cluster-01 · partial: 1 VM left unplaced
  start        2026-11-23 20:00:00 +01:00, ends 20:20:35
  makespan     0:20:35 (1234.567 s)
  all but 2    0:11:40, 0:08:55 sooner; last: file-01, web-02
  lower bound  0:19:51 (1190.5 s), by matching-lp
  gap          3.57 %
`

const OUTCOME = `
Drained nodes
  node   empty at   seconds
  HV01   20:20:35  1234.567
  HV03  not empty

Unplaced VMs (1)
  ! legacy-02: CPU features (HV04 lacks avx512f)
      memory: HV02; CPU features: HV04
      remedy: restart in compatibility mode moves it to HV04

Warnings (1)
`

const NIGHT = {
  60: `${HEADING.replace(' web-02', '\n               web-02')}  cost         1884.567 s (makespan + 650 s of penalties: 1
               offload lost, 2 CPU features lost, 1
               restart); bound 1840.5 s
  migrations   6 in 4 rounds, timeline
  runtime      0.21 s, 900,000 evaluations, seed 0

Nodes
        ╷20:00     ╷20:05     ╷20:10      ╷20:15        busy
  HV01  ▒▒▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀·············▀▀▀▀▀▀▀  66%
  HV02  ▒▒▄▄▄▄▄▄▄▄▄▄▄▄▄·······░░░░░░░░░░░░▄▄▄▄▄▄▄······  39%
  HV03  ▒▒▀▀▀▀▀▀────────·······························  12%
  HV04  ▒▒▄▄▄▄▄▄───────▄▄▄▄▄▄▄▄▄▄▄▄·······▀▀▀▀▀▀▄▄▄▄▄▄▄  64%
        ▀ sends  ▄ receives  ─ restart or save
        ░ backup window  ▒ blackout window

Migrations
  round     start       end  seconds  VM       from     to
      0  20:01:00  20:06:31    331.3  sql-07   HV01  →  HV02
      loses rdma; blackout 1.4 s
      0  20:01:00  20:03:35    154.5  web-02   HV03  →  HV04
      parks here, moves on later
      1  20:03:35  20:06:35    180.0  ad-01    HV03  →  HV04
      restart; loses CPU avx512f, avx512vl; blackout 180 s
      1  20:06:31  20:11:40    308.8  web-01   HV01  →  HV04
      2  20:15:00  20:17:35    154.6  web-02   HV04  →  HV02
      3  20:17:35  20:20:35    180.0  file-01  HV01  →  HV04
${OUTCOME}  ! backup-missed, web-01, HV01: leaves HV01 before its
    backup at 23:00 and finds no later one on HV04: this run
    leaves it without a backup
`,
  100: `${HEADING}  cost         1884.567 s (makespan + 650 s of penalties: 1 offload lost, 2 CPU features lost, 1
               restart); bound 1840.5 s
  migrations   6 in 4 rounds, timeline
  runtime      0.21 s, 900,000 evaluations, seed 0

Nodes
        ╷20:00               ╷20:05               ╷20:10               ╷20:15                   busy
  HV01  ▒▒▒▒▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀························▀▀▀▀▀▀▀▀▀▀▀▀▀  66%
  HV02  ▒▒▒▒▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄··············░░░░░░░░░░░░░░░░░░░░░▄▄▄▄▄▄▄▄▄▄▄▄············  39%
  HV03  ▒▒▒▒▀▀▀▀▀▀▀▀▀▀▀─────────────···························································  12%
  HV04  ▒▒▒▒▄▄▄▄▄▄▄▄▄▄▄─────────────▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄·············▀▀▀▀▀▀▀▀▀▀▀▄▄▄▄▄▄▄▄▄▄▄▄▄  64%
        ▀ sends  ▄ receives  ─ restart or save  ░ backup window  ▒ blackout window

Migrations
  round     start       end  seconds  VM       from     to    kind     blackout s
      0  20:01:00  20:06:31    331.3  sql-07   HV01  →  HV02  live           1.40
      loses rdma
      0  20:01:00  20:03:35    154.5  web-02   HV03  →  HV04  live           0.10
      parks here, moves on later
      1  20:03:35  20:06:35    180.0  ad-01    HV03  →  HV04  restart      180.00
      loses CPU avx512f, avx512vl
      1  20:06:31  20:11:40    308.8  web-01   HV01  →  HV04  live           0.10
      2  20:15:00  20:17:35    154.6  web-02   HV04  →  HV02  live           0.10
      3  20:17:35  20:20:35    180.0  file-01  HV01  →  HV04  live           0.40
${OUTCOME}  ! backup-missed, web-01, HV01: leaves HV01 before its backup at 23:00 and finds no later one on
    HV04: this run leaves it without a backup
`,
  160: `${HEADING}  cost         1884.567 s (makespan + 650 s of penalties: 1 offload lost, 2 CPU features lost, 1 restart); bound 1840.5 s
  migrations   6 in 4 rounds, timeline
  runtime      0.21 s, 900,000 evaluations, seed 0

Nodes
        ╷20:00        ╷20:02        ╷20:04        ╷20:06         ╷20:08        ╷20:10        ╷20:12         ╷20:14        ╷20:16        ╷20:18              busy
  HV01  ▒▒▒▒▒▒▒▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀·········································▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀  66%
  HV02  ▒▒▒▒▒▒▒▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄························░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄·····················  39%
  HV03  ▒▒▒▒▒▒▒▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀─────────────────────····································································································  12%
  HV04  ▒▒▒▒▒▒▒▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄─────────────────────▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄·······················▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄  64%
        ▀ sends  ▄ receives  ─ restart or save  ░ backup window  ▒ blackout window

Migrations
  round     start       end  seconds  VM       from     to    kind     blackout s  notes
      0  20:01:00  20:06:31    331.3  sql-07   HV01  →  HV02  live           1.40  loses rdma
      0  20:01:00  20:03:35    154.5  web-02   HV03  →  HV04  live           0.10  parks here, moves on later
      1  20:03:35  20:06:35    180.0  ad-01    HV03  →  HV04  restart      180.00  loses CPU avx512f, avx512vl
      1  20:06:31  20:11:40    308.8  web-01   HV01  →  HV04  live           0.10
      2  20:15:00  20:17:35    154.6  web-02   HV04  →  HV02  live           0.10
      3  20:17:35  20:20:35    180.0  file-01  HV01  →  HV04  live           0.40
${OUTCOME}  ! backup-missed, web-01, HV01: leaves HV01 before its backup at 23:00 and finds no later one on HV04: this run leaves it without a backup
`,
}

const SMALL = `sample - optimal (proven)
  makespan     0:01:31 (90.5 s)
  lower bound  0:01:31 (90.5 s), by matching-lp
  gap          0 %
  cost         90.5 s (the makespan, no penalties); bound
               90.5 s
  migrations   3 in 2 rounds, timeline
  runtime      0.21 s, 900,000 evaluations, seed 0

Nodes
        |0     |15s    |30s    |45s    |1m    |1m15     busy
  A     >>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>...............  66%
  B     <<<<<<<<<<<<<<<<<..............>>>>>>>>>>>>>>>>  68%
  C     ................<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<  65%
        > sends  < receives

Migrations
  all: live, blackout 0.10 s
  round  start (s)  end (s)  seconds  VM    from      to
      0        0.0     31.3     31.3  vm-1  A     ->  B
      0       31.3     60.0     28.8  vm-3  A     ->  C
      1       60.0     90.5     30.5  vm-2  B     ->  C
`

const LARGE_CHART = `Nodes
         ╷23:50       ╷01-01       ╷00:10        ╷00:20       ╷00:30        busy
  HV001  ▀▀▀·······························································   3%
  HV002  ··▀▀▀·····························································   3%
  HV003  ····▀▀▀···························································   3%
  HV004  ······▀▀▀·························································   3%
  HV005  ········▀▀▀▀······················································   3%
  HV006  ···········▀▀▀····················································   3%
  HV007  ·············▀▀▀··················································   3%
  HV008  ···············▀▀▀················································   3%
  HV009  ·················▀▀▀▀·············································   3%
  HV010  ····················▀▀▀···········································   3%
  HV011  ······················▀▀▀·········································   3%
  HV012  ························▀▀▀·······································   3%
  HV013  ··························▀▀▀·····································   3%
  HV014  ····························▀▀▀▀··································   3%
  HV015  ·······························▀▀▀································   3%
  HV016  ·································▀▀▀······························   3%
  HV017  ···································▀▀▀····························   3%
  HV018  ·····································▀▀▀··························   3%
  HV019  ·······································▀▀▀▀·······················   3%
  HV020  ··········································▀▀▀·····················   3%
  HV021  ············································▀▀▀···················   3%
  HV022  ··············································▀▀▀·················   3%
  HV023  ················································▀▀▀···············   3%
  HV040  ▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄ 100%
         ▀ sends  ▄ receives
  7 more nodes busy for at most 0:01:38 each (--all shows them)
  9 nodes without migrations: HV031, HV032, HV033, HV034, HV035, HV036, HV037,
  HV038, HV039

Migrations
  all: to HV040, live, blackout 0.10 s
  round           start             end  seconds  VM       from
      0  12-31 23:50:00  12-31 23:51:40    100.0  vm-0001  HV001
`
