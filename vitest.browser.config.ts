/** The planner page in headless Chromium, served by `vmferry serve`: a step of .ci/run. Build first. */
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: { include: ['test/**/*.browser.test.ts'], maxWorkers: 1, testTimeout: 120_000, hookTimeout: 60_000 },
})
