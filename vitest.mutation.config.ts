/** For Stryker: the same random cases in every run, no shrinking, and quick tests first, since the first that fails is enough. */
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

class QuickFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).reverse()
  }
}

export default defineConfig({
  test: {
    // In the folder that Stryker names.
    include: ['**/*.test.ts'],
    setupFiles: ['test/fixed-seed.ts'],
    sequence: { sequencer: QuickFirst },
    // One process for all files of a run; each run has a new one.
    isolate: false,
    testTimeout: 30_000,
  },
})
