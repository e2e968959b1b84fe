/**
 * Started in PowerShell 7 on Windows, both scripts go on in powershell.exe: with the same arguments, and with its exit code. A program of that
 * name on the path runs what it is given in the PowerShell at hand, and there a copy of the script whose $IsWindows can be set.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { planToRunbook } from '../../src/io/runbook/runbook.js'
import { resolveProblem } from '../../src/model/validate.js'
import { everyKind } from '../io/runbook/by-hand.js'
import { pwshPath } from './pwsh.js'

/** The script up to the end of its hand-over, and `rest`. */
function beginning(text: string, rest: string): string {
  const end = text.indexOf('\n}\n', text.indexOf('-and $IsWindows')) + 3
  return `${text.slice(0, end).replace('$IsWindows', "($env:IN_POWERSHELL_EXE -ne '1')")}${rest}\n`
}

const TELLS = 'ConvertTo-Json -InputObject $PSBoundParameters -Compress\nexit 7'

/** What a name may be full of: quotes that PowerShell takes for quotes, what it would expand, what ends a command. */
const HOSTILE = `it's "[1]" \`$(exit 9)\` $env:PATH ‘’‚‛ “x” ; | & # {0} -Confirm ä  `

const { plan, problem } = everyKind()
const SCRIPTS = {
  'the runbook': {
    text: planToRunbook(plan, resolveProblem(problem)),
    given: {
      JournalPath: HOSTILE,
      PollSeconds: 7,
      OnWindow: 'Wait',
      SkipCompare: true,
      Confirm: false,
      WhatIf: true,
    },
  },
  'the collection script': {
    text: readFileSync(join(import.meta.dirname, '../../collect/Get-VmferryInventory.ps1'), 'utf8'),
    given: {
      ComputerName: ['HV01', HOSTILE],
      Exclude: [],
      OutFile: HOSTILE,
      IncludeBackups: true,
      BackupMinutes: 30,
    },
  },
}

describe.each(Object.entries(SCRIPTS))('%s', (_, { text, given }) => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'vmferry-hand-over-'))
    mkdirSync(join(folder, 'path'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  function start(rest: string, parameters: object, powershellExe: string | null = 'exec "$PWSH" "$@"') {
    const script = join(folder, "it's [1] $x.ps1")
    const standIn = join(folder, 'path/powershell.exe')
    writeFileSync(script, beginning(text, rest))
    rmSync(standIn, { force: true })
    if (powershellExe !== null)
      writeFileSync(standIn, `#!/bin/sh\nexport IN_POWERSHELL_EXE=1\n${powershellExe}\n`, { mode: 0o755 })
    const command =
      '$given = ConvertFrom-Json -AsHashtable $env:GIVEN; & $env:SCRIPT @given; exit $LASTEXITCODE'
    const { status, stdout, stderr } = spawnSync(
      pwshPath!,
      ['-NoProfile', '-NonInteractive', '-Command', command],
      {
        encoding: 'utf8',
        env: {
          ...process.env,
          PATH: `${join(folder, 'path')}${delimiter}${process.env.PATH}`,
          PWSH: pwshPath,
          SCRIPT: script,
          GIVEN: JSON.stringify(parameters),
        },
      },
    )
    return { status, stdout, stderr }
  }

  it('arguments arrive as they were given, and the exit code comes back', () => {
    const { status, stdout } = start(TELLS, given)
    expect(status).toBe(7)
    const arrived = JSON.parse(stdout)
    // A switch is an object in JSON.
    for (const [name, value] of Object.entries(arrived))
      if (typeof value === 'object' && value !== null && 'IsPresent' in value) arrived[name] = value.IsPresent
    expect(arrived).toEqual(given)
  })

  it('an error there is none of success here', () => {
    expect(start("throw 'no'", {}).status).toBe(1)
  })

  it('nor is a script that may not run there, as by its execution policy', () => {
    expect(start(TELLS, {}, 'rm "$SCRIPT"; exec "$PWSH" "$@"').status).toBe(1)
  })

  it('says what to type where there is no powershell.exe', () => {
    const { status, stdout, stderr } = start(TELLS, given, null)
    expect(status).toBeGreaterThan(0)
    expect(`${stdout}${stderr}`).toMatch(/powershell\.exe[\s\S]*&[\s|]+'/)
  })
})
