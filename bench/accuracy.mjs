/**
 * Published durations of real live migrations beside what the model says: the tables of docs/accuracy.md.
 *
 *     node bench/accuracy.mjs
 *
 * A row is a plan of as many VMs of that size from one node to another, over a link of that speed with so many slots. "defaults" has the format's own
 * figures; "option told" those that the import of a Hyper-V cluster sets for that transport.
 */
import { readFileSync } from 'node:fs'
import { importProblem, plan } from '../dist/node/index.js'

const measured = JSON.parse(readFileSync(new URL('measured-durations.json', import.meta.url), 'utf8'))
const percent = (share) => `${share < 0 ? '−' : '+'}${Math.abs(Math.round(100 * share))} %`
const median = (list) => {
  const sorted = [...list].sort((a, b) => a - b)
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2
}

function problemOf({ vms, memoryMiB, migrationMbps, slots, dirtyMiBps = 0 }, more = {}) {
  const cpu = { vendor: 'Intel', features: [] }
  const node = (id) => ({ id, cpu, memoryMiB: 4_000_000, migrationMbps, slots, ...more.node })
  const names = Array.from({ length: vms }, (_, i) => `vm-${i}`)
  return {
    version: 1,
    nodes: [node('A'), node('B')],
    vms: names.map((id) => ({ id, node: 'A', memoryMiB, dirtyMiBps })),
    request: { moves: names.map((vm) => ({ vm, to: 'B' })) },
    ...(more.policy === undefined ? {} : { policy: more.policy }),
  }
}

/** What the import makes of the option: asked of the import itself. */
async function figuresOf(option) {
  const rows = [
    { Name: 'A', MemoryCapacity: 2 ** 40, VirtualMachineMigrationPerformanceOption: option },
    { Name: 'C', State: 'Off', ComputerName: 'A', MemoryAssigned: 0, MemoryStartup: 2 ** 30, VMId: '0' },
  ]
  const file = (row, i) => ({ name: `${i}.json`, bytes: new TextEncoder().encode(JSON.stringify([row])) })
  const { problem } = await importProblem('hyperv', rows.map(file), { cpu: [{ value: 'Skylake-Server' }] })
  const { linkEfficiency, streamMbps } = problem.nodes[0]
  return { node: { linkEfficiency, streamMbps }, policy: problem.policy }
}

const secondsOf = async (problem) => (await plan(problem, { effort: 1, thread: 'caller' })).makespanSeconds

console.log('| hypervisor, mode | VMs × MiB | Mbit/s | measured | defaults | option told | source |')
console.log('| --- | --- | --- | --- | --- | --- | --- |')
const errors = {}
for (const each of measured) {
  const { hypervisor, mode, vms, memoryMiB, migrationMbps, seconds, option, measurements } = each
  const byDefault = await secondsOf(problemOf(each))
  const told = option === undefined ? undefined : await secondsOf(problemOf(each, await figuresOf(option)))
  const shown = (value) =>
    value === undefined ? '' : `${value.toFixed(1)} s, ${percent(value / seconds - 1)}`
  const count = measurements > 1 ? ` (median of ${measurements})` : ''
  const cells = [`${hypervisor}, ${mode}`, `${vms} × ${memoryMiB}`, migrationMbps, `${seconds} s${count}`]
  console.log(`| ${[...cells, shown(byDefault), shown(told), each.source].join(' | ')} |`)
  const kind = option === undefined ? 'KVM' : 'Hyper-V'
  errors[kind] ??= { byDefault: [], told: [] }
  errors[kind].byDefault.push(Math.abs(byDefault / seconds - 1))
  if (told !== undefined) errors[kind].told.push(Math.abs(told / seconds - 1))
}
console.log()
for (const [kind, { byDefault, told }] of Object.entries(errors)) {
  const say = (list) =>
    `median ${percent(median(list)).slice(1)}, worst ${percent(Math.max(...list)).slice(1)}`
  console.log(`${kind}: defaults ${say(byDefault)}${told.length > 0 ? `; option told ${say(told)}` : ''}`)
}
