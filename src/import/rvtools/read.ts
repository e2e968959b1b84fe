/** RVTools: the tabs vInfo and vHost of a workbook, or of CSV files. */

import { addAll, append } from '../../lists.js'
import { quote } from '../../model/issues.js'
import { ImportError } from '../failure.js'
import type { Assumption, ImportIssue, InputFile, Inventory } from '../inventory.js'
import type { InventoryReader } from '../options.js'
import { listNames } from '../words.js'
import { type Host, readHosts } from './hosts.js'
import { isWorkbook, missingColumns, readTabOfCsv, readTabsOfWorkbook, type Tab } from './table.js'
import { type FoundVm, readVms } from './vms.js'

export const readRvTools: InventoryReader = async (files): Promise<Inventory> => {
  const issues: ImportIssue[] = []
  const assumptions: Assumption[] = []
  const tabs: Tab[] = []
  for (const file of files) {
    try {
      addAll(tabs, await tabsOf(file, assumptions))
    } catch (error) {
      if (!(error instanceof ImportError)) throw error
      addAll(issues, error.issues)
    }
  }
  const usable = tabs.filter((tab) => {
    const missing = missingColumns(tab)
    if (missing.length === 0) return true
    const columns = missing.map(quote).join(', ')
    issues.push({
      origin: { file: tab.file, place: tab.name },
      message: `the tab lacks ${missing.length === 1 ? 'the column' : 'the columns'} ${columns}; export it again with all columns`,
    })
    return false
  })
  for (const name of ['vInfo', 'vHost'] as const) {
    if (issues.length > 0 || tabs.some((tab) => tab.name === name)) continue
    issues.push({
      origin: { file: files[0]?.name ?? '', place: '' },
      message: `there is no tab ${name}; give the workbook, or the CSV files of both tabs, vInfo and vHost`,
    })
  }
  const hosts: Host[] = []
  const found: FoundVm[] = []
  for (const tab of usable) {
    if (tab.name === 'vHost') addAll(hosts, readHosts(tab, issues, assumptions))
    else addAll(found, readVms(tab, issues, assumptions))
  }
  nameApart(found, assumptions)
  keepInClusters(hosts, found, assumptions)
  return {
    nodes: hosts.map(({ node }) => node),
    vms: found.map(({ vm }) => vm),
    windows: [],
    assumptions,
    issues,
  }
}

async function tabsOf(file: InputFile, assumptions: Assumption[]): Promise<Tab[]> {
  if (isWorkbook(file)) return readTabsOfWorkbook(file)
  const tab = await readTabOfCsv(file)
  if (tab !== undefined) return [tab]
  assumptions.push({
    origin: { file: file.name, place: '' },
    text: 'neither the tab vInfo nor the tab vHost, by its columns: not read',
  })
  return []
}

/** In vCenter, VMs of different folders may have one name. */
function nameApart(found: readonly FoundVm[], assumptions: Assumption[]): void {
  const byName = new Map<string, FoundVm[]>()
  for (const each of found) append(byName, each.vm.id, each)
  for (const [name, same] of byName) {
    // Without ids they stay alike: that two VMs have one id is then said to be a fault of the problem.
    if (same.length === 1 || new Set(same.map(({ key }) => key)).size < same.length) continue
    for (const { vm, key } of same) vm.id = `${name} (${key})`
    assumptions.push({
      origin: same[0].vm.origin,
      text: `${same.length} VMs are named ${quote(name)}: their ids in vCenter are put behind the name (${listNames(same.map(({ vm }) => vm.id))})`,
    })
  }
}

/** Hosts of another cluster need not see the same storage and networks: where there are several, VMs stay in theirs. */
function keepInClusters(hosts: readonly Host[], found: readonly FoundVm[], assumptions: Assumption[]): void {
  const members = new Map<string, string[]>()
  const clusterOf = new Map<string, string>()
  for (const { cluster, node } of hosts) {
    append(members, cluster, node.id)
    clusterOf.set(node.id.toLowerCase(), cluster)
  }
  if (members.size < 2) return
  for (const { vm, cluster } of found) {
    const own = members.get(clusterOf.get(vm.node.toLowerCase()) ?? cluster)
    if (own !== undefined) vm.allowedNodes = own
  }
  const names = [...members.keys()].map((key) => (JSON.parse(key) as string[]).at(-1) || 'no cluster')
  assumptions.push({
    origin: hosts[0].node.origin,
    text: `the hosts are of ${members.size} clusters (${listNames(names)}): VMs may move within their own only (allowedNodes)`,
  })
}
