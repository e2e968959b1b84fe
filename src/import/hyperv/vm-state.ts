/** In which state a VM is, and whether it can be moved out of it. */
import type { VmState } from '../../model/problem.js'
import type { Findings } from '../findings.js'
import { BUSY, VM_STATES } from './enums.js'
import { mustBe, type Row, rawOf } from './rows.js'
import { asEnum, asTexts } from './values.js'

export interface State {
  state: VmState
  /** Why it must stay where it is, to go behind "VMs that "; undefined where it may move. */
  stays: string | undefined
}

/** What Windows in English says in `Status` where an export has no operational status. */
const BUSY_STATUS = /\b(?:backing up|merg|migrat|checkpoint|snapshot|export|modify|waiting to start|restor)/i

/** The state, or undefined where it is none that is known, which is told as a fault: whatever it is, it must not be taken for another. */
export function readState(row: Row, findings: Findings): State | undefined {
  const name = asEnum(rawOf(row, 'State'), VM_STATES)
  if (name === undefined) {
    return mustBe(
      findings,
      row,
      'State',
      'a state of Get-VM, such as Running (2), Off (3), Saved (6) or Paused (9)',
    )
  }
  const critical = name.endsWith('Critical')
  const settled = critical ? name.slice(0, -'Critical'.length) : name
  const stays = critical
    ? 'have lost their storage'
    : (busyWith(row) ?? (settled === 'Paused' ? 'are paused, which Hyper-V does not migrate' : undefined))
  switch (settled) {
    case 'Running':
    case 'Paused':
      return { state: 'running', stays }
    case 'Off':
      return { state: 'off', stays }
    case 'Saved':
    case 'FastSaved':
      return { state: 'saved', stays }
    default:
      // On the way from one state to another, perhaps with all of its memory: it takes room, and nothing may be begun with it.
      return {
        state: 'running',
        stays: stays ?? `are ${settled.toLowerCase()} or on the way to another state`,
      }
  }
}

/** What is going on with it. The status in words is of the host's language, so that it counts only where nothing else tells. */
function busyWith(row: Row): string | undefined {
  const properties = ['PrimaryOperationalStatus', 'SecondaryOperationalStatus', 'OperationalStatus']
  const told = properties.flatMap((property) => asTexts(rawOf(row, property)) ?? [])
  for (const text of told.flatMap((each) => each.split(/[\s,]+/))) {
    const busy = asEnum(text, BUSY)
    if (busy !== undefined) return `are busy: ${busy}`
  }
  const status =
    told.length > 0 ? undefined : asTexts(rawOf(row, 'Status'))?.find((text) => BUSY_STATUS.test(text))
  return status === undefined ? undefined : `are busy: ${status}`
}
