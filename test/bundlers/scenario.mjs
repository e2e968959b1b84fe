// What an embedder does with the library, as plain data: bundled or not, in Node or in a page, it must come out the same. scripts/check-bundlers.mjs
// bundles it and runs it.
import { check, explain, importProblem, parseProblem, plan, readCalendarWindows, Workers } from 'vmferry'

const node = (id) => ({ id, cpu: { model: 'Icelake-Server' }, memoryMiB: 262144, migrationMbps: 10000 })

const withRules = {
  version: 1,
  start: '2026-11-23T20:00:00+01:00',
  nodes: [node('HV01'), node('HV02'), node('HV03')],
  vms: [
    { id: 'web-01', node: 'HV01', memoryMiB: 8192, dirtyMiBps: 20 },
    { id: 'sql-01', node: 'HV01', memoryMiB: 65536, dirtyMiBps: 100 },
  ],
  windows: [
    { node: 'HV02', start: '2026-11-20T19:55:00+01:00', durationSeconds: 900, rrule: 'FREQ=DAILY' },
    { vm: 'sql-01', start: '2026-11-16T20:00:00+01:00', durationSeconds: 600, rrule: 'FREQ=WEEKLY;BYDAY=MO' },
  ],
  request: { drain: ['HV01'] },
}

/** A ring of odd length in which every node also exchanges with those next to its neighbours: more rows than the small LP backend takes. */
function bigRing(nodeCount) {
  const ids = Array.from({ length: nodeCount }, (_, n) => `N${n}`)
  const moves = ids.flatMap((_, n) =>
    [1, 2, 3, 4, 5].map((step) => ({
      vm: `vm-${n}-${step}`,
      to: ids[(n + step) % nodeCount],
      durationSeconds: 20 + ((n * 7 + step * 13) % 17),
    })),
  )
  const vms = moves.map(({ vm }) => ({ id: vm, node: `N${vm.split('-')[1]}`, memoryMiB: 1024 }))
  return { version: 1, nodes: ids.map(node), vms, request: { moves } }
}

const csv = [
  ['nodes.csv', 'node,cpu,memory (GiB)\nA,Xeon Gold 6248,256\nB,Xeon Gold 6248,256\n'],
  ['vms.csv', 'vm,node,memory (GiB)\na,A,8\nb,A,16\n'],
].map(([name, text]) => ({ name, bytes: new TextEncoder().encode(text) }))

const calendar = `BEGIN:VCALENDAR
BEGIN:VEVENT
DTSTART;TZID=Europe/Berlin:20261020T020000
DURATION:PT3H
RRULE:FREQ=WEEKLY
LOCATION:vm: sql-01
END:VEVENT
END:VCALENDAR
`

/** Without what depends on the clock, and on where linear programs are solved. */
const stable = ({ statistics: { runtimeSeconds: _, lp: __, ...statistics }, ...rest }) => ({
  ...rest,
  statistics,
})

/**
 * @param workbook a workbook of RVTools: an xlsx file
 * @param options of `Workers`; undefined: where the bundler puts the worker is its affair
 */
export async function scenario(workbook, options) {
  const planned = await plan(parseProblem(withRules))
  const explained = await explain(withRules, { effort: 1 })
  const imported = await importProblem('csv', csv, { drain: ['A'] })
  const fromWorkbook = await importProblem('rvtools', [{ name: 'rvtools.xlsx', bytes: workbook }], {
    mbps: [{ value: 25000 }],
  })
  const windows = await readCalendarWindows(calendar, { start: withRules.start, horizonSeconds: 604800 })
  const ring = await plan(bigRing(61), { effort: 1 })
  const workers = new Workers({ size: 2, ...options })
  const pooled = await Promise.all([1, 2, 3].map((seed) => plan(withRules, { workers, seed })))
  workers.close()
  return {
    results: {
      planned: stable(planned),
      violations: check(withRules, planned),
      explained: explained.bound.sentences,
      imported: imported.problem,
      fromWorkbook: fromWorkbook.problem,
      windows,
      ring: stable(ring),
      pooled: pooled.map(({ makespanSeconds }) => makespanSeconds),
    },
    /** Why plans that share workers were not made in them; undefined: they were. */
    note: pooled.find(({ statistics }) => statistics.threadsNote !== undefined)?.statistics.threadsNote,
  }
}
