/** `vmferry collect` gives the script as it lies in the package. */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { createHarness } from './harness.js'

const script = readFileSync(new URL('../../collect/Get-VmferryInventory.ps1', import.meta.url), 'utf8')

it('writes the script, or prints it', async () => {
  const cli = createHarness()
  const printed = await cli.run('collect')
  expect([printed.code, printed.err]).toEqual([0, ''])
  expect(printed.out === script).toBe(true)
  const file = cli.path('inventory.ps1')
  const written = await cli.run('collect', '-o', file)
  expect(written).toEqual({ code: 0, out: '', err: `vmferry: wrote ${file}\n` })
  expect(readFileSync(file, 'utf8') === script).toBe(true)
  expect((await cli.run('collect', '-o', cli.path('no-such/inventory.ps1'))).code).toBe(2)
})
