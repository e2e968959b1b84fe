/** docs/tonight.md as a stranger types it, all in PowerShell, on a cluster of stand-ins: the executable for this system in place of that for Windows. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { inventoryWorld } from '../collect/world.js'
import { Pwsh, type World } from '../powershell/pwsh.js'
import { blocksOf, readPage, root } from './markdown.js'

const blocks = blocksOf(readPage('docs/tonight.md'))
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const before = { ...process.env }
let folder: string
let pwsh: Pwsh

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'vmferry-tonight-'))
  mkdirSync(join(folder, 'night'))
  const exe = join(root, 'build/exe/vmferry-linux-x64')
  if (!existsSync(exe)) throw new Error('build/exe/ is empty: npm run build:exe fills it')
  cpSync(exe, join(folder, 'night/vmferry-win-x64.exe'))
  process.env.NO_COLOR = '1'
  pwsh = new Pwsh()
  await pwsh.build(inventoryWorld())
})

afterAll(() => {
  pwsh?.end()
  process.env = before
  rmSync(folder, { recursive: true, force: true })
})

const homesOf = ({ vms }: Pick<World, 'vms'>) => vms.map(({ name, node }) => `${name} ${node}`)

it('the page empties HV03, keeps it empty, and brings everything back', async () => {
  expect(new Set(blocks.map(({ language }) => language))).toEqual(new Set(['powershell']))
  const homes = homesOf(await pwsh.look())
  let here = join(folder, 'night')
  // Each box has a window of its own here: what lasts as long as one is done again.
  const [alias] = blocks[0]!.text.split('\n')
  expect(alias).toMatch(/^Set-Alias /)
  const window = `Set-Location -LiteralPath '${here}'\n${alias}\n`
  const shown: Record<string, string> = {}
  for (const [i, { text, line }] of blocks.entries()) {
    const path = join(folder, `block-${i}.ps1`)
    // Each line has to succeed: what is native by its exit code, as a person would see.
    const checked = text.trimEnd().replace(/$/gm, '\nif ($LASTEXITCODE) { throw "exit code $LASTEXITCODE" }')
    writeFileSync(path, `${window}Set-Location -LiteralPath '${here}'\n${checked}\n(Get-Location).Path\n`)
    const result = await pwsh.run({ path, arguments: {}, answers: Array.from({ length: 8 }, () => 'y') })
    const told = [...result.output, ...result.shown.map((each) => each.text)].join('\n')
    expect([line, result.error, told]).toEqual([line, null, told])
    here = result.output.at(-1)!
    shown[text.split('\n')[0]!] = told
    const { nodes, vms } = await pwsh.look()
    if (text.includes('.\\night.ps1\n')) {
      expect(nodes.find(({ name }) => name === 'HV03')?.state).toBe('Paused')
      expect(vms.filter(({ node }) => node === 'HV03')).toEqual([])
    }
  }
  expect(shown[alias!]).toContain(version)
  expect(shown['Get-ClusterNode -Name HV03']).toContain('HV03')
  const world = await pwsh.look()
  expect([homesOf(world), world.refusals]).toEqual([homes, []])
  expect(world.settings).toEqual(['HV03 Paused', 'HV03 Up'])
})
