/** Output, preferences, time, modules, variables. */
import { type CommandContext, type CommandDefinition, nextAnswer, writeStream } from '../commands.js'
import { construct } from '../construct.js'
import { itemsOf, numeric, toNumber, toText } from '../convert.js'
import { formatDateTime, ticksOfEpochMs, ticksOfSeconds, toLocal, toUtc } from '../datetime.js'
import { UnsupportedError } from '../errors.js'
import { emitAll } from '../execute.js'
import { findFunction, findVariable } from '../runtime.js'
import { cast, resolveType } from '../types.js'
import {
  DateTime,
  type ErrorRecord,
  makeErrorRecord,
  PSHashtable,
  PSObject,
  psObject,
  TimeSpan,
  type Value,
} from '../values.js'
import { cmdlet, flag, input, on, stateful, text } from './define.js'

const now = (ctx: CommandContext) =>
  toLocal(new DateTime(ticksOfEpochMs(ctx.clock.nowMs), 'Utc'), ctx.rt.zone)

const OUTPUT: CommandDefinition[] = [
  cmdlet(
    'Write-Output',
    { InputObject: { position: 0, pipeline: true, mandatory: false }, NoEnumerate: flag },
    (args, ctx) => {
      if (on(args.NoEnumerate)) ctx.write(args.InputObject ?? null)
      else emitAll(args.InputObject ?? null, (value) => ctx.write(value))
    },
  ),
  cmdlet(
    'Write-Host',
    {
      Object: { position: 0, pipeline: true, remaining: true },
      ForegroundColor: {},
      BackgroundColor: {},
      NoNewline: flag,
      Separator: {},
    },
    (args, ctx) => writeStream(ctx.rt, 'host', itemsOf(args.Object).map(toText).join(' ')),
  ),
  cmdlet(
    'Write-Warning',
    { Message: { type: 'string', position: 0, pipeline: true, mandatory: true } },
    (args, ctx) => ctx.warning(text(args.Message)),
  ),
  cmdlet(
    'Write-Verbose',
    { Message: { type: 'string', position: 0, pipeline: true, mandatory: true } },
    (args, ctx) => ctx.verbose(text(args.Message)),
  ),
  cmdlet(
    'Write-Debug',
    { Message: { type: 'string', position: 0, pipeline: true, mandatory: true } },
    () => undefined,
  ),
  cmdlet(
    'Write-Information',
    { MessageData: { position: 0, pipeline: true, mandatory: true }, Tags: {} },
    (args, ctx) => writeStream(ctx.rt, 'information', text(args.MessageData)),
  ),
  cmdlet(
    'Write-Progress',
    {
      Activity: { type: 'string', position: 0, mandatory: true },
      Status: { type: 'string', position: 1 },
      Id: { type: 'int', position: 2 },
      PercentComplete: { type: 'int' },
      SecondsRemaining: { type: 'int' },
      CurrentOperation: { type: 'string' },
      ParentId: { type: 'int' },
      Completed: flag,
    },
    (args, ctx) => {
      const percent = args.PercentComplete as number | undefined
      if (percent !== undefined && percent > 100)
        ctx.fail(
          `Cannot validate argument on parameter 'PercentComplete'. The ${percent} argument is greater than the maximum allowed range of 100.`,
        )
      writeStream(
        ctx.rt,
        'progress',
        [args.Activity, args.Status]
          .map(text)
          .filter((each) => each !== '')
          .join(': '),
      )
    },
  ),
  cmdlet(
    'Write-Error',
    {
      Message: { type: 'string', position: 0, pipeline: true, aliases: ['Msg'] },
      Exception: {},
      ErrorRecord: {},
      ErrorId: { type: 'string' },
      Category: { type: 'string' },
      TargetObject: {},
    },
    (args, ctx) => {
      const record =
        (args.ErrorRecord as ErrorRecord | undefined) ??
        makeErrorRecord(args.Message === undefined ? text(args.Exception) : text(args.Message), {
          errorId: text(args.ErrorId) || 'Microsoft.PowerShell.Commands.WriteErrorException',
          exceptionType: 'Microsoft.PowerShell.Commands.WriteErrorException',
          category: text(args.Category) || 'NotSpecified',
          targetObject: args.TargetObject ?? null,
        })
      ctx.report(record)
    },
  ),
  cmdlet('Out-Null', { InputObject: input }, () => undefined, { module: 'Microsoft.PowerShell.Core' }),
  cmdlet('Out-Host', { InputObject: input }, (args, ctx) =>
    writeStream(ctx.rt, 'host', text(args.InputObject)),
  ),
  cmdlet('Clear-Host', {}, () => undefined),
  cmdlet('Read-Host', { Prompt: { type: 'string', position: 0 }, AsSecureString: flag }, (args, ctx) => {
    writeStream(ctx.rt, 'host', `${text(args.Prompt)}:`)
    ctx.write(nextAnswer(ctx.rt, text(args.Prompt)))
  }),
]

const TIME: CommandDefinition[] = [
  cmdlet(
    'Start-Sleep',
    {
      Seconds: { type: 'double', position: 0, pipeline: true, aliases: ['s'] },
      Milliseconds: { type: 'int', aliases: ['ms', 'm'] },
    },
    (args, ctx) => {
      const seconds =
        args.Milliseconds !== undefined
          ? numeric(args.Milliseconds)! / 1000
          : numeric(toNumber(args.Seconds))!
      if (seconds < 0)
        ctx.fail(
          `Cannot validate argument on parameter 'Seconds'. The ${seconds} argument is less than the minimum allowed range of 0.`,
        )
      // Windows PowerShell takes whole seconds only, and rounds half to even.
      ctx.clock.advance(
        ctx.rt.version === '5.1' && args.Milliseconds === undefined
          ? numeric(cast(resolveType({ name: 'int', array: false, generic: [] }), args.Seconds, 0))!
          : seconds,
      )
    },
  ),
  cmdlet(
    'Get-Date',
    {
      Date: { type: 'datetime', position: 0, pipeline: true },
      Format: { type: 'string' },
      UFormat: { type: 'string' },
      AsUTC: flag,
    },
    (args, ctx) => {
      if (args.UFormat !== undefined) throw new UnsupportedError('Get-Date -UFormat')
      if (args.AsUTC !== undefined && ctx.rt.version === '5.1')
        ctx.fail("A parameter cannot be found that matches parameter name 'AsUTC'.")
      const local = (args.Date as DateTime | undefined) ?? now(ctx)
      const date = on(args.AsUTC) ? toUtc(local, ctx.rt.zone) : local
      ctx.write(args.Format === undefined ? date : formatDateTime(date, text(args.Format)))
    },
  ),
  cmdlet(
    'New-TimeSpan',
    {
      Start: { type: 'datetime', position: 0 },
      End: { type: 'datetime', position: 1 },
      Days: { type: 'int' },
      Hours: { type: 'int' },
      Minutes: { type: 'int' },
      Seconds: { type: 'int' },
    },
    (args, ctx) => {
      if (args.Start !== undefined || args.End !== undefined) {
        const [start, end] = [args.Start, args.End].map((date) => (date as DateTime | undefined) ?? now(ctx))
        ctx.write(new TimeSpan(end.ticks - start.ticks))
        return
      }
      const part = (value: Value) => numeric(toNumber(value))!
      ctx.write(
        new TimeSpan(
          ticksOfSeconds(
            part(args.Days) * 86400 + part(args.Hours) * 3600 + part(args.Minutes) * 60 + part(args.Seconds),
          ),
        ),
      )
    },
  ),
]

const SESSION: CommandDefinition[] = [
  cmdlet('Set-StrictMode', { Version: { type: 'string' }, Off: flag }, (args, ctx) => {
    const version = text(args.Version).toLowerCase()
    ctx.rt.scope.strict = on(args.Off) ? 0 : version === 'latest' ? 3 : Number.parseFloat(version)
  }),
  cmdlet(
    'Get-Command',
    {
      Name: { type: 'string[]', position: 0, pipeline: true },
      Module: { type: 'string[]' },
      CommandType: {},
    },
    (args, ctx) => {
      for (const name of itemsOf(args.Name).map(toText)) {
        const alias = ctx.rt.aliases.get(name.toLowerCase()) ?? name
        const definition = ctx.rt.commands.get(alias.toLowerCase())
        const block = findFunction(ctx.rt, alias)
        if (block)
          ctx.write(
            psObject({
              Name: alias,
              CommandType: 'Function',
              Source: '',
              ModuleName: '',
              Parameters: parameterTable(block.parameters.map((p) => p.name)),
            }),
          )
        else if (definition)
          ctx.write(
            psObject({
              Name: definition.name,
              CommandType: 'Cmdlet',
              Source: definition.module,
              ModuleName: definition.module,
              Parameters: parameterTable(Object.keys(definition.parameters)),
            }),
          )
        else
          ctx.error(
            `The term '${name}' is not recognized as the name of a cmdlet, function, script file, or operable program.`,
            {
              errorId: 'CommandNotFoundException',
              exceptionType: 'System.Management.Automation.CommandNotFoundException',
            },
          )
      }
    },
  ),
  cmdlet('Get-Module', { Name: { type: 'string[]', position: 0 }, ListAvailable: flag }, (args, ctx) => {
    for (const [name, module] of ctx.rt.modules) {
      const wanted =
        args.Name === undefined || itemsOf(args.Name).some((each) => toText(each).toLowerCase() === name)
      if (wanted && (module.loaded || on(args.ListAvailable)))
        ctx.write(
          psObject(
            { Name: module.name, Version: module.version },
            'System.Management.Automation.PSModuleInfo',
          ),
        )
    }
  }),
  cmdlet(
    'Import-Module',
    {
      Name: { type: 'string[]', position: 0, mandatory: true },
      Force: flag,
      SkipEditionCheck: flag,
      DisableNameChecking: flag,
      PassThru: flag,
    },
    (args, ctx) => {
      for (const name of itemsOf(args.Name).map(toText)) {
        const module = ctx.rt.modules.get(name.toLowerCase())
        if (module) module.loaded = true
        else
          ctx.error(
            `The specified module '${name}' was not loaded because no valid module file was found in any module directory.`,
            {
              errorId: 'Modules_ModuleNotFound',
              exceptionType: 'System.IO.FileNotFoundException',
            },
          )
      }
    },
  ),
  cmdlet(
    'New-Object',
    {
      TypeName: { type: 'string', position: 0, mandatory: true },
      ArgumentList: { position: 1 },
      Property: {},
    },
    (args, ctx) => {
      const generic = /^(.+?)\[(.+)\]$/.exec(text(args.TypeName))
      const name = generic ? generic[1] : text(args.TypeName)
      const parts = generic
        ? generic[2].split(',').map((each) => ({ name: each.trim(), array: false, generic: [] }))
        : []
      const made = construct(
        ctx.rt,
        resolveType({ name, array: false, generic: parts }),
        args.ArgumentList === undefined ? [] : itemsOf(args.ArgumentList),
      )
      if (args.Property instanceof PSHashtable && made instanceof PSObject)
        for (const { key, value } of args.Property.entries) made.set(text(key), value)
      ctx.write(made)
    },
  ),
  cmdlet(
    'Get-Variable',
    { Name: { type: 'string', position: 0, mandatory: true }, ValueOnly: flag, Scope: {} },
    (args, ctx) => {
      const found = findVariable(ctx.rt, text(args.Name))
      if (!found)
        return ctx.error(`Cannot find a variable with the name '${text(args.Name)}'.`, {
          errorId: 'VariableNotFound',
        })
      ctx.write(on(args.ValueOnly) ? found.value : psObject({ Name: found.name, Value: found.value }))
    },
  ),
  stateful(
    'Measure-Command',
    { Expression: { type: 'scriptblock', position: 0, mandatory: true } },
    (ctx, args) => ({
      process() {
        const before = ctx.clock.seconds
        ctx.invoke(args.Expression as never, null, () => undefined)
        ctx.write(new TimeSpan(ticksOfSeconds(ctx.clock.seconds - before)))
      },
    }),
  ),
]

function parameterTable(names: string[]): PSHashtable {
  const table = new PSHashtable('dictionary', false)
  for (const name of names) table.set(name, name)
  return table
}

export const CORE = [...OUTPUT, ...TIME, ...SESSION]
