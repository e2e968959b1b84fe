/**
 * An interpreter of a subset of PowerShell with a virtual clock and a virtual file system, so that tests execute scripts of this project where no
 * PowerShell is. It runs the syntax tree of `../parse.ts`. What is outside the subset ends a run with an `UnsupportedError` that names it and its
 * line; a script cannot catch that. Most of it is found before anything runs, in branches that are never taken too.
 *
 * Covered: param blocks with [CmdletBinding(SupportsShouldProcess, ConfirmImpact)], [Parameter(Mandatory, Position, ValueFromPipeline…)], types,
 * [Validate…], [Alias]; functions with begin/process/end; dynamic scope, `$script:`, `$global:`, `$env:`; strings of all four kinds; arrays, hashtables,
 * [ordered], [pscustomobject]; if, switch, loops with labels, try/catch/finally, throw, return, exit; the operators; casts; pipelines that stream;
 * script blocks; splatting; redirections to `$null` and `2>&1`; preferences and -ErrorAction; strict mode 1 to 3; ShouldProcess; the cmdlets of
 * `cmdlets/`; the .NET members of `members.ts`, `methods*.ts`, `statics.ts`.
 *
 * Not covered: classes, enums, trap, data, workflows, jobs, runspaces, modules and dot-sourced files, dynamic parameters, `&&`, `||`, `?:`, `??`,
 * redirections to files, parameter sets (a wrong mixture of parameters goes unseen), formatting for the screen.
 *
 * Reduced: a [long] that fits is an [int], an [int] that overflows becomes [long], [decimal] and [float] are [double]; a typed array is `object[]`;
 * the local time zone has a fixed offset; culture is invariant; `$Matches` and `$_` live in the scope that sets them; files have no bytes, -Encoding
 * is only remembered. Where PowerShell promises nothing, the order is hostile: plain hashtables enumerate scrambled, and Sort-Object without -Stable
 * reverses equals.
 *
 * Grammar: a few right scripts are refused by the grammar: bare words in lists (`Select-Object Name, State`: quote them), `break label` (quote the label), a
 * `param` block or a switch clause that is followed by something else on its line.
 */
import { loadParser, syntaxProblems } from '../parse.js'
import type { Block } from './ast.js'
import { Clock } from './clock.js'
import { CORE } from './cmdlets/core.js'
import { type CmdletOptions, cmdlet } from './cmdlets/define.js'
import { FILE_CMDLETS } from './cmdlets/files.js'
import { FILTERS } from './cmdlets/filter.js'
import { JSON_CMDLETS } from './cmdlets/json.js'
import { SHAPES } from './cmdlets/select.js'
import { SUMMARIES } from './cmdlets/sort.js'
import {
  type Arguments,
  type CommandContext,
  type CommandDefinition,
  type ParameterSpec,
  writeStream,
} from './commands.js'
import { toText } from './convert.js'
import { ExitFlow, PSThrow } from './errors.js'
import { normalise, VirtualFiles } from './files.js'
import { startBlock } from './invoke.js'
import { lowerBlock } from './lower-statements.js'
import { type Limits, type Runtime, Scope, type StreamRecord } from './runtime.js'
import { type ErrorRecord, PSHashtable, PSObject, PSSwitch, psObject, type Value } from './values.js'

export interface InterpreterOptions {
  /** What `$PSVersionTable` says, and which of the two behaves; default 5.1. */
  version?: '5.1' | '7.4'
  /** Minutes that local time is before UTC; default 60. */
  zoneMinutes?: number
  /** ISO 8601; default 2026-11-23T19:00:00Z. */
  start?: string
  limits?: Partial<Limits>
  /** Answers for Read-Host and confirmations. */
  answers?: string[]
  /** `$env:` variables. */
  environment?: Record<string, string>
  /** Default `C:\work\script.ps1`. */
  scriptPath?: string
}

export interface RunResult {
  /** What the script put out. */
  output: Value[]
  /** Of `exit`; 1 where an error ended the script, 0 otherwise. */
  exitCode: number
  /** The error that ended the script. */
  error: ErrorRecord | undefined
  /** All other streams in order. */
  records: StreamRecord[]
  /** Of the virtual clock at the end. */
  seconds: number
}

/** Arguments of a script: `true` is a switch; an array, a number and a string are themselves. */
export type ScriptArguments = Record<string, Value>

const MODULES = ['Hyper-V', 'FailoverClusters', 'CimCmdlets']

const ALIASES: Record<string, string> = {
  where: 'Where-Object',
  '?': 'Where-Object',
  foreach: 'ForEach-Object',
  '%': 'ForEach-Object',
  select: 'Select-Object',
  sort: 'Sort-Object',
  group: 'Group-Object',
  measure: 'Measure-Object',
  echo: 'Write-Output',
  sleep: 'Start-Sleep',
  ni: 'New-Item',
  sc: 'Set-Content',
  gc: 'Get-Content',
}

export class Interpreter {
  readonly runtime: Runtime

  constructor(options: InterpreterOptions = {}) {
    const globals = new Scope(undefined, true)
    const limits: Limits = { steps: 5_000_000, virtualSeconds: 30 * 86400, depth: 100, ...options.limits }
    const start = Date.parse(options.start ?? '2026-11-23T19:00:00Z')
    if (Number.isNaN(start)) throw new RangeError(`start ${options.start} is no instant`)
    const environment = {
      COMPUTERNAME: 'ADMIN01',
      USERNAME: 'operator',
      TEMP: 'C:\\work\\temp',
      ...options.environment,
    }
    this.runtime = {
      scope: globals,
      globals,
      version: options.version ?? '5.1',
      zone: options.zoneMinutes ?? 60,
      clock: new Clock(start, limits.virtualSeconds),
      files: new VirtualFiles(),
      locks: new Set(),
      records: [],
      commands: new Map(),
      aliases: new Map(Object.entries(ALIASES)),
      modules: new Map(
        MODULES.map((name) => [name.toLowerCase(), { name, version: '2.0.0.0', loaded: false }]),
      ),
      missing: new Set(),
      environment: new Map(Object.entries(environment).map(([name, value]) => [name.toLowerCase(), value])),
      answers: [...(options.answers ?? [])],
      errors: [],
      limits,
      steps: 0,
      depth: 0,
      tryDepth: 0,
      line: 0,
      succeeded: true,
      scriptPath: options.scriptPath ?? 'C:\\work\\script.ps1',
      shouldProcess: [],
    }
    for (const definition of [...CORE, ...FILTERS, ...SHAPES, ...SUMMARIES, ...JSON_CMDLETS, ...FILE_CMDLETS])
      this.define(definition)
    this.#setAutomatic(globals)
  }

  get clock(): Clock {
    return this.runtime.clock
  }

  get files(): VirtualFiles {
    return this.runtime.files
  }

  define(definition: CommandDefinition): void {
    this.runtime.commands.set(definition.name.toLowerCase(), definition)
  }

  /**
   * A fake cmdlet: `run` is called once, or for each object of the pipeline where a parameter takes those. What it returns is its output, an array one by
   * one, `undefined` nothing; `ctx.write` works too. `ctx.error` is a non-terminating error, `ctx.fail` a terminating one. Unknown parameters are errors.
   */
  register(
    name: string,
    parameters: Record<string, ParameterSpec>,
    run: (args: Arguments, ctx: CommandContext) => Value,
    options: CmdletOptions = {},
  ): void {
    this.define(
      cmdlet(
        name,
        parameters,
        (args, ctx) => {
          const output = run(args, ctx)
          if (Array.isArray(output)) for (const value of output) ctx.write(value)
          else if (output !== undefined) ctx.write(output)
        },
        { module: 'Fake', ...options },
      ),
    )
  }

  /** These commands do not exist, which a script may find out and catch. Any other command that is unknown ends the run. */
  declareMissing(...names: string[]): void {
    for (const name of names) {
      this.runtime.missing.add(name.toLowerCase())
      this.runtime.commands.delete(name.toLowerCase())
    }
  }

  /** Modules that Get-Module -ListAvailable finds and Import-Module loads. */
  setModules(...names: string[]): void {
    this.runtime.modules.clear()
    for (const name of names)
      this.runtime.modules.set(name.toLowerCase(), { name, version: '2.0.0.0', loaded: false })
  }

  /** Runs a script from its start; clock, files and registered commands stay from run to run. */
  async run(script: string, args: ScriptArguments = {}): Promise<RunResult> {
    return this.runBlock(await compile(script), args)
  }

  runBlock(block: Block, args: ScriptArguments = {}): RunResult {
    const rt = this.runtime
    rt.records.length = 0
    rt.scope = rt.globals
    const output: Value[] = []
    let exitCode = 0
    let failed: ErrorRecord | undefined
    try {
      const running = startBlock(rt, block, {
        name: rt.scriptPath.replace(/^.*\\/, ''),
        args: Object.entries(args).map(([name, value]) => ({
          kind: 'named',
          name,
          value: typeof value === 'boolean' ? new PSSwitch(value) : value,
          attached: true,
        })),
        hasInput: false,
        emit: (value) => output.push(value),
        isScript: true,
      })
      running.end()
    } catch (error) {
      if (error instanceof ExitFlow) exitCode = error.code
      else if (error instanceof PSThrow) {
        failed = error.record
        exitCode = 1
        writeStream(rt, 'error', error.message, error.record)
      } else throw error
    }
    return { output, exitCode, error: failed, records: [...rt.records], seconds: rt.clock.seconds }
  }

  #setAutomatic(globals: Scope): void {
    const [major, minor] = this.runtime.version.split('.').map(Number)
    const version = psObject({ Major: major, Minor: minor, Build: 0, Revision: 0 }, 'System.Version')
    version.display = () => `${major}.${minor}`
    const table = new PSHashtable()
    table.set('PSVersion', version)
    table.set('PSEdition', major < 6 ? 'Desktop' : 'Core')
    table.set('Platform', 'Win32NT')
    globals.set('true', true, true)
    globals.set('false', false, true)
    globals.set('null', null, true)
    globals.set('PSVersionTable', table, true)
    globals.set('Host', psObject({ Name: 'ConsoleHost', UI: new PSObject() }), true)
    globals.set('PID', 4711, true)
    globals.set('ExecutionContext', executionContext(), true)
    globals.set('HOME', 'C:\\work', true)
    globals.set('PSCulture', 'en-US', true)
    globals.set('LASTEXITCODE', 0)
    globals.set('ErrorActionPreference', 'Continue')
    globals.set('WarningPreference', 'Continue')
    globals.set('VerbosePreference', 'SilentlyContinue')
    globals.set('DebugPreference', 'SilentlyContinue')
    globals.set('InformationPreference', 'SilentlyContinue')
    globals.set('ProgressPreference', 'Continue')
    globals.set('ConfirmPreference', 'High')
    globals.set('WhatIfPreference', false)
    globals.set('OFS', ' ')
    if (major >= 6) {
      globals.set('IsWindows', true, true)
      globals.set('IsLinux', false, true)
      globals.set('IsMacOS', false, true)
    }
  }
}

/** As far as it tells where a path leads. */
function executionContext(): PSObject {
  const path = new PSObject('System.Management.Automation.PathIntrinsics')
  path.methods.set('getunresolvedproviderpathfrompspath', ([given]) => normalise(toText(given)))
  return psObject({ SessionState: psObject({ Path: path }) })
}

/** The script as what is executed. Throws where it is no PowerShell, or outside the subset. */
export async function compile(script: string): Promise<Block> {
  const parse = await loadParser()
  const root = parse(script.replace(/^\uFEFF/, ''))
  const problems = syntaxProblems(root)
  if (problems.length > 0)
    throw new SyntaxError(
      `not PowerShell: ${problems.map((p) => `${p.line}:${p.column} ${p.kind} ${JSON.stringify(p.text)}`).join('; ')}`,
    )
  return lowerBlock(root, { parse })
}

export { LimitError, UnsupportedError } from './errors.js'
export * from './values.js'
export { toText }
