/** Pipelines: each stage takes the objects of the one before as they come. */
import type { Command, Redirection, Stage, Statement } from './ast.js'
import { type Argument, bindArguments, convert, type Declared, splat } from './bind.js'
import { type Arguments, CommandContext, type CommandDefinition, redirects } from './commands.js'
import { toText } from './convert.js'
import { type Emit, PSThrow, StopUpstream, UnsupportedError } from './errors.js'
import { evaluate, readVar } from './evaluate.js'
import { emitAll } from './execute.js'
import { type Running, runInCallersScope, startBlock } from './invoke.js'
import { findFunction, inScope, type Runtime, type StreamName } from './runtime.js'
import { makeErrorRecord, PSObject, ScriptBlock, type Value } from './values.js'

export function runPipeline(rt: Runtime, statement: Statement & { kind: 'pipeline' }, emit: Emit): void {
  const { stages } = statement
  rt.succeeded = true
  if (stages.length === 1 && stages[0].kind === 'expression') {
    const [{ expr, redirections }] = stages
    withRedirections(rt, redirections, emit, (out) => {
      // `$i++` alone puts nothing out.
      const value = evaluate(rt, expr)
      if (expr.kind !== 'step') emitAll(value, out)
    })
    return
  }
  const { scope } = rt
  let out: Emit = emit
  const running: Running[] = []
  for (let index = stages.length - 1; index >= 0; index--) {
    const next = out
    const stage = startStage(rt, stages[index], index > 0, next)
    running.unshift(stage)
    // What comes out of a function runs the next stage in the scope of the pipeline, not of the function.
    out = (value) => {
      const before = rt.scope
      rt.scope = scope
      try {
        stage.process(value)
      } finally {
        rt.scope = before
      }
    }
  }
  running.forEach((stage, index) => {
    try {
      stage.end()
    } catch (stop) {
      // Everything before the stage that has enough ends without more; the rest goes on.
      if (!(stop instanceof StopUpstream) || !running.slice(index + 1).some((each) => each === stop.pipeline))
        throw stop
    }
  })
}

function startStage(rt: Runtime, stage: Stage, hasInput: boolean, emit: Emit): Running {
  if (stage.kind === 'expression') {
    if (hasInput) throw new UnsupportedError('an expression that takes the input of a pipeline')
    return {
      process: () => undefined,
      end: () =>
        withRedirections(rt, stage.redirections, emit, (out) => emitAll(evaluate(rt, stage.expr), out)),
    }
  }
  let inner: Running | undefined
  let target: Emit = emit
  withRedirections(rt, stage.redirections, emit, (out) => {
    target = out
    inner = startCommand(
      rt,
      stage,
      hasInput,
      (value) => target(value),
      () => holder,
    )
  })
  const { redirections } = stage
  const run = (work: () => void) =>
    withRedirections(rt, redirections, emit, (out) => {
      target = out
      work()
    })
  const holder: Running = {
    process: (value) => run(() => inner!.process(value)),
    end: () => run(() => inner!.end()),
  }
  return holder
}

function startCommand(
  rt: Runtime,
  command: Command,
  hasInput: boolean,
  emit: Emit,
  self: () => Running,
): Running {
  rt.line = command.pos.line
  const name = evaluate(rt, command.name)
  const args = argumentsOf(rt, command)
  if (name instanceof ScriptBlock)
    return startBlock(rt, name.block, {
      name: '',
      args,
      hasInput,
      emit,
      dotSourced: command.operator === '.',
    })
  if (name instanceof PSObject && name.get('CommandType') !== undefined)
    return startNamed(rt, toText(name.get('Name')), args, hasInput, emit, self)
  if (typeof name !== 'string')
    throw new UnsupportedError('a call of something that is neither a name nor a script block', command.pos)
  if (command.operator === '.') throw new UnsupportedError(`. ${name}`, command.pos)
  return startNamed(rt, name, args, hasInput, emit, self)
}

function startNamed(
  rt: Runtime,
  name: string,
  args: Argument[],
  hasInput: boolean,
  emit: Emit,
  self: () => Running,
): Running {
  const alias = rt.aliases.get(name.toLowerCase()) ?? name
  const block = findFunction(rt, alias)
  if (block) return startBlock(rt, block, { name: alias, args, hasInput, emit })
  const definition = rt.commands.get(alias.toLowerCase().replace(/^.*\\/, ''))
  if (definition) return startCmdlet(rt, definition, args, hasInput, emit, self)
  if (rt.missing.has(alias.toLowerCase()))
    throw new PSThrow(
      makeErrorRecord(
        `The term '${name}' is not recognized as the name of a cmdlet, function, script file, or operable program.`,
        {
          errorId: 'CommandNotFoundException',
          exceptionType: 'System.Management.Automation.CommandNotFoundException',
          category: 'ObjectNotFound',
          targetObject: name,
        },
      ),
    )
  throw new UnsupportedError(`command ${name}, line ${rt.line}: neither defined, built in nor registered`)
}

function argumentsOf(rt: Runtime, command: Command): Argument[] {
  return command.elements.flatMap((element): Argument[] => {
    if (element.kind === 'parameter') {
      const attached = element.value !== undefined
      return [
        {
          kind: 'named',
          name: element.name,
          value: attached ? evaluate(rt, element.value!) : undefined,
          attached,
        },
      ]
    }
    if (element.value.kind === 'splat') return splat(readVar(rt, element.value.name, element.value.scope))
    return [{ kind: 'positional', value: evaluate(rt, element.value) }]
  })
}

function startCmdlet(
  rt: Runtime,
  definition: CommandDefinition,
  args: Argument[],
  hasInput: boolean,
  emit: Emit,
  self: () => Running,
): Running {
  const declared = declaredOf(definition)
  const { values, common } = bindArguments(rt, declared, args, {
    command: definition.name,
    advanced: true,
    shouldProcess: definition.shouldProcess,
    hasInput,
  })
  const { scope } = rt
  const invoke: CommandContext['invoke'] = (block, input, out, blockArgs) =>
    runInCallersScope(rt, block, input, out, blockArgs)
  const ctx = new CommandContext(rt, definition.name, common, emit, invoke)
  ctx.stop = () => {
    throw new StopUpstream(self())
  }
  const given = Object.fromEntries(values)
  const handlers = definition.start(ctx, given)
  const piped = declared.filter((p) => p.fromPipeline && !values.has(p.name))
  if (hasInput && piped.length === 0 && handlers.process)
    throw new PSThrow(
      makeErrorRecord('The input object cannot be bound to any parameters for the command.', {
        errorId: `InputObjectNotBound,${definition.name}`,
        exceptionType: 'System.Management.Automation.ParameterBindingException',
      }),
    )
  const process = (input: Arguments) => handlers.process?.({ ...given, ...input })
  return {
    process: (value) => inScope(rt, scope, () => process(bindInput(rt, definition, piped, value))),
    end: () =>
      inScope(rt, scope, () => {
        if (!hasInput) process({})
        handlers.end?.(given)
      }),
  }
}

const parsedTypes = new Map<string, NonNullable<Declared['type']>>()

function typeNamed(text: string): NonNullable<Declared['type']> {
  const known = parsedTypes.get(text)
  if (known) return known
  const type = { name: text.replace(/\[\]$/, ''), array: text.endsWith('[]'), generic: [] }
  parsedTypes.set(text, type)
  return type
}

const declarations = new WeakMap<CommandDefinition, Declared[]>()

function declaredOf(definition: CommandDefinition): Declared[] {
  const known = declarations.get(definition) ?? declare(definition)
  declarations.set(definition, known)
  return known
}

function declare(definition: CommandDefinition): Declared[] {
  return Object.entries(definition.parameters).map(([name, spec]) => ({
    name,
    type: spec.type === undefined || spec.type === 'object' ? undefined : typeNamed(spec.type),
    aliases: spec.aliases ?? [],
    position: spec.position,
    mandatory: spec.mandatory ?? false,
    remaining: spec.remaining ?? false,
    fromPipeline: (spec.pipeline || spec.pipelineByName) ?? false,
    values: spec.values,
  }))
}

/** By property name first where an object has such a property, as PowerShell does without a conversion; else the object itself. */
function bindInput(rt: Runtime, definition: CommandDefinition, piped: Declared[], value: Value): Arguments {
  const bound: Arguments = {}
  for (const parameter of piped) {
    const spec = definition.parameters[parameter.name]
    const names = [parameter.name, ...parameter.aliases]
    const property =
      spec.pipelineByName && value instanceof PSObject
        ? names.map((n) => value.property(n)).find((p) => p)
        : undefined
    if (property) bound[parameter.name] = convert(rt, parameter, property.get())
    else if (spec.pipeline) bound[parameter.name] = convert(rt, parameter, value)
  }
  if (Object.keys(bound).length > 0) return bound
  throw new PSThrow(
    makeErrorRecord('The input object cannot be bound to any parameters for the command.', {
      errorId: `InputObjectNotBound,${definition.name}`,
      exceptionType: 'System.Management.Automation.ParameterBindingException',
    }),
  )
}

const STREAMS: Record<string, StreamName[]> = {
  '2': ['error'],
  '3': ['warning'],
  '4': ['verbose'],
  '5': ['debug'],
  '6': ['information', 'host'],
  '*': ['error', 'warning', 'verbose', 'debug', 'information', 'host'],
}

/** Runs `work` with the streams where they are sent: to the output, or to `$null`. Files are not in the subset; scripts use Out-File. */
function withRedirections(
  rt: Runtime,
  redirections: Redirection[],
  emit: Emit,
  work: (out: Emit) => void,
): void {
  if (redirections.length === 0) {
    work(emit)
    return
  }
  const before = redirects.get(rt) ?? new Map<StreamName, Emit>()
  const inside = new Map(before)
  const outside = <T>(run: () => T): T => {
    redirects.set(rt, before)
    try {
      return run()
    } finally {
      redirects.set(rt, inside)
    }
  }
  let out: Emit = (value) => outside(() => emit(value))
  for (const redirection of redirections) {
    if (redirection.kind === 'merge') {
      for (const stream of STREAMS[redirection.from] ?? [])
        inside.set(stream, (value) => outside(() => emit(value)))
      continue
    }
    const { file } = redirection
    if (file.kind !== 'var' || file.name.toLowerCase() !== 'null')
      throw new UnsupportedError('a redirection to a file', file.pos)
    if (redirection.from === '1' || redirection.from === '*') out = () => undefined
    for (const stream of STREAMS[redirection.from] ?? []) inside.set(stream, () => undefined)
  }
  redirects.set(rt, inside)
  try {
    work(out)
  } finally {
    redirects.set(rt, before)
  }
}
