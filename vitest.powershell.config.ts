/** What runs in a real PowerShell, by the hundred: a step of .ci/run. `npm cit` has a sample of it. */
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: { include: ['test/**/*.pwsh.test.ts'], maxWorkers: 2, testTimeout: 300_000, hookTimeout: 60_000 },
})
