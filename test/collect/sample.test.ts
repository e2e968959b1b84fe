/** The script as text, and one run of it where there is a PowerShell; vitest.powershell.config.ts has the others. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readHyperV } from '../../src/import/hyperv/read.js'
import { pwshPath } from '../powershell/pwsh.js'
import { collect, inventoryWorld, SCRIPT } from './world.js'

describe('the script', () => {
  it('is ASCII, since Windows PowerShell takes other bytes for its code page', () => {
    expect(readFileSync(SCRIPT, 'utf8')).toMatch(/^\p{ASCII}*$/u)
  })

  it.skipIf(pwshPath === undefined)('reads a cluster', async () => {
    const { error, left, file } = await collect(inventoryWorld(), undefined, { constrained: true })
    expect([error, left]).toEqual([null, []])
    const { issues, vms } = readHyperV([file])
    expect([issues, vms.length]).toEqual([[], 4])
  })
})
