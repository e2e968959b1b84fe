/** RVTools exports in small, in both kinds of headers. */
import type { Cell } from '../workbooks.js'

const XEON = 'Intel(R) Xeon(R) Gold 6248 CPU @ 2.50GHz'

/** A table of cells, numbers among them, from lines of text. */
const tableOf = (text: string): Cell[][] =>
  text.split('\n').map((line) => line.split('|').map((cell) => (/^\d+$/.test(cell) ? Number(cell) : cell)))

/** Names as RVTools writes them. */
export const V_HOST = tableOf(`\
Host|Datacenter|Cluster|in Maintenance Mode|CPU Model|Speed|# CPU|# Memory|Current EVC|Max EVC|Vendor|# Cores|HT Active
esx1.corp.local|DC1|Prod|False|${XEON}|2500|2|786419||intel-cascadelake|Dell Inc.|40|True
esx2.corp.local|DC1|Prod|True|${XEON}|2500|2|786419||intel-cascadelake|Dell Inc.|40|False`)

const RULES = 'HA Restart Priority|Cluster rule(s)|Cluster rule name(s)'
export const V_INFO = tableOf(`\
VM|Powerstate|Template|SRM Placeholder|Connection state|CPUs|Memory|${RULES}|Datacenter|Cluster|Host|VM ID
web-01|poweredOn|False|False|connected|4|16384|medium|||DC1|Prod|esx1.corp.local|vm-1
web-02|poweredOff|False|False|connected|4|8192|high|||DC1|Prod|esx1.corp.local|vm-2
old-01|suspended|False|False|connected|1|512|disabled|||DC1|Prod|esx2.corp.local|vm-3
golden|poweredOff|True|False|connected|1|4096||||DC1|Prod|esx1.corp.local|vm-4
srm-01|poweredOff|False|True|connected|1|4096||||DC1|Prod|esx1.corp.local|vm-5
vCLS-4c4c4544|poweredOn|False|False|connected|1|128||||DC1|Prod|esx1.corp.local|vm-6`)

/** Names with the tab in front, as the option `-DBColumnNames` makes them. */
const PREFIXED: Readonly<Record<string, string>> = {
  VM: 'vInfoVMName',
  Powerstate: 'vInfoPowerstate',
  Template: 'vInfoTemplate',
  'SRM Placeholder': 'vInfoSRMPlaceHolder',
  CPUs: 'vInfoCPUs',
  Memory: 'vInfoMemory',
  'CPU Model': 'vHostCpuModel',
  '# Memory': 'vHostMemorySize',
  '# CPU': 'vHostNumCpu',
  '# Cores': 'vHostNumCpuCores',
  Vendor: 'vHostVendor',
}

export function prefixed(tab: 'vInfo' | 'vHost', rows: readonly Cell[][]): Cell[][] {
  const [head, ...rest] = rows
  const names = head.map((name) => {
    if (tab === 'vHost' && name === 'Host') return 'vHostName'
    return PREFIXED[String(name)] ?? tab + String(name).replace(/[^A-Za-z]/g, '')
  })
  return [names, ...rest]
}

export function csv(rows: readonly Cell[][], delimiter = ','): string {
  const cell = (value: Cell): string => {
    const text = String(value ?? '')
    return /[,;"\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
  }
  return rows.map((row) => `${row.map(cell).join(delimiter)}\r\n`).join('')
}

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

export function utf16(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(`\ufeff${text}`, 'utf16le'))
}

/** `rows` with other cells in the row of that VM or host. */
export function change(
  rows: readonly Cell[][],
  key: string,
  cells: Readonly<Record<string, Cell>>,
): Cell[][] {
  const head = rows[0].map(String)
  return rows.map((row) =>
    row[0] === key ? row.map((value, i) => (Object.hasOwn(cells, head[i]) ? cells[head[i]] : value)) : row,
  )
}
