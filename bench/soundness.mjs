#!/usr/bin/env node
// Soundness at scale: tiny random problems of all kinds, each planned and held against an exact reference. No bound may exceed the
// optimum, nothing but an optimum may be called one, and every plan must pass the checker. The first cases run in the tests too.
import { parseArgs } from 'node:util'
import { loadTiny } from './tiny.mjs'

const HELP = `usage: node bench/soundness.mjs [--from 0] [--count 10000] [--kind TEXT] [--effort N] [--show 5]

Case N is the same problem for ever: --from N goes on where a run was left, --from N --count 1 repeats one case. Ctrl-C ends with what
was found so far. --kind takes only kinds whose name contains TEXT; --effort plans all with that (default: 1 and 2 in turns); --show limits
the problems printed, each cut down to the least that still shows its fault. Exit code 1 where a promise was broken.`

const { values } = parseArgs({
  options: {
    from: { type: 'string', default: '0' },
    count: { type: 'string', default: '10000' },
    kind: { type: 'string', default: '' },
    effort: { type: 'string' },
    show: { type: 'string', default: '5' },
    help: { type: 'boolean', short: 'h' },
  },
})
const [from, count, show] = [values.from, values.count, values.show].map(Number)
if (values.help || ![from, count, show].every((n) => Number.isSafeInteger(n) && n >= 0)) {
  console.log(HELP)
  process.exit(values.help ? 0 : 2)
}

const { examine, soundnessCase } = await loadTiny()

async function faultsOf(one) {
  try {
    return (await examine(one)).faults
  } catch (error) {
    return [`${error instanceof Error ? (error.stack ?? error.message) : error}`]
  }
}

/** Every problem with one part less. */
function* lesser(problem) {
  const { windows = [], vms, nodes, request, policy } = problem
  const without = (list, i) => list.filter((_, j) => j !== i)
  for (let i = 0; i < windows.length; i++) yield { ...problem, windows: without(windows, i) }
  for (let i = 0; i < vms.length; i++) {
    const { id } = vms[i]
    const moves = request.moves?.filter((m) => m.vm !== id)
    yield {
      ...problem,
      vms: without(vms, i),
      windows: windows.filter((w) => w.vm !== id),
      request: { ...request, ...(moves && { moves }) },
    }
  }
  for (let i = 0; i < nodes.length; i++) {
    const { id } = nodes[i]
    const used =
      vms.some((v) => v.node === id || v.bootNode === id) || request.moves?.some((m) => m.to === id)
    if (used || JSON.stringify(request.drain ?? []).includes(`"${id}"`)) continue
    const stripped = vms.map((v) =>
      v.allowedNodes ? { ...v, allowedNodes: v.allowedNodes.filter((n) => n !== id) } : v,
    )
    yield {
      ...problem,
      nodes: without(nodes, i),
      vms: stripped,
      windows: windows.filter((w) => w.node !== id),
    }
  }
  for (const key of Object.keys(policy)) {
    const { [key]: _, ...rest } = policy
    yield { ...problem, policy: rest }
  }
  for (let i = 0; i < vms.length; i++) {
    for (const key of Object.keys(vms[i])) {
      if (['id', 'node', 'memoryMiB'].includes(key)) continue
      const { [key]: _, ...rest } = vms[i]
      yield { ...problem, vms: vms.map((v, j) => (j === i ? rest : v)) }
    }
  }
}

/** Cuts a case down while it breaks the same rules (its first words name them). */
async function shrink(one, faults) {
  const rule = (text) => text.split(' ')[0]
  let now = one
  for (let smaller = true; smaller; ) {
    smaller = false
    for (const problem of lesser(now.problem)) {
      const found = await faultsOf({ ...now, problem })
      if (!found.some((text) => rule(text) === rule(faults[0]))) continue
      now = { ...now, problem }
      smaller = true
      break
    }
  }
  return { ...now, faults: await faultsOf(now) }
}

let interrupted = false
process.once('SIGINT', () => {
  interrupted = true
})

const fresh = () => ({
  plans: 0,
  placedMost: 0,
  leastCost: 0,
  proven: 0,
  parked: 0,
  madeRoom: 0,
  bounds: 0,
  exactBounds: 0,
  faulty: 0,
})
const byKind = new Map()
const started = performance.now()
let shown = 0
let seed = from
for (; seed < from + count && !interrupted; seed++) {
  const one = soundnessCase(seed)
  if (!one.kind.includes(values.kind)) continue
  if (values.effort !== undefined) one.effort = Number(values.effort)
  const label = `${one.kind}, ${one.schedule}`
  if (!byKind.has(label)) byKind.set(label, fresh())
  const row = byKind.get(label)
  let faults
  try {
    const { tally, bounds, exactBounds, faults: found } = await examine(one)
    for (const key of Object.keys(tally)) row[key] += tally[key]
    row.bounds += bounds
    row.exactBounds += exactBounds
    faults = found
  } catch (error) {
    faults = [`${error instanceof Error ? (error.stack ?? error.message) : error}`]
  }
  if (faults.length > 0) {
    row.faulty++
    console.log(
      `case ${seed} (${label}, effort ${one.effort}) breaks a promise:\n  ${faults.slice(0, 5).join('\n  ')}`,
    )
    if (shown++ < show) {
      const least = await shrink(one, faults)
      console.log(`  cut down: ${least.faults[0]}\n  ${JSON.stringify(least.problem)}`)
    }
  }
  if (process.stderr.isTTY && seed % 50 === 0) process.stderr.write(`\r${seed - from} of ${count} `)
}

const total = fresh()
for (const row of byKind.values()) for (const key of Object.keys(total)) total[key] += row[key]
const share = (part, whole) => (whole === 0 ? '' : `${((100 * part) / whole).toFixed(1)} %`)
const line = (name, r) =>
  [
    name.padEnd(48),
    String(r.plans).padStart(6),
    share(r.placedMost, r.plans).padStart(9),
    share(r.leastCost, r.plans).padStart(9),
    share(r.proven, r.plans).padStart(9),
    String(r.parked).padStart(6),
    String(r.madeRoom).padStart(6),
    String(r.bounds).padStart(7),
    share(r.exactBounds, r.bounds).padStart(9),
    String(r.faulty).padStart(7),
  ].join(' ')
console.log(
  `${'kind'.padEnd(48)} ${' plans'} ${'most put'.padStart(9)} ${'optimal'.padStart(9)} ${'proven'.padStart(9)} parked   room  bounds     exact  faulty`,
)
for (const [name, row] of byKind) console.log(line(name, row))
console.log(line('all', total))
console.log(`cases ${from} to ${seed - 1} in ${((performance.now() - started) / 1000).toFixed(0)} s`)
if (interrupted) console.log(`go on with --from ${seed} --count ${from + count - seed}`)
process.exitCode = total.faulty > 0 ? 1 : 0
