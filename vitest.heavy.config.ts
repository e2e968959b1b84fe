/** What takes minutes: files of that name, and all random cases of those that count them by `test/cases.ts`. A step of .ci/run. */
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: [
      'test/**/*.heavy.test.ts',
      'test/{check,explain,import,io,kernel,lp,model,replan,schema,solver}/**/*.test.ts',
    ],
    exclude: ['test/**/*.{pwsh,redis}.test.ts'],
    env: { VMFERRY_TEST_CASES: 'all' },
    maxWorkers: 2,
    testTimeout: 600_000,
  },
})
