/** The tests that count their random cases by `test/cases.ts`, with all of them: a step of .ci/run. `npm cit` takes a tenth. */
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/{check,kernel,lp,model,solver}/**/*.test.ts'],
    env: { VMFERRY_TEST_CASES: 'all' },
    maxWorkers: 2,
    testTimeout: 300_000,
  },
})
