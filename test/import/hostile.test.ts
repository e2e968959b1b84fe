/** Whatever the files hold, an import gives a valid problem or its own error, and soon. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { IMPORT_SOURCES, ImportError, type ImportOptions, importProblem } from '../../src/index.js'
import { resolveProblem } from '../../src/model/validate.js'
import { cases } from '../cases.js'
import { HOSTILE_IDS } from '../io/hostile.js'
import { file, importCsv, NODES, VMS } from './files.js'

/** The problem is valid, or the error is the import's. */
async function survives(work: Promise<{ problem: unknown }>): Promise<'problem' | 'fault'> {
  try {
    resolveProblem((await work).problem)
    return 'problem'
  } catch (error) {
    if (!(error instanceof ImportError)) throw error
    expect(error.issues.length).toBeGreaterThan(0)
    for (const { origin, message } of error.issues) {
      expect(origin.file).not.toBe('')
      expect(message.length).toBeLessThan(2_000)
    }
    return 'fault'
  }
}

const NODE_HEADERS = 'id cpu memoryMiB vendor features slots state migration offloads'.split(' ')
const VM_HEADERS = 'vm node memory state priority allowedNodes bootNode dirtyMiBps antiAffinity'.split(' ')
const WINDOW_HEADERS = ['scope', 'vm', 'node', 'start', 'end', 'duration', 'rrule', 'kind']
const MOVE_HEADERS = ['vm', 'to', 'durationSeconds']

const WORDS =
  `HV01 hv01.corp HV02 web-01 1 1024 1.024 -1 0 1e9 running up off Intel EPYC Icelake-Server 6-85 high true
  save 2026-11-24T20:00:00+01:00 FREQ=SECONDLY FREQ=DAILY;COUNT=3 vm: node:HV01 cluster backup __proto__ constructor
  toString =1+1 "`.split(/\s+/)
const ODD = ['', '64 GiB', '9'.repeat(60), 'avx2 sse4_2', '\u202e', '\ud800', 'a\nb']
const cell = fc.oneof(
  fc.constantFrom(...WORDS, ...ODD, ...HOSTILE_IDS),
  fc.string({ unit: 'binary', maxLength: 20 }),
)

const table = (headers: readonly string[]) =>
  fc
    .tuple(
      fc.oneof(fc.constant([...headers]), fc.subarray([...headers]), fc.shuffledSubarray([...headers])),
      fc.array(fc.array(cell, { minLength: headers.length, maxLength: headers.length }), { maxLength: 5 }),
      fc.constantFrom(',', ';', '\t'),
      fc.boolean(),
    )
    .map(([names, rows, delimiter, quoted]) =>
      [names, ...rows.map((row) => row.slice(0, names.length))]
        .map((row) => row.map((each) => (quoted ? `"${each.replaceAll('"', '""')}"` : each)).join(delimiter))
        .join('\n'),
    )

describe('an import', () => {
  it('survives any bytes, of any source', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...IMPORT_SOURCES),
        fc.array(fc.uint8Array({ maxLength: 100 }), { minLength: 1, maxLength: 3 }),
        fc.boolean(),
        async (source, contents, recoded) => {
          const files = contents.map((bytes, i) => ({ name: `f${i}`, bytes }))
          expect(
            await survives(importProblem(source, files, recoded ? { encoding: 'windows-1252' } : {})),
          ).toBe('fault')
        },
      ),
      { numRuns: cases(1100) },
    )
  })

  it('survives any tables', async () => {
    let problems = 0
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(table(NODE_HEADERS), fc.constant(NODES)),
        fc.oneof(table(VM_HEADERS), fc.constant(VMS)),
        fc.option(table(MOVE_HEADERS), { nil: undefined }),
        fc.option(table(WINDOW_HEADERS), { nil: undefined }),
        fc.boolean(),
        async (nodes, vms, moves, windows, dated) => {
          const options: ImportOptions = { cpu: [{ value: 'Icelake-Server' }] }
          if (moves !== undefined) options.moves = file('m', moves)
          if (windows !== undefined) options.windows = [file('w', windows)]
          if (dated) options.start = '2026-11-24T19:00:00Z'
          if ((await survives(importCsv(nodes, vms, options))) === 'problem') problems++
        },
      ),
      { numRuns: cases(3300) },
    )
    expect(problems).toBeGreaterThan(0)
  })

  it('keeps any name that it takes, to the letter', async () => {
    const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`
    for (const id of HOSTILE_IDS) {
      const name = Buffer.from(id).toString().replace(/\r\n?/g, '\n').trim()
      const vms = `id,node,memoryMiB\n${quoted(name)},HV01,1\n`
      const { problem } = await importCsv(NODES, vms)
      expect(problem.vms[0].id).toBe(name)
    }
  })

  it('takes ten thousand VMs at once', async () => {
    const rows = Array.from({ length: 10_000 }, (_, i) => `vm-${i},HV0${1 + (i % 2)},1\n`).join('')
    const { problem } = await importCsv(NODES, `id,node,memoryMiB\n${rows}`, { drain: ['HV01'] })
    expect(problem.vms).toHaveLength(10_000)
    const lost = rows.replace(/vm-(\d+),HV0\d/g, 'vm-$1,HW$1')
    const wrong = importCsv(NODES, `id,node,memoryMiB\n${lost}`)
    const error = await wrong.catch((reason: unknown) => reason)
    expect((error as ImportError).issues).toHaveLength(1_001)
    expect((error as ImportError).message.length).toBeLessThan(10_000)
  })
})
