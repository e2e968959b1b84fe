/** `vmferry cpu`: the built-in CPU table, one model of it, or two against each other. */
import { cpuComparisonToJson, cpuListToJson, cpuToJson } from '../io/json.js'
import { cpuComparisonToTable, cpuListToTable, cpuToTable } from '../io/table/cpu.js'
import { compareCpus, hiddenFeatures } from '../model/cpu/compare.js'
import { groupFeatures } from '../model/cpu/groups.js'
import { lookUpCpu } from '../model/cpu/lookup.js'
import { cpuModels } from '../model/cpu/table.js'
import { CliError, EXIT } from './failure.js'
import type { CliIo } from './io.js'
import type { DisplayOptions } from './terminal.js'
import { tableOptions } from './terminal.js'

export interface CpuCommandOptions extends DisplayOptions {
  format?: 'table' | 'json'
}

/** Returns the exit code. @throws UnknownCpuError, CliError; nothing is written then. */
export async function cpuCommand(asked: string, options: CpuCommandOptions, io: CliIo): Promise<number> {
  await io.stdout.write(answer(asked.trim(), options, io))
  return EXIT.done
}

function answer(asked: string, options: CpuCommandOptions, io: CliIo): string {
  const json = options.format === 'json'
  const display = tableOptions(options, false, io)
  if (/^list$/i.test(asked)) return json ? cpuListToJson(cpuModels()) : cpuListToTable(cpuModels(), display)
  if (asked.includes('..')) {
    const [from, to, ...more] = asked.split('..')
    if (more.length > 0 || from.trim() === '' || to.trim() === '')
      throw new CliError('two CPUs are compared as A..B, for instance Cascadelake-Server..Icelake-Server')
    const comparison = compareCpus(from, to)
    return json ? cpuComparisonToJson(comparison) : cpuComparisonToTable(comparison, display)
  }
  const found = lookUpCpu(asked)
  const { features } = found.model
  const page = { found, groups: groupFeatures(features), hidden: hiddenFeatures(found.model, cpuModels()) }
  return json ? cpuToJson(page) : cpuToTable(page, display)
}
