#!/usr/bin/env node
// Writes seeded benchmark problems (docs/format.md) to a folder, one file each; NAME.best.json beside it where theory knows bounds.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { FAMILIES, generate } from './families/index.mjs'

const HELP = `usage: node bench/generate.mjs --family FAMILY --out DIR [--count 10] [--seed 1] [--nodes N] [--vms N]
                              [--edges N] [--multiplicity N] [--bipartite] [--fill PERCENT]

FAMILY is one of ${FAMILIES.join(', ')}, or all.
--nodes and --vms replace sizes that are drawn otherwise; --edges, --multiplicity and --bipartite are for edge-colouring.
--fill is for swap: its nodes are then filled to between PERCENT and 100 % instead of to between 85 and 95 %.
Case n is the same whatever --count is.`

function usage(message) {
  console.error(`${message}\n\n${HELP}`)
  process.exit(2)
}

const SIZES = ['nodes', 'vms', 'edges', 'multiplicity', 'fill']

function readArguments() {
  try {
    return parseArgs({
      options: {
        family: { type: 'string' },
        out: { type: 'string' },
        count: { type: 'string', default: '10' },
        seed: { type: 'string', default: '1' },
        bipartite: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
        ...Object.fromEntries(SIZES.map((name) => [name, { type: 'string' }])),
      },
    }).values
  } catch (error) {
    return usage(error.message)
  }
}

function integer(name, text, least) {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < least)
    usage(`--${name}: ${text} is no integer of at least ${least}`)
  return value
}

const values = readArguments()
if (values.help) {
  console.log(HELP)
  process.exit(0)
}
if (values.family === undefined || values.out === undefined) usage('--family and --out are needed')
if (values.family !== 'all' && !FAMILIES.includes(values.family))
  usage(`--family: "${values.family}" is none`)

const count = integer('count', values.count, 1)
const seed = integer('seed', values.seed, 0)
const options = {}
for (const name of SIZES) {
  if (values[name] !== undefined) options[name] = integer(name, values[name], name === 'nodes' ? 3 : 1)
}
if (options.fill > 100) usage(`--fill: ${options.fill} is more than 100`)
if (values.bipartite) options.bipartite = true

function make(family, index) {
  try {
    return generate(family, seed, index, options)
  } catch (error) {
    if (error instanceof RangeError) return usage(error.message)
    throw error
  }
}

mkdirSync(values.out, { recursive: true })
const write = (name, value) => writeFileSync(join(values.out, name), `${JSON.stringify(value)}\n`)
for (const family of values.family === 'all' ? FAMILIES : [values.family]) {
  for (let index = 1; index <= count; index++) {
    const { problem, best } = make(family, index)
    write(`${problem.name}.json`, problem)
    if (best !== undefined) write(`${problem.name}.best.json`, best)
  }
}
