/** Short forms for the declarations of built-in cmdlets. */

import type { Arguments, CommandContext, CommandDefinition, Handlers, ParameterSpec } from '../commands.js'
import { toBool, toText } from '../convert.js'
import { PSSwitch, type Value } from '../values.js'

export interface CmdletOptions {
  shouldProcess?: boolean
  module?: string
}

/** A cmdlet that does one thing for each call, or for each object of the pipeline. */
export function cmdlet(
  name: string,
  parameters: Record<string, ParameterSpec>,
  run: (args: Arguments, ctx: CommandContext) => void,
  options: CmdletOptions = {},
): CommandDefinition {
  return stateful(name, parameters, (ctx) => ({ process: (args) => run(args, ctx) }), options)
}

/** A cmdlet that remembers something from object to object. */
export function stateful(
  name: string,
  parameters: Record<string, ParameterSpec>,
  start: (ctx: CommandContext, args: Arguments) => Handlers,
  options: CmdletOptions = {},
): CommandDefinition {
  return {
    name,
    parameters,
    start,
    shouldProcess: options.shouldProcess ?? false,
    module: options.module ?? 'Microsoft.PowerShell.Utility',
  }
}

export const on = (value: Value): boolean => (value instanceof PSSwitch ? value.isPresent : toBool(value))
export const text = (value: Value): string => toText(value)
export const input: ParameterSpec = { pipeline: true }
export const flag: ParameterSpec = { type: 'switch' }
