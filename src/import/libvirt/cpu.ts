/** CPU elements of libvirt: of a host, of what a host can give to guests, and of a domain. */
import { quote } from '../../model/issues.js'
import { type GuestCpu, guestModel, hostModelFeatures } from '../cpu/guest-models.js'
import type { InventoryCpu } from '../inventory.js'
import type { XmlElement } from '../xml/tree.js'

/** QEMU's own default for x86-64. */
const DEFAULT_MODEL = 'qemu64'

interface Features {
  adds: string[]
  drops: string[]
}

/** `<feature>` elements by policy; one without is there. */
function featuresOf(cpu: XmlElement): Features {
  const adds: string[] = []
  const drops: string[] = []
  for (const feature of cpu.all('feature')) {
    const name = feature.attribute('name')
    // What a nested hypervisor could use, some sixty of them, says nothing about the guest itself.
    if (name === undefined || /^(?:vmx|svm)-/.test(name)) continue
    const policy = feature.attribute('policy') ?? 'require'
    ;(policy === 'disable' || policy === 'forbid' ? drops : adds).push(name)
  }
  return { adds, drops }
}

/**
 * A host's CPU from `<host><cpu>` of its capabilities, or from the host-model of its domain capabilities: a model, and features
 * besides. Where the table has the model, its features with those besides; else what it may be looked up by.
 */
export function hostCpu(cpu: XmlElement): InventoryCpu | undefined {
  const model = cpu.child('model')?.text ?? ''
  const signature = cpu.child('signature')
  const numbers = ['family', 'model', 'stepping'].map((name) => signature?.attribute(name) ?? '')
  const texts = [
    ...(numbers.every((number) => /^\d{1,4}$/.test(number)) ? [numbers.join('-')] : []),
    ...(model === '' ? [] : [model]),
  ]
  if (texts.length === 0) return undefined
  const { adds, drops } = featuresOf(cpu)
  const features = hostModelFeatures(model, adds, drops)
  return {
    ...(features === undefined ? {} : { features }),
    vendor: cpu.child('vendor')?.text ?? '',
    texts,
    origin: cpu.origin,
  }
}

/** The host-model of domain capabilities; undefined where the host has none. */
export function hostModel(domainCapabilities: XmlElement): XmlElement | undefined {
  return domainCapabilities
    .child('cpu')
    ?.all('mode')
    .find((mode) => mode.attribute('name') === 'host-model' && mode.attribute('supported') !== 'no')
}

/** What a domain sees; undefined where it sees all of its host's CPU. */
export function guestCpu(cpu: XmlElement | undefined): GuestCpu | undefined {
  const model = cpu?.child('model')?.text
  const mode = cpu?.attribute('mode') ?? 'custom'
  // A running domain with host-model has the model of the host on which it was started, which is custom then.
  if (mode === 'host-passthrough' || mode === 'maximum' || mode === 'host-model') return undefined
  if (cpu === undefined) return guestModel(DEFAULT_MODEL, [], [])
  const { adds, drops } = featuresOf(cpu)
  return guestModel(model === undefined || model === '' ? DEFAULT_MODEL : model, adds, drops)
}

/** Features whose presence on a host keeps a domain away from it; the format has no such thing. */
export function forbidden(cpu: XmlElement | undefined): string[] {
  return (cpu?.all('feature') ?? [])
    .filter((feature) => feature.attribute('policy') === 'forbid')
    .map((feature) => quote(feature.attribute('name') ?? ''))
}
