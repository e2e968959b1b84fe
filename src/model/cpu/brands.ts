/**
 * Brand names that tell the generation for certain, by the vendors' own numbering. Names that do not (`Intel(R) Xeon(R) CPU @ 2.20GHz`
 * of a cloud, `AMD EPYC Processor`) match none.
 */

interface BrandRule {
  /** Against the brand name without `(R)`, `(TM)`, `CPU`, `Processor` and the frequency. */
  pattern: RegExp
  model: string
}

const xeon = (pattern: string): RegExp => new RegExp(`^(?:Intel )?Xeon (?:${pattern})$`, 'i')
/** Bronze 3, Silver 4, Gold 5 and 6, Platinum 8 and 9; the second digit is the generation. */
const scalable = (pattern: string): RegExp =>
  xeon(`(?:Bronze 3|Silver 4|Gold [56]|Platinum [89])(?:${pattern})`)
const epyc = (pattern: string): RegExp => new RegExp(`^(?:AMD )?EPYC (?:${pattern})$`, 'i')
const opteron = (pattern: string): RegExp =>
  new RegExp(`^(?:(?:Dual|Quad|Six)[- ]Core )?(?:AMD )?Opteron (?:${pattern})(?: (?:HE|SE|EE))?$`, 'i')

const SUFFIX = '[A-Z]{0,2}\\+?'

const BRANDS: readonly BrandRule[] = [
  { pattern: xeon('[ELX](?:33|52|54|74)\\d\\d|E31[12]0|L3110|L3014'), model: 'Penryn' },
  // X3400 is Lynnfield; L3406 is not, so that L34xx tells nothing.
  { pattern: xeon('(?:[ELWX]55|W35|[ELX]75|[EX]65|X34)\\d\\d'), model: 'Nehalem' },
  { pattern: xeon('(?:[ELX]56|W36)\\d\\d'), model: 'Westmere' },
  { pattern: xeon('E7-? ?[248]8\\d\\dL?'), model: 'Westmere' },
  { pattern: xeon('E3-?12\\d\\dL?|E5-[1246][46]\\d\\d[LW]?'), model: 'SandyBridge' },
  { pattern: xeon('(?:E3-12|E5-[1246][46]|E7-[248]8)\\d\\d[LW]? v2'), model: 'IvyBridge' },
  { pattern: xeon('(?:E3-12|E5-[1246][46]|E7-[48]8)\\d\\d[ALW]? v3'), model: 'Haswell' },
  { pattern: xeon('(?:E3-1[25]|E5-[1246]6|E7-[48]8)\\d\\d[ACLRW]? v4'), model: 'Broadwell' },
  { pattern: xeon('E3-1[25]\\d\\d(?:M|L|ML)? v[56]|E-2[12]\\d\\d[GMEL]{0,3}'), model: 'Skylake-Client' },
  { pattern: xeon('(?:E-23|W-13)\\d\\d[A-Z]{0,2}'), model: 'RocketLake' },
  { pattern: xeon('E-24\\d\\d[GM]?|(?:6 )?63\\d\\dP'), model: 'RaptorLake' },
  { pattern: xeon(`D-1[56]\\d\\d${SUFFIX}`), model: 'Broadwell' },
  { pattern: scalable(`1\\d\\d${SUFFIX}`), model: 'Skylake-Server' },
  {
    pattern: xeon(`D-21\\d\\d${SUFFIX}|W-(?:21|31)\\d\\d[A-Z]?|Platinum P-81\\d\\d`),
    model: 'Skylake-Server',
  },
  { pattern: scalable(`2\\d\\d${SUFFIX}`), model: 'Cascadelake-Server' },
  { pattern: xeon('W-(?:22|32)\\d\\d[A-Z]?'), model: 'Cascadelake-Server' },
  // Third generation: H parts are Cooper Lake, all others Ice Lake.
  { pattern: scalable('3\\d\\dH[A-Z]?'), model: 'Cooperlake' },
  { pattern: scalable('3\\d\\d(?!H)[A-Z]{0,2}\\+?'), model: 'Icelake-Server' },
  { pattern: xeon(`D-(?:1[78]|2[78])\\d\\d${SUFFIX}|W-33\\d\\d[A-Z]?`), model: 'Icelake-Server' },
  { pattern: scalable(`4\\d\\d${SUFFIX}`), model: 'SapphireRapids' },
  { pattern: xeon('Max 94\\d\\dC?|w[3579]-[23][45]\\d\\d[A-Z]?'), model: 'SapphireRapids' },
  { pattern: scalable(`5\\d\\d${SUFFIX}`), model: 'EmeraldRapids' },
  { pattern: xeon('(?:6 )?6[579]\\d\\dP(?:-[BC])?'), model: 'GraniteRapids' },
  // 69xxE is left to the user: two generations lay claim to it.
  { pattern: xeon('(?:6 )?67\\d\\dE'), model: 'SierraForest' },
  { pattern: /^(?:Intel )?Atom C3\d\d\d[A-Z]?$/i, model: 'Denverton' },
  { pattern: /^(?:Intel )?Atom (?:P5[39]\d\d[A-Z]?|C5\d\d\d[A-Z]?)$/i, model: 'Snowridge' },
  { pattern: opteron('[128]\\d\\d'), model: 'Opteron_G1' },
  { pattern: opteron('(?:12|22|82)\\d\\d'), model: 'Opteron_G2' },
  { pattern: opteron('(?:13|23|24|83|84|41|61)\\d\\d'), model: 'Opteron_G3' },
  { pattern: opteron('(?:32|42|62)\\d\\d'), model: 'Opteron_G4' },
  { pattern: opteron('(?:33|43|63)\\d\\d'), model: 'Opteron_G5' },
  // The last digit is the generation, also where clouds put letters before it (7R32, 9V74); 9V33X is a Genoa against the rule.
  { pattern: epyc('7[\\dA-Z]\\d1P?|(?:Embedded )?3[1-4][05][15]|Embedded 7[2-6]\\d1P?'), model: 'EPYC' },
  { pattern: epyc('(?:Embedded )?7[\\dA-Z]\\d2P?'), model: 'EPYC-Rome' },
  { pattern: epyc('(?:Embedded )?7(?:[\\dA-Z]\\d|\\dF)3[PX]?'), model: 'EPYC-Milan' },
  { pattern: epyc('(?:Embedded )?(?:9[\\dA-Z]|8\\d)\\d4(?:P|X|F|S|H|PN)?|9V33X'), model: 'EPYC-Genoa' },
  { pattern: epyc('(?:Embedded )?9[\\dA-Z]\\d5[FP]?'), model: 'EPYC-Turin' },
  { pattern: epyc('4\\d\\d4[PX]{0,2}'), model: 'EPYC-4004' },
  { pattern: epyc('4\\d\\d5[PX]{0,2}'), model: 'EPYC-4005' },
  // Later C86 parts have features that Dhyana lacks.
  { pattern: /^Hygon C86 71\d\d$/i, model: 'Dhyana' },
]

const MARKS = /\((?:r|tm|c)\)|[®™©]/gi

/** Without what stands around the name: marks, `CPU`, `Processor`, core counts, the frequency, the `0` of first E5 parts. */
function bareBrand(text: string): string {
  const [name] = text.replace(MARKS, ' ').split('@', 1)
  return name
    .replace(/\bXeon-(?=[BGPS])/i, 'Xeon ')
    .replace(/\b\d+-Core\b/gi, ' ')
    .replace(/\b(?:CPU|Processor)\b/gi, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/ 0$/, '')
}

/** Whether the text is a brand name at all, known or not. */
export function isBrandName(text: string): boolean {
  const plain = text.replace(MARKS, ' ')
  return /\b(?:xeon|opteron|core|atom|pentium|ryzen|processor|cpu)\b|\b(?:epyc|c86)\s+\w*\d/i.test(plain)
}

/** Name of the model that the brand name tells for certain; undefined where it does not. */
export function modelOfBrand(text: string): string | undefined {
  const bare = bareBrand(text)
  return BRANDS.find(({ pattern }) => pattern.test(bare))?.model
}
