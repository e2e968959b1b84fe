#!/usr/bin/env node
import { processIo } from './process-io.js'
import { run } from './run.js'

// The exit code is set and the process ends by itself, so that no pending output is cut off.
run(process.argv.slice(2), processIo()).then(
  (code) => {
    process.exitCode = code
  },
  () => {
    process.exitCode = 1
  },
)
