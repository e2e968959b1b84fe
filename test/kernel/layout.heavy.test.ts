/** The records of assembly/layout.mjs in another order: builds the kernel, the sources and the C once more. */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { loadKernel } from '../../src/kernel/kernel.js'
import { SEARCH_TASK } from '../../src/kernel/records.js'
import type { Kernel, SingleNodeProblem } from '../../src/kernel/types.js'
import { mixedModes, randomList } from './multi-mode-problems.js'
import { mixedProblem, plainProblem, random, shuffled } from './schedule-problems.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const COPIED = [
  'assembly',
  'bench/micro',
  'bench/native',
  'bench/micro.mjs',
  'bench/random.mjs',
  'scripts',
  'src',
]
const SETTINGS = ['asconfig.json', 'package.json', 'tsconfig.json', 'tsconfig.build.json']
/** In place of assembly/layout.mjs: the fields of every record in reverse. */
const REVERSED = `import { CONSTANTS, RECORDS as AS_THEY_ARE } from './as-they-are.mjs'
const reversed = (fields) => Object.fromEntries(Object.entries(fields).reverse())
const entries = Object.entries(AS_THEY_ARE).map(([name, record]) => [name, { ...record, fields: reversed(record.fields) }])
export const RECORDS = Object.fromEntries(entries)
export { CONSTANTS }
`

const JOBS: SingleNodeProblem = {
  classCount: 3,
  count: Int32Array.of(2, 3, 2),
  duration: Int32Array.of(7, 5, 11),
  forbiddenClass: Int32Array.of(0, 1, 0),
  forbiddenOffset: Int32Array.of(0, 2, 3),
  forbidden: Int32Array.of(6, 9, 30, 36, 12, 20),
  closed: new Int32Array(0),
  horizon: 1000,
  lower: 0,
  upper: 1000,
  maxExpanded: 1000,
}

/** What a kernel answers to all that goes through records and that bench/micro.mjs does not compare. */
function answers(kernel: Kernel): unknown[] {
  return [1, 2, 3, 4, 5, 6, 7, 8].map((seed) => {
    const next = random(seed)
    const problem = mixedProblem(next, 24)
    const order = shuffled(next, problem.taskCount)
    const slice = { evaluations: 80, spent: 0, total: 80, seed }
    const modes = mixedModes(next, 12)
    const search = kernel.createExactSearch(plainProblem(random(seed), 16, 5))
    search.begin({ target: 2000, hint: new Int32Array(16).fill(-1), guided: seed % 2 === 0 })
    return [
      ...(['serial', 'event', 'rounds'] as const).map((scheme) =>
        kernel.createScheduler(problem).anneal({ ...slice, scheme, order, target: -1 }),
      ),
      kernel
        .createMultiModeScheduler(modes)
        .anneal({ ...slice, ...randomList(next, modes), target: 0, enough: 0 }),
      kernel.createExactSearch(mixedProblem(random(seed), 10)).rootBound(0, 5000),
      search.run(200),
      kernel.singleNode(JOBS),
    ]
  })
}

describe('the order of fields', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vmferry-layout-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  const run = (...args: string[]) => execFileSync(process.execPath, args, { cwd: folder, stdio: 'pipe' })

  it('is free: reversed, kernel, twins and C agree as before, with no other edit', async () => {
    for (const path of [...COPIED, ...SETTINGS])
      cpSync(join(root, path), join(folder, path), { recursive: true })
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction')
    renameSync(join(folder, 'assembly/layout.mjs'), join(folder, 'assembly/as-they-are.mjs'))
    writeFileSync(join(folder, 'assembly/layout.mjs'), REVERSED)
    run('scripts/build-kernel.mjs')
    run('node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json')
    // Throws where kernel and twin, or kernel and C, differ.
    run('bench/micro.mjs', '--native', '--sizes', 'tiny', '--time', '0.1', '--rounds', '1')
    const built = (file: string) => import(pathToFileURL(join(folder, 'dist/kernel', file)).href)
    const { SEARCH_TASK: reversed } = await built('records.js')
    expect(reversed.words.est).toBeGreaterThan(SEARCH_TASK.words.est)
    const { loadKernel: loadReversed } = await built('kernel.js')
    expect(answers(await loadReversed())).toEqual(answers(await loadKernel()))
  })
})
