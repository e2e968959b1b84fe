/**
 * Brand names that tell the generation for certain, by the vendors' own numbering. Names that do not (`Intel(R) Xeon(R) CPU @ 2.20GHz`
 * of a cloud, `AMD EPYC Processor`) match none; nor do client cores sold to servers (Xeon E-2300 and 6300P, EPYC 4004), which are not in the table.
 */

interface BrandRule {
  /** Against the brand name without `(R)`, `(TM)`, `CPU`, `Processor` and the frequency. */
  pattern: RegExp
  model: string
}

const xeon = (pattern: string): RegExp => new RegExp(`^Intel Xeon (?:${pattern})$`, 'i')
/** Bronze 3, Silver 4, Gold 5 and 6, Platinum 8 and 9; the second digit is the generation. */
const scalable = (pattern: string): RegExp =>
  xeon(`(?:Bronze 3|Silver 4|Gold [56]|Platinum [89])(?:${pattern})`)
const epyc = (pattern: string): RegExp => new RegExp(`^AMD EPYC (?:${pattern})$`, 'i')
const opteron = (pattern: string): RegExp =>
  new RegExp(`^(?:(?:Quad|Six)-Core )?AMD Opteron (?:${pattern})$`, 'i')

const SUFFIX = '[A-Z]{0,2}\\+?'

const BRANDS: readonly BrandRule[] = [
  // X3400 is Lynnfield; L3406 is not, so that L34xx tells nothing.
  { pattern: xeon('(?:[ELWX]55|W35|[ELX]75|[EX]65|X34)\\d\\d'), model: 'Nehalem' },
  { pattern: xeon('(?:[ELX]56|W36)\\d\\d'), model: 'Westmere' },
  { pattern: xeon('E7-? ?[248]8\\d\\dL?'), model: 'Westmere' },
  { pattern: xeon('E3-12\\d\\dL?|E5-[1246][46]\\d\\d[LW]?'), model: 'SandyBridge' },
  { pattern: xeon('(?:E3-12|E5-[1246][46]|E7-[248]8)\\d\\d[LW]? v2'), model: 'IvyBridge' },
  { pattern: xeon('(?:E3-12|E5-[1246][46]|E7-[48]8)\\d\\d[ALW]? v3'), model: 'Haswell' },
  { pattern: xeon('(?:E3-12|E5-[1246]6|E7-[48]8)\\d\\d[ALRW]? v4'), model: 'Broadwell' },
  { pattern: xeon(`D-1[56]\\d\\d${SUFFIX}`), model: 'Broadwell' },
  { pattern: scalable(`1\\d\\d${SUFFIX}`), model: 'Skylake-Server' },
  { pattern: xeon(`D-21\\d\\d${SUFFIX}`), model: 'Skylake-Server' },
  { pattern: scalable(`2\\d\\d${SUFFIX}`), model: 'Cascadelake-Server' },
  // Third generation: H parts are Cooper Lake, all others Ice Lake.
  { pattern: scalable('3\\d\\dH[A-Z]?'), model: 'Cooperlake' },
  { pattern: scalable('3\\d\\d(?!H)[A-Z]{0,2}\\+?'), model: 'Icelake-Server' },
  { pattern: xeon(`D-(?:1[78]|2[78])\\d\\d${SUFFIX}`), model: 'Icelake-Server' },
  { pattern: scalable(`4\\d\\d${SUFFIX}`), model: 'SapphireRapids' },
  { pattern: xeon('Max 94\\d\\d'), model: 'SapphireRapids' },
  { pattern: scalable(`5\\d\\d${SUFFIX}`), model: 'EmeraldRapids' },
  // 63xxP is a client core.
  { pattern: xeon('(?:6 )?6[579]\\d\\dP(?:-B)?'), model: 'GraniteRapids' },
  // 69xxE is left to the user: two generations lay claim to it.
  { pattern: xeon('(?:6 )?67\\d\\dE'), model: 'SierraForest' },
  { pattern: opteron('(?:23|24|83|84|41|61)\\d\\d(?: (?:HE|SE|EE))?'), model: 'Opteron_G3' },
  { pattern: opteron('(?:32|42|62)\\d\\d(?: (?:HE|SE|EE))?'), model: 'Opteron_G4' },
  { pattern: opteron('(?:33|43|63)\\d\\d(?: (?:HE|SE|EE))?'), model: 'Opteron_G5' },
  // The last digit is the generation, also where clouds put letters before it (7R32, 9V74).
  { pattern: epyc('7[\\dA-Z]\\d1P?'), model: 'EPYC' },
  { pattern: epyc('7[\\dA-Z]\\d2P?'), model: 'EPYC-Rome' },
  { pattern: epyc('7(?:[\\dA-Z]\\d|\\dF)3[PX]?'), model: 'EPYC-Milan' },
  { pattern: epyc('(?:9[\\dA-Z]|8\\d)\\d4(?:P|X|F|S|PN)?'), model: 'EPYC-Genoa' },
  { pattern: epyc('9[\\dA-Z]\\d5[FP]?'), model: 'EPYC-Turin' },
  // Later C86 parts have features that Dhyana lacks.
  { pattern: /^Hygon C86 71\d\d$/i, model: 'Dhyana' },
]

/** Without what stands around the name: marks, `CPU`, `Processor`, core counts, the frequency, the `0` of first E5 parts. */
function bareBrand(text: string): string {
  return text
    .replace(/\((?:r|tm|c)\)/gi, ' ')
    .replace(/@.*$/, ' ')
    .replace(/\b\d+-Core\b/gi, ' ')
    .replace(/\b(?:CPU|Processor)\b/gi, ' ')
    .replace(/\s+0\s*$/, '')
    .replace(/\s+/g, ' ')
    .trim()
}

/** Whether the text is a brand name at all, known or not. */
export function isBrandName(text: string): boolean {
  const plain = text.replace(/\((?:r|tm|c)\)/gi, ' ')
  return /\b(?:xeon|opteron|core|atom|pentium|ryzen|processor|cpu)\b|\b(?:epyc|c86)\s+\w*\d/i.test(plain)
}

/** Name of the model that the brand name tells for certain; undefined where it does not. */
export function modelOfBrand(text: string): string | undefined {
  const bare = bareBrand(text)
  return BRANDS.find(({ pattern }) => pattern.test(bare))?.model
}
