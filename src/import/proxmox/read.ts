/** Proxmox VE: the resources of a cluster, and, where given, its nodes' CPUs, its VMs' configurations and its affinity rules. */

import { addAll } from '../../lists.js'
import { quote } from '../../model/issues.js'
import { withAnsweredCpus } from '../answered-cpus.js'
import { type GuestCpu, guestModel } from '../cpu/guest-models.js'
import { CpuPlacing } from '../cpu/placing.js'
import { ImportError } from '../failure.js'
import type { Assumption, ImportIssue, InputFile, Inventory, InventoryNode } from '../inventory.js'
import type { ReaderOptions } from '../options.js'
import { Pins } from '../pins.js'
import { listNames } from '../words.js'
import { type ProxmoxFile, readProxmoxFile } from './files.js'
import { tiesOf } from './pins.js'
import { ResourceReader, type Resources } from './resources.js'
import { applyRules } from './rules.js'

/** Of a VM without `cpu`: the default of Proxmox's own tools. */
const DEFAULT_CPU = 'kvm64'

type FileOf<K extends ProxmoxFile['kind']> = Extract<ProxmoxFile, { kind: K }>

export function readProxmox(files: readonly InputFile[], options: ReaderOptions = {}): Inventory {
  const issues: ImportIssue[] = []
  const assumptions: Assumption[] = []
  const found: ProxmoxFile[] = []
  for (const file of files) {
    try {
      found.push(readProxmoxFile(file))
    } catch (error) {
      if (!(error instanceof ImportError)) throw error
      addAll(issues, error.issues)
    }
  }
  const inventory: Inventory = { nodes: [], vms: [], windows: [], assumptions, issues }
  const [resources, ...more] = found.filter((file) => file.kind === 'resources')
  for (const { file } of more) {
    const message = `the resources of a cluster, which ${quote(resources.file)} has too; import one cluster at a time`
    issues.push({ origin: { file, place: '' }, message })
  }
  if (resources === undefined) {
    const message = 'there is no output of pvesh get /cluster/resources --output-format json among the files'
    if (issues.length === 0) issues.push({ origin: { file: files[0]?.name ?? '', place: '' }, message })
    return inventory
  }
  const read = new ResourceReader(resources.file, issues, assumptions).read(resources.rows)
  const { nodes, vms, dead } = read
  for (const file of found)
    if (file.kind === 'cpu' && !dead.has(file.node.toLowerCase())) setCpu(nodes, file, issues)
  for (const file of found)
    if (file.kind === 'rules') applyRules(file.file, file.rows, vms, dead, issues, assumptions)
  applyConfigs(
    read,
    found.filter((file) => file.kind === 'config'),
    options,
    issues,
    assumptions,
  )
  return { ...inventory, nodes, vms: [...vms.values()], leftOut: [...dead] }
}

function setCpu(
  nodes: readonly InventoryNode[],
  { file, node: name, cpu }: FileOf<'cpu'>,
  issues: ImportIssue[],
): void {
  const node = nodes.find(({ id }) => id.toLowerCase() === name.toLowerCase())
  if (node === undefined) {
    const message = `tells the CPU of a node, but ${quote(name)} is none of the cluster; name the file NODE.status.json or NODE.lscpu`
    issues.push({ origin: { file, place: '' }, message })
  } else if (node.cpu !== undefined) {
    const message = `tells the CPU of ${node.id}, as ${quote(node.cpu.origin.file)} does; give one of the two`
    issues.push({ origin: { file, place: '' }, message })
  } else node.cpu = cpu
}

function applyConfigs(
  { nodes, vms, shared }: Resources,
  configs: readonly FileOf<'config'>[],
  options: ReaderOptions,
  issues: ImportIssue[],
  assumptions: Assumption[],
): void {
  const placing = new CpuPlacing(withAnsweredCpus(nodes, options))
  const pins = new Pins(options.localDisks)
  const untold = new Set<string>()
  const left = new Map(vms)
  for (const { file, vmid, config } of configs) {
    const vm = vms.get(vmid)
    // Files of containers and templates come along with those of VMs.
    if (vm === undefined) continue
    if (!left.delete(vmid)) {
      issues.push({ origin: { file, place: '' }, message: `a second configuration of VM ${vmid}` })
      continue
    }
    const guest = guestCpuOf(config.get('cpu'))
    if (guest !== undefined) placing.place(vm, guest)
    for (const tie of tiesOf(file, config, shared, untold)) pins.add(vm, tie)
  }
  addAll(assumptions, pins.assumptions())
  if (untold.size > 0) {
    const text = `the resources do not tell whether storage is shared: ${listNames([...untold])}; only what the installer calls local is taken as not shared`
    assumptions.push({ origin: { file: configs[0].file, place: '' }, text })
  }
  addAll(assumptions, placing.assumptions())
  const running = [...left.values()].filter(({ state }) => state === 'running')
  if (running.length === 0) return
  assumptions.push({
    origin: running[0].origin,
    text: `no configuration is given for ${listNames(running.map(({ id }) => id))}: taken to have CPU type host, with which a VM moves only to nodes that have all of its node's features, and nothing that ties it to its node; give the files of /etc/pve/nodes/*/qemu-server`,
  })
}

/** What the guest sees; undefined for `host` and `max`, with which it sees all of the node's CPU. */
function guestCpuOf(cpu: string | undefined): GuestCpu | undefined {
  const parts = (cpu ?? DEFAULT_CPU).split(',').map((part) => part.trim())
  let model = DEFAULT_CPU
  const adds: string[] = []
  const drops: string[] = []
  for (const part of parts) {
    const equals = part.indexOf('=')
    const key = equals < 0 ? 'cputype' : part.slice(0, equals).trim()
    const value = part.slice(equals + 1).trim()
    if (key === 'cputype' && value !== '') model = value
    if (key !== 'flags') continue
    for (const flag of value.split(';')) {
      if (flag.startsWith('+')) adds.push(flag.slice(1))
      else if (flag.startsWith('-')) drops.push(flag.slice(1))
    }
  }
  return /^(?:host|max)$/i.test(model) ? undefined : guestModel(model, adds, drops)
}
