/** Where an inventory may come from. Readers are loaded when they are asked for. */
import type { InventoryReader } from './options.js'

export interface Source {
  /** What its files are, for the help. */
  files: string
  load: () => Promise<InventoryReader>
}

export const SOURCES = {
  hyperv: {
    files: 'JSON exported from Hyper-V and failover clustering by PowerShell',
    load: async () => (await import('./hyperv/read.js')).readHyperV,
  },
  rvtools: {
    files: 'vInfo and vHost of RVTools, as a workbook or as CSV',
    load: async () => (await import('./rvtools/read.js')).readRvTools,
  },
  csv: {
    files: 'two tables, of nodes and of VMs, as CSV',
    load: async () => (await import('./csv/read.js')).readCsv,
  },
  proxmox: {
    files: 'JSON of the Proxmox VE API',
    load: async () => (await import('./proxmox/read.js')).readProxmox,
  },
  libvirt: {
    files: 'XML of domains and hosts',
    load: async () => (await import('./libvirt/read.js')).readLibvirt,
  },
} as const satisfies Record<string, Source>

export type ImportSource = keyof typeof SOURCES
export const IMPORT_SOURCES = Object.keys(SOURCES) as ImportSource[]
