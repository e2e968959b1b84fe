#!/usr/bin/env node
// Speed of the kernel's routines, one by one; those that schedules are made of beside a twin in TypeScript and, with --native, the same
// routine in C: all on the same input, in turns, and only after their results have been found equal.
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { arch, cpus, loadavg, platform } from 'node:os'
import { isDeepStrictEqual, parseArgs } from 'node:util'
import { createKernel } from '../dist/kernel/kernel.js'
import { compileKernel, hasSimd } from '../dist/kernel/module.js'
import { replay } from './micro/image.mjs'
import { ratio, summary, takeTurns, timedElsewhere } from './micro/measure.mjs'
import { buildNative } from './micro/native.mjs'
import { markdownTable, textTable } from './micro/report.mjs'
import { routines, SIZES } from './micro/routines.mjs'
import { loadTwins } from './micro/twins.mjs'

const HELP = `usage: node bench/micro.mjs [--time 60] [--rounds 9] [--filter TEXT] [--sizes full|tiny] [--native] [--json FILE] [--markdown]

--time: milliseconds for each routine and each of its versions, in each round. --filter: routines whose name has the text.
--native: those with a twin in C too, where CC (default gcc) is installed. --markdown: the table of docs/performance.md.
--json: every round, with machine, commit and workloads; node bench/compare.mjs A.json B.json compares two such files.`

/** Version of the shape of a result file. */
const FORMAT = 'vmferry-micro/1'

function readOptions() {
  const { values } = parseArgs({
    options: {
      time: { type: 'string', default: '60' },
      rounds: { type: 'string', default: '9' },
      filter: { type: 'string', default: '' },
      sizes: { type: 'string', default: 'full' },
      native: { type: 'boolean', default: false },
      markdown: { type: 'boolean', default: false },
      json: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  const options = { ...values, time: Number(values.time), rounds: Number(values.rounds) }
  if (values.help) {
    console.log(HELP)
    process.exit(0)
  }
  const wrong =
    (!(options.time > 0) && `--time must be a number of milliseconds above 0, not ${values.time}`) ||
    (!(Number.isInteger(options.rounds) && options.rounds > 0) &&
      `--rounds must be a whole number above 0, not ${values.rounds}`) ||
    (!Object.hasOwn(SIZES, options.sizes) && `--sizes must be full or tiny, not ${values.sizes}`)
  if (wrong) {
    console.error(`${wrong}\n\n${HELP}`)
    process.exit(2)
  }
  return options
}

function git(...args) {
  try {
    return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return null
  }
}

function describeRun(options, native) {
  const status = git('status', '--porcelain')
  return {
    format: FORMAT,
    machine: { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, platform: platform(), arch: arch() },
    node: process.version,
    load: loadavg(),
    kernel: hasSimd() ? 'simd' : 'scalar',
    commit: git('rev-parse', 'HEAD'),
    changed: status === null ? null : status !== '',
    native:
      native.missing === undefined
        ? { compiler: native.compiler, flags: native.flags }
        : { missing: native.missing },
    options: { time: options.time, rounds: options.rounds, sizes: options.sizes },
  }
}

/** @throws Error where the versions differ in their result */
function versionsOf({ id, kernel, twin, changesMemory = false }, image, module, native, milliseconds) {
  const { call, restore } = replay(module, image)
  const versions = {
    kernel: { call: kernel },
    call: { call, before: changesMemory ? restore : undefined },
  }
  if (twin === undefined) return versions
  if (!isDeepStrictEqual(kernel(), twin())) throw new Error(`${id}: kernel and twin differ`)
  versions.twin = { call: twin }
  if (native.missing === undefined) {
    const run = native.load(image)
    versions.native = {
      call: () => {
        const { agrees, nanoseconds } = run(milliseconds)
        if (!agrees) throw new Error(`${id}: kernel and native routine differ`)
        return timedElsewhere(nanoseconds, milliseconds)
      },
    }
  }
  return versions
}

/** Versions that run on the image, which may have fewer items than the whole workload. */
const ON_IMAGE = ['call', 'native']

/** Nanoseconds an item, with spread over rounds; ratios of rounds. */
function rowOf({ id, title, item, items, bytes, workload }, imageItems, times) {
  const perItem = Object.fromEntries(
    Object.entries(times).map(([name, rounds]) => {
      const count = ON_IMAGE.includes(name) ? imageItems : items
      const values = rounds.map((ns) => ns / count)
      return [name, { ...summary(values), rounds: values }]
    }),
  )
  return {
    id,
    title,
    item,
    items,
    workload,
    ...perItem,
    ...(bytes !== undefined && { bytes, megabytesPerSecond: (1e3 * bytes) / (perItem.call.median * items) }),
    ...(times.twin !== undefined && { twinToKernel: ratio(times.twin, times.kernel) }),
    ...(times.native !== undefined && { callToNative: ratio(times.call, times.native) }),
  }
}

const options = readOptions()
const module = await compileKernel()
const context = { module, kernel: createKernel(module), twins: await loadTwins() }
const native = options.native ? buildNative() : { missing: 'not asked for' }
if (options.native && native.missing !== undefined) console.error(native.missing)
try {
  const run = describeRun(options, native)
  const rows = []
  for (const routine of routines(SIZES[options.sizes], context)) {
    if (!`${routine.id} ${routine.title}`.includes(options.filter)) continue
    const image = routine.image()
    const versions = versionsOf(routine, image, module, native, options.time)
    const times = takeTurns(versions, options.rounds, options.time)
    rows.push(rowOf(routine, routine.imageItems?.(image) ?? routine.items, times))
  }
  if (rows.length === 0) {
    console.error(`no routine has “${options.filter}” in its name`)
    process.exitCode = 2
  } else {
    console.log(options.markdown ? markdownTable(rows) : textTable(rows))
    if (options.json !== undefined)
      writeFileSync(options.json, `${JSON.stringify({ ...run, rows }, null, 2)}\n`)
  }
} finally {
  native.dispose?.()
}
