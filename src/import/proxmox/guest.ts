/** What a VM's configuration says about where it can run. */
import { type GuestCpu, guestModel } from '../cpu/guest-models.js'

/** Of a VM without `cpu`: the default of Proxmox's own tools. */
const DEFAULT_CPU = 'kvm64'

/** What the guest sees; undefined for `host` and `max`, with which it sees all of the node's CPU. */
export function guestCpuOf(cpu: string | undefined): GuestCpu | undefined {
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
