/** CPU models that QEMU and libvirt give to guests, as features of the built-in table. */
import { normaliseFeature, normaliseFeatures, X86_64 } from '../../model/cpu/features.js'
import { findCpuModel, seenFeatures } from '../../model/cpu/table.js'

const words = (text: string): string[] => text.split(' ')

const V2 = words('cx16 lahf_lm popcnt sse3 sse4_1 sse4_2 ssse3')
const V3 = [...V2, ...words('avx avx2 bmi1 bmi2 f16c fma lzcnt movbe xsave')]

/** Models that stand for no generation: the levels of the x86-64 psABI, and QEMU's and KVM's own baselines. */
const BASELINES: Readonly<Record<string, readonly string[]>> = {
  qemu64: words('cx16 lahf_lm sse3'),
  kvm64: words('cx16 sse3'),
  'x86-64-v1': [],
  'x86-64-v2': V2,
  'x86-64-v2-aes': [...V2, 'aes'],
  'x86-64-v3': [...V3, 'aes'],
  'x86-64-v4': [...V3, ...words('aes avx512f avx512bw avx512cd avx512dq avx512vl')],
}

/** What a guest sees: a model, and single features given to it or taken from it. */
export interface GuestCpu {
  /** As messages call it. */
  name: string
  /** Folded; undefined where the model is not in the table. */
  features: ReadonlySet<string> | undefined
}

/** QEMU's models have no MPX, whatever the silicon has. */
const NEVER_GIVEN = 'mpx'

/**
 * The features of a model by its name in QEMU, where the table has it. Versions (`-v2`) of a model are taken as the model.
 * @param adds @param drops in any spelling
 */
export function guestModel(model: string, adds: readonly string[], drops: readonly string[]): GuestCpu {
  const base = featuresOf(model)
  const changes = [...adds.map((flag) => `+${flag}`), ...drops.map((flag) => `-${flag}`)]
  const name =
    changes.length === 0
      ? model
      : `${model} ${changes.slice(0, 6).join(' ')}${changes.length > 6 ? ' …' : ''}`
  if (base === undefined) return { name, features: undefined }
  const features = new Set(normaliseFeatures([...base, ...adds]))
  if (!adds.some((add) => normaliseFeature(add) === NEVER_GIVEN)) features.delete(NEVER_GIVEN)
  for (const drop of drops) features.delete(normaliseFeature(drop))
  return { name, features }
}

function featuresOf(model: string): readonly string[] | undefined {
  const folded = model.trim().toLowerCase()
  if (Object.hasOwn(BASELINES, folded)) return [...X86_64, ...BASELINES[folded]]
  const known = findCpuModel(folded) ?? findCpuModel(folded.replace(/-v\d{1,2}$/, ''))
  return known === undefined ? undefined : seenFeatures(known)
}

/**
 * What a host has for certain that libvirt calls by this model: the rest it lists besides. Its models with TSX have it, since those
 * without have names of their own. Undefined where the model is not in the table.
 */
export function hostModelFeatures(
  model: string,
  adds: readonly string[],
  drops: readonly string[],
): string[] | undefined {
  const known = findCpuModel(model)
  if (known === undefined) return undefined
  const tsx = ['hle', 'rtm'].filter((feature) => known.mayHave.includes(feature))
  const dropped = new Set(drops.map(normaliseFeature))
  return normaliseFeatures([...known.features, ...tsx, ...adds]).filter((feature) => !dropped.has(feature))
}
