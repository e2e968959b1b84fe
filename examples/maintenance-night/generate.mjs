// Writes problem.json: a made-up 16-node cluster on a maintenance night. Seeded, so that anyone gets the same file.
import { writeFileSync } from 'node:fs'

let state = 20261123
function random() {
  // mulberry32
  state = (state + 0x6d2b79f5) | 0
  let t = Math.imul(state ^ (state >>> 15), 1 | state)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
}
const pick = (list) => list[Math.floor(random() * list.length)]
const id = (n) => `HV${String(n).padStart(2, '0')}`

const nodes = []
for (let n = 1; n <= 16; n++) {
  const model =
    n === 16 ? 'EPYC-Milan' : n <= 6 ? 'Cascadelake-Server' : n <= 12 ? 'Icelake-Server' : 'SapphireRapids'
  nodes.push({
    id: id(n),
    cpu: { model },
    memoryMiB: n <= 6 ? 393216 : 524288,
    migrationMbps: n <= 6 ? 10000 : 25000,
    offloads: n <= 6 ? [] : ['rdma'],
  })
}

const roles = ['web', 'app', 'sql', 'file', 'mail', 'build', 'vdi']
const count = {}
const vms = []
for (let n = 1; n <= 16; n++) {
  for (let i = 0; i < 9; i++) {
    const role = pick(roles)
    count[role] = (count[role] ?? 0) + 1
    const memoryMiB = pick(role === 'sql' ? [32768, 65536] : [4096, 8192, 16384, 24576])
    const vm = {
      id: `${role}-${String(count[role]).padStart(2, '0')}`,
      node: id(n),
      memoryMiB,
      dirtyMiBps: role === 'sql' ? 120 : pick([5, 20, 40]),
      workingSetMiB: Math.round(memoryMiB * pick([0.1, 0.25, 0.5])),
    }
    // Most VMs of the newer nodes were started on an older one: they can go back there.
    if (n > 6 && n < 16) vm.bootNode = random() < 0.75 ? id(1 + Math.floor(random() * 6)) : id(n)
    if (n > 6 && role === 'file') vm.offloads = ['rdma']
    if (role === 'sql') vm.antiAffinity = [`sql-ag${Math.ceil(count[role] / 2)}`]
    if (role === 'vdi' || role === 'build') vm.priority = 1000
    vms.push(vm)
  }
}
// The AMD node keeps just one VM; it can leave only by a restart.
const keep = vms.find((vm) => vm.node === 'HV16')
for (let i = vms.length - 1; i >= 0; i--) if (vms[i].node === 'HV16' && vms[i] !== keep) vms.splice(i, 1)
Object.assign(keep, {
  id: 'licence-01',
  restartable: true,
  memoryMiB: 8192,
  workingSetMiB: 1024,
  dirtyMiBps: 5,
})
delete keep.antiAffinity
delete keep.offloads
delete keep.priority

const problem = {
  version: 1,
  name: 'maintenance-night',
  start: '2026-11-23T22:00:00+01:00',
  nodes,
  vms,
  windows: [
    // Every node is backed up each night from one o'clock on, two nodes at a time.
    ...nodes.map(({ id: node }, n) => ({
      node,
      start: `2026-11-24T0${1 + Math.floor(n / 4)}:${n % 4 < 2 ? '00' : '30'}:00+01:00`,
      durationSeconds: 1800,
      rrule: 'FREQ=DAILY;COUNT=5',
    })),
    // Tonight some run early, for the SQL logs.
    { node: 'HV03', start: '2026-11-23T21:45:00+01:00', durationSeconds: 960 },
    { node: 'HV08', start: '2026-11-23T22:03:00+01:00', durationSeconds: 120 },
    { node: 'HV14', start: '2026-11-23T22:01:00+01:00', durationSeconds: 150 },
    { vm: vms.find((vm) => vm.node === 'HV02').id, start: '2026-11-23T22:00:00+01:00', durationSeconds: 90 },
    // The storage switch is restarted.
    { start: '2026-11-23T22:06:30+01:00', durationSeconds: 45, kind: 'blackout' },
  ],
  request: { drain: ['HV02', 'HV03', 'HV11', 'HV16'] },
  // A runbook sees an end up to a second late, and takes another to start what waits for it.
  policy: { allowRestart: true, startLagSeconds: 2 },
}
writeFileSync(new URL('./problem.json', import.meta.url), `${JSON.stringify(problem, null, 2)}\n`)
