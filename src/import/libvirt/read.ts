/** libvirt: capabilities and domains of hosts, as virsh prints them, and lscpu. */

import { addAll, append } from '../../lists.js'
import { quote } from '../../model/issues.js'
import { withAnsweredCpus } from '../answered-cpus.js'
import { CpuPlacing } from '../cpu/placing.js'
import { ImportError } from '../failure.js'
import type { Assumption, ImportIssue, Inventory } from '../inventory.js'
import type { InventoryReader } from '../options.js'
import { Pins } from '../pins.js'
import { Skipped } from '../skipped.js'
import { type Domain, readDomain } from './domain.js'
import { HostSorter } from './files.js'
import { type HostFiles, haveDomainCapabilities, ModelReport, readHost } from './host.js'

export const readLibvirt: InventoryReader = async (files, options = {}): Promise<Inventory> => {
  const issues: ImportIssue[] = []
  const assumptions: Assumption[] = []
  const sorter = new HostSorter(issues)
  for (const file of files) {
    try {
      await sorter.add(file)
    } catch (error) {
      if (!(error instanceof ImportError)) throw error
      addAll(issues, error.issues)
    }
  }
  const { hosts } = sorter
  const byDomainCapabilities = haveDomainCapabilities(hosts)
  const byModel = new ModelReport()
  const nodes = hosts.map((host) => readHost(host, byDomainCapabilities, byModel, issues))
  addAll(assumptions, byModel.assumptions())
  const domains = readDomains(hosts, issues, assumptions)
  const placing = new CpuPlacing(withAnsweredCpus(nodes, options))
  for (const { vm, guest } of domains) if (guest !== undefined) placing.place(vm, guest)
  addAll(assumptions, placing.assumptions())
  const off = domains.find(({ vm }) => vm.state === 'off')
  if (off !== undefined) {
    assumptions.push({
      origin: off.vm.origin,
      text: 'domains that do not run are taken as off: the XML does not tell which of them have a saved state (virsh list --all --with-managed-save)',
    })
  }
  return { nodes, vms: domains.map(({ vm }) => vm), windows: [], assumptions, issues }
}

function readDomains(
  hosts: readonly HostFiles[],
  issues: ImportIssue[],
  assumptions: Assumption[],
): Domain[] {
  const skipped = new Skipped()
  const pins = new Pins()
  const found: Domain[] = []
  for (const { name, domains } of hosts) {
    for (const { element, status } of domains) {
      if (element.attribute('type') === 'lxc') {
        skipped.add(
          'containers (type lxc), which cannot move while they run',
          element.origin,
          element.child('name')?.text ?? '',
        )
        continue
      }
      const domain = readDomain(element, name, status, issues, assumptions, pins)
      if (domain !== undefined) found.push(domain)
    }
  }
  const kept = withoutCopies(found, skipped)
  nameApart(kept, assumptions)
  addAll(assumptions, skipped.assumptions())
  addAll(assumptions, pins.assumptions())
  return kept
}

/** A domain that migrated may have left its definition behind, shut off. */
function withoutCopies(found: readonly Domain[], skipped: Skipped): Domain[] {
  const running = new Map<string, Domain>()
  for (const domain of found)
    if (domain.uuid !== '' && domain.vm.state === 'running') running.set(domain.uuid, domain)
  return found.filter((domain) => {
    const { vm, uuid } = domain
    if (vm.state === 'running' || !running.has(uuid)) return true
    skipped.add('definitions of domains that run on another host', vm.origin, `${vm.id} on ${vm.node}`)
    return false
  })
}

/** Names are unique on a host only. Two of one UUID that both run stay alike: that is a fault, and said to be one of the problem. */
function nameApart(domains: readonly Domain[], assumptions: Assumption[]): void {
  const byName = new Map<string, Domain[]>()
  for (const domain of domains) {
    append(byName, domain.vm.id, domain)
  }
  for (const [name, same] of byName) {
    const uuids = same.map(({ uuid }) => uuid)
    if (same.length === 1 || (uuids[0] !== '' && new Set(uuids).size < uuids.length)) continue
    for (const { vm } of same) vm.id = `${name} (${vm.node})`
    assumptions.push({
      origin: same[0].vm.origin,
      text: `${same.length} domains are named ${quote(name)}: their hosts are put behind the name, as in ${quote(same[0].vm.id)}`,
    })
  }
}
