/** One problem through the command line as its user would: planned and written by one process, checked by another. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../../dist/node/main.js', import.meta.url))
const USAGE = new URL('./usage.mjs', import.meta.url).href

/** Wall seconds, CPU seconds and peak MB of one command; throws where it fails. */
function run(args, folder) {
  const usageFile = join(folder, 'usage.json')
  const started = performance.now()
  const { status, stderr, error } = spawnSync(process.execPath, ['--import', USAGE, MAIN, ...args], {
    env: { ...process.env, VMFERRY_USAGE: usageFile },
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  const seconds = (performance.now() - started) / 1000
  if (error !== undefined || status !== 0) throw new Error(`vmferry ${args.join(' ')}: ${error ?? stderr}`)
  return { seconds, ...JSON.parse(readFileSync(usageFile, 'utf8')) }
}

/**
 * @param file a problem
 * @param folder for the plan
 * @param options further options of `vmferry plan`
 */
export function measure(file, folder, options = []) {
  const planFile = join(folder, 'plan.json')
  const planned = run(['plan', file, '-q', '-o', planFile, ...options], folder)
  const checked = run(['check', file, planFile, '-q'], folder)
  const plan = JSON.parse(readFileSync(planFile, 'utf8'))
  return {
    migrations: plan.migrations.length,
    planSeconds: planned.seconds,
    checkSeconds: checked.seconds,
    cpuSeconds: planned.cpuSeconds,
    peakMB: planned.peakMB,
    makespanSeconds: plan.makespanSeconds,
    lowerBoundSeconds: plan.lowerBoundSeconds,
    gap: plan.gap,
    bound: plan.statistics.bound,
    evaluations: plan.statistics.evaluations,
  }
}
