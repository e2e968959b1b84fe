/** What the collect script could not read: a fault where a plan would be unsafe without it, else an assumption. */
import type { Findings } from './findings.js'
import { type Collected, originOf, rawOf } from './rows.js'
import { asText } from './values.js'

interface Gap {
  source: RegExp
  /** What is not known then; faults go on with how to mend it. */
  unknown: string
  fault: boolean
}

const GAPS: readonly Gap[] = [
  { source: /^Get-VM$/i, unknown: 'its VMs are not known', fault: true },
  { source: /^Get-ClusterGroup$/i, unknown: 'priorities and anti-affinity are not known', fault: true },
  { source: /^Get-ClusterResource$/i, unknown: 'possible owners are not known', fault: true },
  { source: /^Get-ClusterAffinityRule$/i, unknown: 'affinity rules are not known', fault: true },
  { source: /^(?:Windows Server Backup|Veeam)/i, unknown: 'backup windows are not known', fault: true },
  { source: /^Get-ClusterOwnerNode/i, unknown: 'owners are not known', fault: false },
  { source: /^Get-VMProcessor$/i, unknown: 'processor compatibility is taken to be off', fault: false },
  { source: /^Coreinfo$/i, unknown: 'the CPU is looked up by what Windows says of it', fault: false },
]

export function readWarnings({ rows }: Collected, findings: Findings): void {
  for (const row of rows.get('warning') ?? []) {
    const node = asText(rawOf(row, 'Node'))
    const source = asText(rawOf(row, 'Source')) ?? 'a part'
    const text = asText(rawOf(row, 'Text')) ?? 'no reason given'
    const gap = GAPS.find((each) => each.source.test(source))
    const what = `could not be read: ${source}${node === undefined ? '' : ` on ${node}`} (${text})`
    const follows = gap === undefined ? '' : `; ${gap.unknown}`
    if (gap?.fault === true) findings.fault(originOf(row), `${what}${follows}; mend that, and collect again`)
    else findings.assume(originOf(row), `${what}${follows}`)
  }
}
