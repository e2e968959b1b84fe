/** `<domain>`: a VM. */
import { quote, show } from '../../model/issues.js'
import type { VmState } from '../../model/problem.js'
import type { GuestCpu } from '../cpu/guest-models.js'
import type { Assumption, ImportIssue, InventoryVm } from '../inventory.js'
import type { Pins } from '../pins.js'
import type { XmlElement } from '../xml/tree.js'
import { forbidden, guestCpu } from './cpu.js'
import { memoryOf } from './memory.js'
import { tiesOf } from './pins.js'

export interface Domain {
  vm: InventoryVm
  /** `''` where it has none. */
  uuid: string
  /** Undefined where it sees all of its host's CPU. */
  guest: GuestCpu | undefined
}

/** States of `<domstatus>` in which a domain has no memory. */
const AT_REST = new Set(['shutoff', 'crashed', 'shutdown'])

/** @param status the element around it in `/run/libvirt/qemu`, which has the state */
export function readDomain(
  domain: XmlElement,
  host: string,
  status: string | undefined,
  issues: ImportIssue[],
  assumptions: Assumption[],
  pins: Pins,
): Domain | undefined {
  const id = domain.child('name')?.text ?? ''
  if (id === '') {
    issues.push({ origin: domain.origin, message: 'a domain without <name>' })
    return undefined
  }
  const state = stateOf(domain, status)
  const memory = memoryElement(domain, state)
  if (memory === undefined) issues.push({ origin: domain.origin, message: `${quote(id)} has no <memory>` })
  const memoryMiB = memory === undefined ? undefined : memoryOf(memory, issues)
  const vcpus = vcpusOf(domain)
  const vm: InventoryVm = {
    id,
    node: host,
    ...(memoryMiB === undefined ? {} : { memoryMiB }),
    ...(vcpus === undefined ? {} : { vcpus }),
    state,
    origin: domain.origin,
  }
  const arch = domain.at('os', 'type')?.attribute('arch')
  if (arch !== undefined && arch !== 'x86_64' && arch !== 'i686') {
    const message = `${quote(id)} is of architecture ${show(arch)}; vmferry knows the CPUs of x86-64 only`
    issues.push({ origin: domain.origin, message })
  }
  const cpu = domain.child('cpu')
  for (const tie of tiesOf(domain)) pins.add(vm, tie)
  const bad = forbidden(cpu)
  if (bad.length > 0) {
    const text = `${id} must not run where the CPU has ${bad.join(', ')} (policy "forbid"), which the format cannot say: give it allowedNodes`
    assumptions.push({ origin: cpu!.origin, text })
  }
  return { vm, uuid: domain.child('uuid')?.text ?? '', guest: guestCpu(cpu) }
}

/** Only a running domain has a number. */
function stateOf(domain: XmlElement, status: string | undefined): VmState {
  if (status !== undefined) return AT_REST.has(status) ? 'off' : 'running'
  return domain.attribute('id') === undefined ? 'off' : 'running'
}

/** Those that are plugged in now, of as many as there may be. */
function vcpusOf(domain: XmlElement): number | undefined {
  const vcpu = domain.child('vcpu')
  const count = Number(vcpu?.attribute('current') ?? vcpu?.text)
  return Number.isSafeInteger(count) && count >= 1 ? count : undefined
}

/** What the balloon leaves a running domain is what a migration copies; one that starts again gets all. */
function memoryElement(domain: XmlElement, state: VmState): XmlElement | undefined {
  const all = domain.child('memory')
  return state === 'running' ? (domain.child('currentMemory') ?? all) : all
}
