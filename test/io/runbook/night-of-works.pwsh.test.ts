/** A patch night of eight hosts, planned and run: one work overruns, one fails, one VM does not get home, and the runbook is killed in the middle. */
import { expect, it } from 'vitest'
import type { Problem } from '../../../src/model/problem.js'
import { resolveProblem } from '../../../src/model/validate.js'
import { plan as planNight } from '../../../src/plan.js'
import type { ScriptResult } from '../../powershell/pwsh.js'
import { INTEL } from '../../solver/problems.js'
import { judge } from './nights.js'
import { Simulation, WORK } from './simulate.js'

const HOSTS = ['H1', 'H2', 'H3', 'H4', 'H5', 'H6', 'H7', 'H8']

/** 32 VMs of 2,000 MiB, 90 s each; two works at once, H1 last, H3 after H2, a settling time, backups, a pair that is kept apart. */
const NIGHT: Problem = {
  version: 1,
  name: 'eight hosts',
  start: '2026-11-23T20:00:00+01:00',
  nodes: HOSTS.map((id) => ({ id, cpu: INTEL, memoryMiB: 14_000, migrationMbps: 200 })),
  vms: HOSTS.flatMap((node, h) =>
    [0, 1, 2, 3].map((i) => ({
      id: `vm-${h + 1}-${i}`,
      node,
      memoryMiB: 2000,
      dirtyMiBps: 1,
      ...(i === 0 && h < 3 ? { antiAffinity: ['pair'] } : {}),
    })),
  ),
  windows: [
    { start: '2026-11-23T20:00:00+01:00', durationSeconds: 600, kind: 'no-work' },
    { node: 'H5', start: 6000, end: 6600 },
    { vm: 'vm-6-1', start: 3600, end: 4200 },
  ],
  request: {
    maintenance: HOSTS.map((node) => ({
      node,
      durationSeconds: 900,
      ...(node === 'H1' ? { position: 'last' as const } : {}),
      ...(node === 'H3' ? { after: ['H2'] } : {}),
      ...(node === 'H4' ? { settleSeconds: 120 } : {}),
    })),
    notTogether: [['H6', 'H7']],
  },
  policy: { maintenanceAtOnce: 2, returnHome: true, horizonSeconds: 86_400 },
}

const text = (result: ScriptResult) => result.shown.map((each) => each.text).join('\n')

it('keeps every rule, is resumed, and tells what is left', async () => {
  const plan = await planNight(NIGHT, { effort: 1 })
  const works = plan.maintenance!.map(({ node }) => node)
  expect([works.length, plan.notHome]).toEqual([8, []])
  const fails = works[4]!
  const lost = plan.migrations.find(({ from, vm }) => from === works[1] && vm.startsWith('vm-'))!.vm
  const night = { problem: NIGHT, plan }
  const simulation = new Simulation(night, {
    workCourses: {
      ...Object.fromEntries(works.map((node) => [node, [{ seconds: 880 }, { seconds: 300 }]])),
      [works[0]!]: [{ seconds: 2000 }, { seconds: 300 }],
      [works[1]!]: [{ seconds: 1300 }, { seconds: 300 }],
      [fails]: [
        { seconds: 500, fate: 'fails' },
        { seconds: 500, fate: 'fails' },
      ],
    },
    // It gets away, and then no further.
    courses: { [lost]: [{}, ...Array.from({ length: 9 }, () => ({ fate: 'fails' as const }))] },
    spread: 0.2,
    autoBalancerMode: 1,
  })
  const killed = await simulation.start(
    { Work: WORK, OnWindow: 'Wait' },
    {
      endAtSeconds: plan.maintenance![0]!.startSeconds + 1500,
    },
  )
  expect([killed.ended, text(killed)]).toEqual([
    true,
    expect.stringContaining(`Work on ${works[0]}: takes longer than planned`),
  ])
  const broken = simulation.world.workTrace.filter(({ outcome }) => outcome == null).map(({ node }) => node)
  expect(broken).toContain(works[0])
  await simulation.advance(60)

  const result = await simulation.start({ Work: WORK, OnWindow: 'Wait' })
  expect([result.error, result.exitCode]).toEqual([null, 3])
  const said = text(result)
  expect(said + text(killed)).toContain(`Work on ${works[1]}: takes longer than planned`)
  for (const node of broken) expect(said).toContain(`Work on ${node}: was begun by an earlier start`)
  expect(said + text(killed)).toContain(`Work on ${fails}: has failed`)
  expect(said).toMatch(new RegExp(`work on ${fails}: failed: its script has failed: .* The node is Paused`))
  expect(said).toMatch(new RegExp(`${lost}: .*, failed: .* It is on H\\d, running`))

  const { workTrace, refusals, autoBalancerMode } = simulation.world
  expect([refusals, autoBalancerMode, simulation.journal.warnings]).toEqual([[], 1, []])
  const done = simulation.worksDone
  const times = new Map(workTrace.map(({ node }) => [node, workTrace.filter((w) => w.node === node).length]))
  expect([...times].filter(([node, n]) => n !== (broken.includes(node) ? 2 : 1))).toEqual([])
  const undone = works.filter((node) => !done.some((each) => each.node === node))
  expect(undone).toContain(fails)
  expect(done.length).toBeGreaterThanOrEqual(4)
  expect(judge(resolveProblem(NIGHT), plan, simulation.done, done)).toEqual([])
  const home = (id: string) => NIGHT.vms.find((vm) => vm.id === id)!.node
  const away = simulation.world.vms.filter(({ name, node }) => node !== home(name!)).map(({ name }) => name!)
  const left = new Set(said.match(/vm-\d-\d(?=: H\d -> )/g))
  expect(away.filter((vm) => !left.has(vm))).toEqual([])
  expect(away).toContain(lost)
}, 600_000)
