import { defineConfig } from 'vitest/config'

/** They hold the planner to the clock: after the others, alone. */
const CLOCK = ['test/solver/run.test.ts']
/** They watch modules that other files would have loaded before them. */
const APART = ['test/cli/resolved-once.test.ts']

export default defineConfig({
  test: {
    testTimeout: 30_000,
    pool: 'forks',
    projects: [
      {
        extends: true,
        test: {
          name: 'tests',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.{heavy,pwsh,browser,redis}.test.ts', ...CLOCK, ...APART],
          maxWorkers: 2,
          // Two processes for all files: a third of the time would go into loading the same modules for each.
          isolate: false,
        },
      },
      { extends: true, test: { name: 'apart', include: APART, maxWorkers: 2 } },
      {
        extends: true,
        test: { name: 'clock', include: CLOCK, maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
    ],
  },
})
