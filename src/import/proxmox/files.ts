/** Which of Proxmox's outputs a file is, by what is in it. */
import { quote } from '../../model/issues.js'
import { checkWhole, readCpuFile } from '../cpu-file.js'
import { importFault } from '../failure.js'
import { hostOfFile, stemOf } from '../host-file.js'
import type { InputFile, InventoryCpu } from '../inventory.js'
import { field, isObject, type JsonObject, parseJsonFile } from '../json.js'
import { decodeInput } from '../text.js'
import { refuseForeignRows, refuseForeignText } from './foreign.js'

export type ProxmoxFile =
  /** `pvesh get /cluster/resources` */
  | { kind: 'resources'; file: string; rows: readonly JsonObject[] }
  /** `pvesh get /cluster/ha/rules` */
  | { kind: 'rules'; file: string; rows: readonly JsonObject[] }
  /** `pvesh get /nodes/NODE/status`, or lscpu of a node */
  | { kind: 'cpu'; file: string; node: string; cpu: InventoryCpu }
  /** `/etc/pve/nodes/NODE/qemu-server/VMID.conf`, or `pvesh get /nodes/NODE/qemu/VMID/config` */
  | { kind: 'config'; file: string; vmid: string; config: ReadonlyMap<string, string> }

const CPU_KINDS = ['status', 'lscpu', 'cpuinfo']

/** @throws ImportError */
export function readProxmoxFile(input: InputFile): ProxmoxFile {
  const file = input.name
  const text = decodeInput(input)
  const start = text.replace(/^\uFEFF/, '').trimStart()[0]
  const cpu = readCpuFile(file, text)
  if (cpu !== undefined) return { kind: 'cpu', file, node: nodeOf(file), cpu }
  refuseForeignText(file, text)
  if (start !== '{' && start !== '[')
    return { kind: 'config', file, vmid: vmidOf(file), config: parseConf(file, text) }
  return fromJson(file, unwrap(parseJsonFile(file, text)))
}

/** The API itself, asked by HTTP, wraps what pvesh prints. */
function unwrap(json: unknown): unknown {
  return isObject(json) && Object.keys(json).length === 1 && Object.hasOwn(json, 'data') ? json.data : json
}

function fromJson(file: string, json: unknown): ProxmoxFile {
  if (Array.isArray(json)) {
    const rows = json.filter(isObject)
    if (rows.length < json.length) throw importFault(file, 'a list in which not everything is an object')
    refuseForeignRows(file, rows)
    if (rows.some((row) => Object.hasOwn(row, 'rule'))) return { kind: 'rules', file, rows }
    if (rows.some((row) => Object.hasOwn(row, 'type') && Object.hasOwn(row, 'id')))
      return { kind: 'resources', file, rows }
  }
  if (isObject(json)) {
    const cpuinfo = field(json, 'cpuinfo')
    if (isObject(cpuinfo)) return { kind: 'cpu', file, node: nodeOf(file), cpu: cpuOf(file, cpuinfo) }
    if (Object.hasOwn(json, 'digest'))
      return {
        kind: 'config',
        file,
        vmid: vmidOf(file),
        config: new Map(
          Object.entries(json).map(([k, v]) => [k, typeof v === 'object' ? JSON.stringify(v) : String(v)]),
        ),
      }
  }
  throw importFault(
    file,
    "none of the outputs that vmferry reads of Proxmox: pvesh get /cluster/resources, /cluster/ha/rules, /nodes/NODE/status or a VM's config, each with --output-format json; a VMID.conf; lscpu",
  )
}

function cpuOf(file: string, cpuinfo: JsonObject): InventoryCpu {
  const [flags, model] = [field(cpuinfo, 'flags'), field(cpuinfo, 'model')]
  const brand = typeof model === 'string' ? model : ''
  const features = typeof flags === 'string' ? flags.split(/\s+/).filter((flag) => flag !== '') : undefined
  if (features !== undefined) checkWhole(file, features, 'cpuinfo.flags')
  return {
    ...(features === undefined ? {} : { features }),
    vendor: brand,
    texts: brand === '' ? [] : [brand],
    origin: { file, place: 'cpuinfo' },
  }
}

/** Neither the status of a node nor lscpu says which node it is. */
function nodeOf(file: string): string {
  // The node's name alone will do: unlike hosts of libvirt, it has to be one of the cluster's.
  const stem = stemOf(file)
  const kind = CPU_KINDS.some((each) => stem.toLowerCase().endsWith(each))
  return kind ? (hostOfFile(file, CPU_KINDS) ?? stem) : stem
}

function vmidOf(file: string): string {
  const vmid = /^(?:qemu-|vm-)?(\d{1,9})(?:[.-]config)?$/i.exec(stemOf(file))?.[1]
  if (vmid === undefined) {
    const name = quote(stemOf(file))
    throw importFault(
      file,
      `a VM's configuration, which does not say of which VM: ${name} is not VMID.conf, such as 100.conf`,
    )
  }
  return vmid
}

/** `key: value` up to the first section, which is a snapshot. */
function parseConf(file: string, text: string): Map<string, string> {
  const config = new Map<string, string>()
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  for (const [index, line] of lines.entries()) {
    if (/^\s*\[/.test(line)) break
    if (/^\s*(?:#|$)/.test(line)) continue
    const match = /^([A-Za-z][\w-]*):(.*)$/s.exec(line)
    if (match === null)
      throw importFault(
        file,
        `${quote(line)} is no line of a VM's configuration, such as "cpu: host"`,
        `line ${index + 1}`,
      )
    config.set(match[1], match[2].trim())
  }
  return config
}
