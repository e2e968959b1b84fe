/** The cmdlets of module FailoverClusters. Names are exact there, but for asterisks and question marks. */
import { type FakeCluster, Refused } from '../fake-cluster.js'
import type { Arguments, CommandContext, ParameterSpec } from '../interpreter/commands.js'
import { PSObject, toText, UnsupportedError, type Value } from '../interpreter/index.js'
import { wildcard } from '../interpreter/patterns.js'
import { coreGroup, groupObject, nodeObject, parameterObject, resourceObjects } from './objects.js'
import type { VmState } from './types.js'

const text = { type: 'string' }
const piped: ParameterSpec = { pipeline: true }
const MODULE = { module: 'FailoverClusters' }

/** Registers a cmdlet whose refusals by the cluster are errors of PowerShell. */
export function register(
  cluster: FakeCluster,
  name: string,
  parameters: Record<string, ParameterSpec>,
  run: (args: Arguments, ctx: CommandContext) => Value,
  options: { module: string; shouldProcess?: boolean },
): void {
  cluster.interpreter.register(
    name,
    parameters,
    (args, ctx) => {
      try {
        return run(args, ctx)
      } catch (error) {
        if (!(error instanceof Refused)) throw error
        ctx.error(error.message, {
          errorId: 'OperationFailed',
          exceptionType:
            options.module === 'Hyper-V'
              ? 'Microsoft.HyperV.PowerShell.VirtualizationException'
              : 'Microsoft.FailoverClusters.PowerShell.ClusterCmdletException',
        })
        return undefined
      }
    },
    options,
  )
}

/** Those whose name fits; an error where a name without wildcard fits none. */
function byName(ctx: CommandContext, objects: PSObject[], name: Value, what: string): PSObject[] {
  if (name === undefined) return objects
  const pattern = wildcard(toText(name))
  const found = objects.filter((object) => pattern.test(toText(object.get('Name'))))
  if (found.length === 0 && !/[*?]/.test(toText(name)))
    ctx.error(`The ${what} '${toText(name)}' was not found in the cluster.`, { errorId: 'NotFound' })
  return found
}

export function registerClusterCmdlets(cluster: FakeCluster): void {
  const add = (
    name: string,
    parameters: Record<string, ParameterSpec>,
    run: (args: Arguments, ctx: CommandContext) => Value,
  ) =>
    register(
      cluster,
      name,
      { ...parameters, Cluster: text },
      (args, ctx) => {
        refuseOtherCluster(cluster, args.Cluster)
        return run(args, ctx)
      },
      MODULE,
    )
  const vms = () => [...cluster.vms.values()]

  cluster.interpreter.register(
    'Get-Cluster',
    { Name: { ...text, position: 0 } },
    (args) => {
      refuseOtherCluster(cluster, args.Name)
      return clusterObject(cluster)
    },
    MODULE,
  )
  add('Get-ClusterNode', { Name: { ...text, position: 0 } }, (args, ctx) =>
    byName(ctx, [...cluster.nodes.values()].map(nodeObject), args.Name, 'node'),
  )
  add('Get-ClusterGroup', { Name: { ...text, position: 0 }, VMId: text, InputObject: piped }, (args, ctx) => {
    const groups = [...vms().map((vm) => groupObject(cluster, vm)), coreGroup(cluster)]
    if (args.VMId !== undefined)
      return groups.filter((group) => group.get('Id') === `group ${toText(args.VMId)}`)
    const owner = args.InputObject === undefined ? undefined : toText(args.InputObject)
    return byName(ctx, groups, args.Name, 'group').filter(
      (group) => owner === undefined || toText(group.get('OwnerNode')) === owner,
    )
  })
  add(
    'Get-ClusterResource',
    { Name: { ...text, position: 0 }, VMId: text, InputObject: piped },
    (args, ctx) => {
      const owner = args.InputObject === undefined ? undefined : toText(args.InputObject)
      const own = vms().filter(
        (vm) =>
          (args.VMId === undefined || vm.id === args.VMId) &&
          (owner === undefined || vm.name === owner || vm.node === owner),
      )
      return byName(
        ctx,
        own.flatMap((vm) => resourceObjects(cluster, vm)),
        args.Name,
        'resource',
      )
    },
  )
  add(
    'Get-ClusterParameter',
    { Name: { type: 'string[]', position: 0 }, InputObject: piped },
    (args, ctx) => {
      const owner = args.InputObject
      if (!(owner instanceof PSObject)) throw new UnsupportedError('Get-ClusterParameter without an object')
      const all = parametersOf(cluster, owner)
      if (args.Name === undefined) return all
      return (args.Name as string[]).flatMap((name) => byName(ctx, all, name, 'parameter'))
    },
  )
  add(
    'Move-ClusterVirtualMachineRole',
    {
      Name: { ...text, position: 0 },
      Node: { ...text, position: 1 },
      Cancel: { type: 'switch' },
      MigrationType: { ...text, values: ['TurnOff', 'Quick', 'Shutdown', 'ShutdownForce', 'Live'] },
      IgnoreLocked: { type: 'switch' },
      VMId: text,
      Wait: { type: 'int' },
      InputObject: piped,
    },
    (args) => {
      const vm = vmOf(cluster, args)
      if (args.Cancel !== undefined) {
        cluster.cancel(vm.name)
        return undefined
      }
      const type = toText(args.MigrationType ?? 'Live').toLowerCase()
      if (type !== 'live' && type !== 'quick') throw new UnsupportedError(`-MigrationType ${type}`)
      if (args.Node === undefined) throw new UnsupportedError('Move-ClusterVirtualMachineRole without -Node')
      const entry = cluster.migrate(vm.name, toText(args.Node), type === 'live' ? 'Live' : 'Quick')
      cluster.wait(entry, args.Wait as number | undefined)
      // An error of an asynchronous migration shows in MigrationState only.
      if (args.Wait === undefined && entry.outcome !== 'ended')
        cluster.refuse(`The migration of '${vm.name}' has failed.`)
      return groupObject(cluster, vm)
    },
  )
}

function refuseOtherCluster(cluster: FakeCluster, name: Value): void {
  const own = cluster.spec.name ?? 'CL01'
  if (name !== undefined && !['', '.', own.toLowerCase()].includes(toText(name).toLowerCase()))
    cluster.refuse(`Check the spelling of the cluster name. The server '${toText(name)}' was not found.`)
}

function vmOf(cluster: FakeCluster, args: Arguments): VmState {
  if (args.VMId !== undefined)
    return (
      [...cluster.vms.values()].find((vm) => vm.id === args.VMId) ??
      cluster.refuse(`No group has the VM ${toText(args.VMId)}.`)
    )
  const name = args.InputObject === undefined ? toText(args.Name) : toText(args.InputObject)
  return (
    [...cluster.vms.values()].find((vm) => vm.name.toLowerCase() === name.toLowerCase()) ?? cluster.vm(name)
  )
}

/** Settings can be set on it. */
function clusterObject(cluster: FakeCluster): PSObject {
  const object = new PSObject('Microsoft.FailoverClusters.PowerShell.Cluster')
  const name = cluster.spec.name ?? 'CL01'
  object.display = () => name
  object
    .set('Name', name)
    .set('Domain', 'example.test')
    .set('ClusterFunctionalLevel', cluster.spec.serverVersion === 2022 ? 11 : 12)
  object.set('ClusterEnforcedAntiAffinity', 0).set('AutoBalancerLevel', 1)
  object.define({
    name: 'MaximumParallelMigrations',
    get: () => cluster.maximumParallelMigrations,
    set: (value) => {
      cluster.maximumParallelMigrations = Number(toText(value))
    },
  })
  object.define({
    name: 'AutoBalancerMode',
    get: () => cluster.autoBalancerMode,
    set: (value) => {
      cluster.autoBalancerMode = Number(toText(value))
    },
  })
  return object
}

function parametersOf(cluster: FakeCluster, owner: PSObject): PSObject[] {
  const group = owner.get('OwnerGroup')
  const vm = group === undefined ? undefined : cluster.vms.get(toText(group))
  if (!vm) return []
  const parameters: [string, string | number][] = [['VmID', vm.id]]
  if (toText(owner.get('ResourceType')) === 'Virtual Machine')
    parameters.push(['MigrationState', vm.phase], ['OfflineAction', 1])
  return parameters.map(([name, value]) => parameterObject(owner, name, value))
}
