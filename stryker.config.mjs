/**
 * Mutation testing: what the tests do not see. MUTATE names the room (check, model, bounds); each is run against its own tests.
 * The checker is mutated whole; of the files of model and bounds, in order of their paths, the fifth and every tenth after it.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'

const ROOMS = {
  check: { source: 'src/check', tests: 'test/check' },
  model: { source: 'src/model', tests: 'test/model' },
  bounds: { source: 'src/solver/bounds', tests: 'test/solver/bounds' },
}

const filesOf = ({ source }) =>
  readdirSync(source, { recursive: true })
    .map((file) => join(source, file))
    .filter((file) => file.endsWith('.ts'))
    .sort()

const name = process.env.MUTATE ?? 'check'
const room = ROOMS[name]
if (room === undefined) throw new Error(`MUTATE is one of ${Object.keys(ROOMS).join(', ')}, not ${name}`)
const tenth = [...filesOf(ROOMS.model), ...filesOf(ROOMS.bounds)].filter((_, index) => index % 10 === 4)

export default {
  mutate: filesOf(room).filter((file) => name === 'check' || tenth.includes(file)),
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner'],
  vitest: { configFile: 'vitest.mutation.config.ts', dir: room.tests, related: false },
  coverageAnalysis: 'perTest',
  concurrency: 1,
  // Stryker cannot read the configuration of TypeScript 7. Vitest strips types, and checks none.
  tsconfigFile: 'none.json',
  tempDirName: `build/stryker-${name}`,
  ignorePatterns: ['build', 'dist', 'bench', 'docs', 'examples', 'collect'],
  reporters: ['clear-text', 'json', 'html'],
  clearTextReporter: { logTests: false, reportTests: false },
  jsonReporter: { fileName: `build/mutation/${name}.json` },
  htmlReporter: { fileName: `build/mutation/${name}.html` },
  thresholds: { high: 95, low: 90, break: 85 },
}
