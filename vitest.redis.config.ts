/** What needs a real Redis: a step of .ci/run. */
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: { include: ['test/**/*.redis.test.ts'], maxWorkers: 1, testTimeout: 300_000, hookTimeout: 60_000 },
})
