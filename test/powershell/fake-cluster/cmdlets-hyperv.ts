/** The cmdlets of module Hyper-V, and Get-CimInstance. With -ComputerName they ask that node, and fail where it does not answer. */
import type { FakeCluster } from '../fake-cluster.js'
import type { Arguments, CommandContext, ParameterSpec } from '../interpreter/commands.js'
import { PSObject, PSSwitch, psObject, toText, UnsupportedError, type Value } from '../interpreter/index.js'
import { wildcard } from '../interpreter/patterns.js'
import { register } from './cmdlets-cluster.js'
import { processorObject, vmObject } from './objects.js'
import type { NodeState, TraceEntry, VmState } from './types.js'

const text: ParameterSpec = { type: 'string' }
const flag: ParameterSpec = { type: 'switch' }
const MODULE = { module: 'Hyper-V' }
const RISKY = { ...MODULE, shouldProcess: true }
/** How a cmdlet is told its VM: by object, or by name and node. */
const TARGET = {
  VM: { pipeline: true },
  Name: { ...text, position: 0, aliases: ['VMName'] },
  ComputerName: text,
}

const isOn = (value: Value): boolean => value instanceof PSSwitch && value.isPresent

function asked(cluster: FakeCluster, computer: Value): NodeState {
  const node = computer === undefined ? [...cluster.nodes.values()][0] : cluster.node(toText(computer))
  if (!node.answers || node.state === 'Down')
    cluster.refuse(`The operation on computer '${node.name}' failed: The RPC server is unavailable.`)
  return node
}

function vmsOf(cluster: FakeCluster, args: Arguments): VmState[] {
  if (args.VM instanceof PSObject) {
    const id = args.VM.get('Id')
    const vm = [...cluster.vms.values()].find((each) => each.id === id)
    // The object remembers the node from which it came.
    const node = asked(cluster, args.VM.get('ComputerName'))
    if (!vm || vm.node !== node.name)
      return cluster.refuse(
        `Hyper-V was unable to find a virtual machine with id ${toText(id)} on '${node.name}'.`,
      )
    return [vm]
  }
  const node = asked(cluster, args.ComputerName)
  const pattern = wildcard(toText(args.Name))
  const found = [...cluster.vms.values()].filter((vm) => vm.node === node.name && pattern.test(vm.name))
  return found.length > 0 || /[*?]/.test(toText(args.Name))
    ? found
    : cluster.refuse(`Hyper-V was unable to find a virtual machine with name "${toText(args.Name)}".`)
}

export function registerHyperVCmdlets(cluster: FakeCluster): void {
  const add = (
    name: string,
    parameters: Record<string, ParameterSpec>,
    run: (args: Arguments, ctx: CommandContext) => Value,
    risky = false,
  ) => register(cluster, name, parameters, run, risky ? RISKY : MODULE)

  add(
    'Get-VM',
    { Name: { ...text, position: 0, aliases: ['VMName'] }, Id: text, ComputerName: text },
    (args) => {
      if (args.Id === undefined)
        return vmsOf(cluster, { ...args, Name: args.Name ?? '*' }).map((vm) => vmObject(cluster, vm))
      const node = asked(cluster, args.ComputerName)
      const vm = [...cluster.vms.values()].find((each) => each.id === args.Id && each.node === node.name)
      if (!vm)
        return cluster.refuse(`Hyper-V was unable to find a virtual machine with id ${toText(args.Id)}.`)
      return vmObject(cluster, vm)
    },
  )
  add('Get-VMHost', { ComputerName: { ...text, position: 0 } }, (args) => {
    const node = asked(cluster, args.ComputerName)
    return psObject(
      {
        Name: node.name,
        ComputerName: node.name,
        FullyQualifiedDomainName: 'example.test',
        LogicalProcessorCount: 64,
        MemoryCapacity: node.memoryMiB * 1048576,
        MaximumVirtualMachineMigrations: 2,
        MaximumStorageMigrations: 2,
        VirtualMachineMigrationEnabled: true,
      },
      'Microsoft.HyperV.PowerShell.VMHost',
    )
  })
  add('Get-VMProcessor', TARGET, (args) =>
    vmsOf(cluster, { ...args, Name: args.Name ?? '*' }).map(processorObject),
  )
  const mode: Record<string, ParameterSpec> =
    cluster.spec.serverVersion === 2022
      ? {}
      : {
          CompatibilityForMigrationMode: {
            ...text,
            values: ['MinimumFeatureSet', 'CommonClusterFeatureSet'],
          },
        }
  add(
    'Set-VMProcessor',
    { ...TARGET, CompatibilityForMigrationEnabled: { type: 'bool' }, ...mode },
    (args, ctx) => setProcessor(cluster, args, ctx),
    true,
  )
  add(
    'Compare-VM',
    { ...TARGET, DestinationHost: { ...text, position: 1 } },
    (args) => {
      const target = asked(cluster, args.DestinationHost)
      return vmsOf(cluster, args).map((vm) =>
        psObject({
          VM: vmObject(cluster, vm),
          Destination: target.name,
          Incompatibilities: cluster
            .incompatibilities(vm.name, target.name)
            .map((Message) => psObject({ Message, MessageId: 24004 })),
        }),
      )
    },
    true,
  )
  const operation = (
    name: string,
    kind: 'stop' | 'start' | 'save',
    extra: Record<string, ParameterSpec> = {},
  ) =>
    add(
      name,
      { ...TARGET, AsJob: flag, Passthru: flag, ...extra },
      (args, ctx) => {
        if (isOn(args.TurnOff) || isOn(args.Save))
          throw new UnsupportedError(`${name} with -TurnOff or -Save`)
        return vmsOf(cluster, args).flatMap((vm) => {
          if (!ctx.shouldProcess(name, `${name} of ${vm.name}`)) return []
          // A VM that runs already is a warning, not an error.
          if (kind === 'start' && vm.state === 'Running') {
            ctx.warning('The virtual machine is already in the specified state.')
            return []
          }
          if (isOn(args.AsJob)) return [jobOf(cluster, vm, kind)]
          const entry = cluster.operate(vm.name, kind)
          cluster.wait(entry)
          return entry.outcome === 'ended' ? [] : cluster.refuse(`'${vm.name}' failed to ${kind}.`)
        })
      },
      true,
    )
  operation('Stop-VM', 'stop', { Force: flag, TurnOff: flag, Save: flag })
  operation('Start-VM', 'start')
  operation('Save-VM', 'save')
  add(
    'Move-VM',
    {
      ...TARGET,
      DestinationHost: { ...text, position: 1 },
      IncludeStorage: flag,
      DestinationStoragePath: text,
    },
    (args) => {
      for (const vm of vmsOf(cluster, args)) {
        const entry = cluster.migrate(vm.name, toText(args.DestinationHost), 'Live')
        cluster.wait(entry)
        if (entry.outcome !== 'ended')
          cluster.refuse(`Virtual machine migration operation for '${vm.name}' failed.`)
      }
      return undefined
    },
    true,
  )
  registerCim(cluster)
}

function setProcessor(cluster: FakeCluster, args: Arguments, ctx: CommandContext): Value {
  for (const vm of vmsOf(cluster, args)) {
    if (vm.state !== 'Off')
      cluster.refuse(
        `'${vm.name}' failed to modify device 'Processor': cannot modify while the virtual machine is ${vm.state}.`,
      )
    if (!ctx.shouldProcess('Set-VMProcessor', `Set-VMProcessor of ${vm.name}`)) continue
    if (args.CompatibilityForMigrationEnabled !== undefined)
      vm.compatibility = args.CompatibilityForMigrationEnabled === true
    if (args.CompatibilityForMigrationMode !== undefined)
      vm.compatibilityMode = toText(args.CompatibilityForMigrationMode) as VmState['compatibilityMode']
  }
  return undefined
}

/** Of -AsJob: a refusal too shows in the job only. */
function jobOf(cluster: FakeCluster, vm: VmState, kind: 'stop' | 'start' | 'save'): PSObject {
  let entry: TraceEntry | undefined
  let why = 'The guest did not answer.'
  try {
    entry = cluster.operate(vm.name, kind)
  } catch (error) {
    why = (error as Error).message
  }
  const failed = () => (entry ? entry.outcome === 'failed' : true)
  const reason = () => (failed() ? psObject({ Message: why }, 'System.Exception') : null)
  const state = () => (failed() ? 'Failed' : entry?.outcome === 'ended' ? 'Completed' : 'Running')
  const info = new PSObject('System.Management.Automation.JobStateInfo')
  info
    .define({ name: 'Reason', get: reason, set: undefined })
    .define({ name: 'State', get: state, set: undefined })
  const child = new PSObject('Microsoft.HyperV.PowerShell.VMJob').set('JobStateInfo', info)
  const job = new PSObject('Microsoft.HyperV.PowerShell.VMJob')
    .set('ChildJobs', [child])
    .set('JobStateInfo', info)
  return job.define({ name: 'State', get: state, set: undefined })
}

function registerCim(cluster: FakeCluster): void {
  cluster.cim.set('win32_operatingsystem', (node) => [
    psObject({
      FreePhysicalMemory: Math.floor(cluster.freeMiB(node.name) * 1024),
      TotalVisibleMemorySize: node.memoryMiB * 1024,
      Caption: 'Microsoft Windows Server Datacenter',
    }),
  ])
  cluster.cim.set('win32_service', () => [])
  const parameters = {
    ClassName: { ...text, position: 0 },
    Namespace: text,
    ComputerName: text,
    Filter: text,
  }
  register(
    cluster,
    'Get-CimInstance',
    parameters,
    (args) => {
      const node = asked(cluster, args.ComputerName)
      const give = cluster.cim.get(toText(args.ClassName).toLowerCase())
      if (!give)
        throw new UnsupportedError(`Get-CimInstance ${toText(args.ClassName)}: the test has no such class`)
      return give(node)
    },
    { module: 'CimCmdlets' },
  )
}
