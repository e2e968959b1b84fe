#!/usr/bin/env node
// Compares two results of bench/micro.mjs. Exit code 2 where a file is none, or where the two did not have the same work to do.
import { readFileSync } from 'node:fs'

const HELP = `usage: node bench/compare.mjs A.json B.json

Ratios of B's times to A's, with the range that the middle halves of their rounds allow: below 1, B is faster.`

const FORMAT = 'vmferry-micro/1'
const VERSIONS = ['kernel', 'call', 'twin', 'native']

class Refusal extends Error {}

function read(path) {
  let result
  try {
    result = JSON.parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw new Refusal(`${path}: ${cause.message}`, { cause })
  }
  if (result?.format !== FORMAT || !Array.isArray(result.rows)) {
    throw new Refusal(
      `${path}: format is ${JSON.stringify(result?.format)}, not "${FORMAT}": no result of bench/micro.mjs`,
    )
  }
  return result
}

/** What keeps two rows from being compared; empty where nothing does. */
function differences(a, b) {
  const list = []
  const differ = (what, x, y) => {
    const [first, second] = [JSON.stringify(x), JSON.stringify(y)]
    if (first !== second) list.push(`${a.id}: ${what} ${first} against ${second}`)
  }
  differ('sizes', a.workload.sizes, b.workload.sizes)
  differ('seed', a.workload.seed, b.workload.seed)
  differ('items', a.items, b.items)
  differ('input hash', a.workload.hash, b.workload.hash)
  return list
}

/** Pairs of rows with the same work. */
function pair(a, b, paths) {
  const byId = new Map(b.rows.map((row) => [row.id, row]))
  const pairs = a.rows.filter(({ id }) => byId.has(id)).map((row) => [row, byId.get(row.id)])
  if (pairs.length === 0) throw new Refusal(`${paths[0]} and ${paths[1]} have no routine in common`)
  const faults = pairs.flatMap(([x, y]) => differences(x, y))
  if (faults.length > 0) throw new Refusal(`different workloads:\n  ${faults.join('\n  ')}`)
  const known = new Set(pairs.map(([{ id }]) => id))
  for (const [k, result] of [a, b].entries()) {
    const alone = result.rows.filter(({ id }) => !known.has(id)).map(({ id }) => id)
    if (alone.length > 0) console.error(`only in ${paths[k]}, not compared: ${alone.join(', ')}`)
  }
  return pairs
}

function warn(a, b) {
  const differ = (what, x, y) => {
    if (x !== y) console.error(`warning: another ${what}: ${x} against ${y}`)
  }
  differ('processor', a.machine.cpu, b.machine.cpu)
  differ('Node version', a.node, b.node)
  differ('build of the kernel', a.kernel, b.kernel)
  if (a.rows.some((row) => row.native) && b.rows.some((row) => row.native)) {
    differ('compiler', a.native.compiler, b.native.compiler)
  }
}

function line({ id, item }, version, x, y) {
  const [low, high] = [y.low / x.high, y.high / x.low]
  const verdict = low > 1 ? 'slower' : high < 1 ? 'faster' : 'same within spread'
  const ratio = `${(y.median / x.median).toFixed(3)} (${low.toFixed(3)}–${high.toFixed(3)})`
  const times = `${x.median.toPrecision(4)} → ${y.median.toPrecision(4)} ns a ${item}`
  return `${id.padEnd(22)} ${version.padEnd(7)} ${ratio.padEnd(22)} ${verdict.padEnd(19)} ${times}`
}

function main(paths) {
  if (paths.length !== 2 || paths.includes('--help')) {
    console.log(HELP)
    return paths.includes('--help') ? 0 : 2
  }
  const [a, b] = paths.map(read)
  const pairs = pair(a, b, paths)
  warn(a, b)
  for (const [x, y] of pairs) {
    for (const version of VERSIONS)
      if (x[version] && y[version]) console.log(line(x, version, x[version], y[version]))
  }
  return 0
}

try {
  process.exitCode = main(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof Refusal)) throw error
  console.error(error.message)
  process.exitCode = 2
}
