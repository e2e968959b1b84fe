import { defineConfig } from 'vitest/config'

/** They hold the planner to the clock: after the others, alone. */
const CLOCK = ['test/solver/run.test.ts']

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
          exclude: ['test/**/*.{heavy,pwsh}.test.ts', ...CLOCK],
          maxWorkers: 2,
        },
      },
      {
        extends: true,
        test: { name: 'clock', include: CLOCK, maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
    ],
  },
})
