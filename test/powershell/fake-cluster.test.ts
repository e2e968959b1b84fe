import { describe, expect, test } from 'vitest'
import { judgeTrace, traceToPlan } from './fake-cluster/trace.js'
import { type ClusterSpec, FakeCluster } from './fake-cluster.js'
import { toText } from './interpreter/index.js'
import { stream } from './run.js'

const spec = (extra: Partial<ClusterSpec> = {}): ClusterSpec => ({
  nodes: [
    { name: 'HV01', memoryMiB: 65536 },
    { name: 'HV02', memoryMiB: 65536 },
    { name: 'HV03', memoryMiB: 16384 },
  ],
  vms: [
    { name: 'sql-07', node: 'HV01', memoryMiB: 32768 },
    { name: 'web-01', node: 'HV01', memoryMiB: 4096 },
    { name: 'old-02', node: 'HV02', memoryMiB: 4096, state: 'Off' },
  ],
  spread: 0,
  ...extra,
})

const MOVE =
  "Move-ClusterVirtualMachineRole -Name 'sql-07' -Node 'HV02' -MigrationType Live -Wait 0 | Out-Null\n"
const PHASE =
  "$r = Get-ClusterResource -Name 'Virtual Machine sql-07'\n($r | Get-ClusterParameter -Name 'MigrationState').Value\n"
const OWNER = "(Get-ClusterGroup -Name 'sql-07').OwnerNode.Name\n"

async function output(cluster: FakeCluster, script: string): Promise<string[]> {
  const result = await cluster.run(script)
  if (result.error) throw new Error(result.error.exception.message)
  return result.output.map(toText)
}

describe('a live migration', () => {
  test('goes through its phases in virtual time', async () => {
    const cluster = new FakeCluster(spec())
    const script = `${PHASE}${MOVE}${PHASE}Start-Sleep -Seconds 10\n${PHASE}${OWNER}Start-Sleep -Seconds 30\n${PHASE}${OWNER}`
    expect(await output(cluster, script)).toEqual(['0', '1', '2', 'HV01', '0', 'HV02'])
    expect(cluster.trace).toEqual([
      {
        vm: 'sql-07',
        kind: 'live',
        from: 'HV01',
        to: 'HV02',
        startSeconds: 0,
        endSeconds: 34.768,
        outcome: 'ended',
      },
    ])
  })

  test('without -Wait 0 the command waits', async () => {
    const cluster = new FakeCluster(spec())
    await output(cluster, MOVE.replace(' -Wait 0', ''))
    expect(cluster.now).toBeGreaterThanOrEqual(34)
  })

  test('fails, or is cancelled where it is stuck', async () => {
    const courses: ClusterSpec['courses'] = { 'sql-07': [{ fate: 'fails', seconds: 5 }, { fate: 'sticks' }] }
    const cluster = new FakeCluster(spec({ courses }))
    const cancel = "Start-Sleep 100\nMove-ClusterVirtualMachineRole -Name 'sql-07' -Cancel\nStart-Sleep 5\n"
    expect(await output(cluster, `${MOVE}Start-Sleep 6\n${PHASE}${MOVE}${cancel}${PHASE}${OWNER}`)).toEqual([
      '5',
      '4',
      'HV01',
    ])
    expect(cluster.trace.map((entry) => entry.outcome)).toEqual(['failed', 'cancelled'])
  })

  test('durations are drawn around the planned ones, the same for a seed', async () => {
    const draw = async (seed: number) => {
      const cluster = new FakeCluster(spec({ seed, spread: 0.3, plannedSeconds: () => 100 }))
      await output(cluster, `${MOVE}Start-Sleep 200`)
      return cluster.trace[0].endSeconds!
    }
    const [a, b, again] = [await draw(1), await draw(2), await draw(1)]
    expect(a).toBe(again)
    expect(a).not.toBe(b)
    for (const seconds of [a, b]) expect(Math.abs(seconds - 100)).toBeLessThanOrEqual(30)
  })
})

describe('what the cluster refuses', () => {
  test.each([
    [
      'a second one above the limit',
      `${MOVE}Move-ClusterVirtualMachineRole 'web-01' 'HV02' -Wait 0`,
      'limit 1 was reached',
    ],
    ['one that is under way', MOVE + MOVE, 'already in progress'],
    ['too little memory', MOVE.replace('HV02', 'HV03'), 'not enough memory'],
    ['a VM that is off', "Move-ClusterVirtualMachineRole 'old-02' 'HV01' -Wait 0", 'not running'],
    ['an unknown node', MOVE.replace('HV02', 'HV09'), 'HV09'],
    [
      'a processor of a VM that runs',
      "Set-VMProcessor -VMName 'sql-07' -ComputerName HV01 -CompatibilityForMigrationEnabled $true",
      'cannot modify',
    ],
    ['a VM of another node', "Get-VM -Name 'sql-07' -ComputerName HV02", 'unable to find'],
  ])('%s', async (_, script, message) => {
    const cluster = new FakeCluster(spec())
    const result = await cluster.run(script)
    expect(stream(result, 'error').join()).toContain(message)
  })

  test('a VM during its backup; a backup during a migration is a conflict', async () => {
    const cluster = new FakeCluster(spec())
    cluster.backUp('sql-07', 0, 60)
    cluster.backUp('sql-07', 110, 120)
    const script = `Start-Sleep 1\n[string](Get-VM -Name 'sql-07' -ComputerName HV01).SecondaryOperationalStatus\n${MOVE}Start-Sleep 99\n${MOVE}Start-Sleep 60`
    const result = await cluster.run(script)
    expect(result.output).toEqual(['BackingUpVirtualMachine'])
    expect(stream(result, 'error')).toEqual([
      "Migration of 'sql-07' failed: the virtual machine is busy (BackingUpVirtualMachine).",
    ])
    expect(cluster.trace.map((entry) => entry.conflict)).toEqual(["a backup of 'sql-07' began at 110 s"])
  })
})

describe('the rest', () => {
  test('a restart: stop, compatibility, move, start', async () => {
    const cluster = new FakeCluster(spec({ incompatible: { 'sql-07': { HV02: ['missing features'] } } }))
    const script = [
      "$vm = Get-VM -Name 'sql-07' -ComputerName 'HV01'",
      "(Compare-VM -VM $vm -DestinationHost 'HV02').Incompatibilities[0].Message",
      '$job = Stop-VM -VM $vm -AsJob -Confirm:$false',
      '$job.State',
      'Start-Sleep 31',
      '$job.State',
      'Set-VMProcessor -VM $vm -CompatibilityForMigrationEnabled $true -CompatibilityForMigrationMode CommonClusterFeatureSet',
      "Move-ClusterVirtualMachineRole -Name 'sql-07' -Node 'HV02' -MigrationType Quick | Out-Null",
      "Start-VM -Name 'sql-07' -ComputerName 'HV02'",
      "(Get-ClusterGroup -Name 'sql-07').State -eq 'Online'",
    ]
    expect(await output(cluster, script.join('\n'))).toEqual([
      'missing features',
      'Running',
      'Completed',
      'True',
    ])
    expect(traceToPlan(cluster.trace, {}).migrations).toMatchObject([
      { vm: 'sql-07', from: 'HV01', to: 'HV02', kind: 'restart', startSeconds: 0 },
    ])
  })

  test('Windows Server 2022 has no compatibility mode', async () => {
    const cluster = new FakeCluster(spec({ serverVersion: 2022 }))
    const result = await cluster.run(
      "Set-VMProcessor -VMName 'old-02' -ComputerName HV02 -CompatibilityForMigrationMode CommonClusterFeatureSet",
    )
    expect(stream(result, 'error')).toEqual([
      "A parameter cannot be found that matches parameter name 'CompatibilityForMigrationMode'.",
    ])
  })

  test('settings, memory, groups, a node that does not answer', async () => {
    const cluster = new FakeCluster(spec())
    cluster.nodes.get('HV03')!.answers = false
    const script = [
      "$c = Get-Cluster -Name 'CL01'",
      '$c.AutoBalancerMode = 0',
      '(Get-Cluster).AutoBalancerMode',
      "(Get-CimInstance -ClassName Win32_OperatingSystem -ComputerName 'HV01').FreePhysicalMemory / 1024",
      "@(Get-ClusterGroup | Where-Object { [string]$_.GroupType -eq 'VirtualMachine' }).Count",
      "try { Get-VMHost -ComputerName 'HV03' -ErrorAction Stop } catch { 'silent' }",
      "[int](Get-VM -ComputerName 'HV02').State",
    ]
    expect(await output(cluster, script.join('\n'))).toEqual(['0', '28672', '3', 'silent', '3'])
    expect(cluster.autoBalancerMode).toBe(0)
  })
})

describe('the trace before the checker', () => {
  const problem = (window: { start: number; end: number }) => ({
    version: 1,
    nodes: ['HV01', 'HV02'].map((id) => ({
      id,
      cpu: { vendor: 'Intel', features: [] },
      memoryMiB: 65536,
      migrationMbps: 10000,
    })),
    vms: [{ id: 'sql-07', node: 'HV01', memoryMiB: 32768 }],
    windows: [{ vm: 'sql-07', ...window }],
    request: { moves: [{ vm: 'sql-07', to: 'HV02' }] },
  })

  test('real durations break nothing, a window does', async () => {
    const cluster = new FakeCluster(spec())
    await output(cluster, `${MOVE}Start-Sleep 60`)
    expect(judgeTrace(cluster.trace, problem({ start: 40, end: 50 }) as object)).toEqual([])
    expect(
      judgeTrace(cluster.trace, problem({ start: 10, end: 50 }) as object).map((violation) => violation.rule),
    ).toEqual(['window'])
  })
})
