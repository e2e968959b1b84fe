/**
 * The rule of direction. Where the silicon of a generation differs, a node is counted on for what all of it has (`features`), and a VM
 * started there is taken to see what any of it has (`mayHave` too); nodes of the same silicon, however, offer each other all they have.
 *
 * So that whoever compares sets needs no rule of its own, a doubtful feature goes by a name of its own, `rtm@Haswell`: a VM started
 * there sees that one. A node offers it that is of the same silicon, or has the feature for certain.
 */
import type { CpuVendor } from '../problem.js'

/** What is known of one node's CPU. Features are folded and sorted. */
export interface KnownCpu {
  vendor: CpuVendor
  features: readonly string[]
  mayHave: readonly string[]
  /** Of the table; undefined where the features were given. */
  model?: string | undefined
  /** Tells apart nodes of one model that are not of the same silicon. */
  part: string | undefined
}

/** Equal CPUs share both arrays. */
export interface DirectedFeatures {
  /** What it offers to VMs that arrive. */
  features: readonly string[]
  /** What a VM sees that was started there; absent where that is `features`. */
  bootFeatures?: readonly string[]
}

/** More kinds of doubtful silicon than a cluster has nodes are a mistake, and every kind adds to what every node offers. */
export const MAX_SILICON_KINDS = 64

const keyOf = ({ vendor, features, mayHave, model, part }: KnownCpu): string =>
  JSON.stringify(model === undefined ? [vendor, features, mayHave, part] : [model, part])

/** What each node offers and shows; undefined where there are more than `MAX_SILICON_KINDS` kinds of doubtful silicon. */
export function directFeatures(cpus: readonly KnownCpu[]): DirectedFeatures[] | undefined {
  if (cpus.every(({ mayHave }) => mayHave.length === 0)) return cpus.map(({ features }) => ({ features }))
  const kinds = new Map(cpus.map((cpu) => [keyOf(cpu), cpu]))
  const doubtful = [...kinds].filter(([, { mayHave }]) => mayHave.length > 0)
  if (doubtful.length > MAX_SILICON_KINDS) return undefined
  const labels = labelKinds(doubtful)

  const directed = new Map<string, DirectedFeatures>()
  for (const [key, { vendor, features, mayHave }] of kinds) {
    const certain = new Set(features)
    const offered = doubtful.flatMap(([other, { vendor: maker, mayHave: asked }]) =>
      maker !== vendor
        ? []
        : asked.flatMap((feature) =>
            other === key || certain.has(feature) ? [`${feature}@${labels.get(other)}`] : [],
          ),
    )
    const seen = mayHave.map((feature) => `${feature}@${labels.get(key)}`)
    directed.set(
      key,
      offered.length === 0
        ? { features }
        : { features: [...features, ...offered].sort(), bootFeatures: [...features, ...seen].sort() },
    )
  }
  return cpus.map((cpu) => directed.get(keyOf(cpu))!)
}

/** What a VM sees that was started on the node, with compatibility off. */
export function bootFeaturesOf({ features, bootFeatures = features }: DirectedFeatures): readonly string[] {
  return bootFeatures
}

/** `Haswell`, and `Haswell#2` for the second kind of it. Folded feature names are in lower case: none can be taken for one of these. */
function labelKinds(kinds: readonly (readonly [string, KnownCpu])[]): Map<string, string> {
  const counts = new Map<string, number>()
  return new Map(
    kinds.map(([key, { model, vendor }]) => {
      const name = model ?? vendor
      const count = (counts.get(name) ?? 0) + 1
      counts.set(name, count)
      return [key, count === 1 ? name : `${name}#${count}`]
    }),
  )
}
