/** Commands on the pages: those with output give that output, and all others at least exist. */
import { existsSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { planner } from '../../src/cli/planner.js'
import { PLAN_FORMAT_NAMES } from '../../src/io/format-names.js'
import { createHarness, createRunner } from '../cli/harness.js'
import {
  type Block,
  blocksOf,
  pages,
  parseJsonc,
  placeOf,
  readPage,
  root,
  rowsOf,
  sectionOf,
} from './markdown.js'

const commandLine = readPage('docs/command-line.md')
const cli = createHarness()
cli.io.env = { LC_ALL: 'C.UTF-8', NO_COLOR: '1' }
cli.io.loadPlanner = async () => ({ ...planner, createRunner })

async function vmferry(args: readonly string[]): Promise<{ code: number; output: string }> {
  const { code, out, err } = await cli.run(...args)
  return { code, output: (out + err).replaceAll('\r\n', '\n').trimEnd() }
}

interface Command {
  text: string
  output: string
}

function commandsOf({ text }: Block): Command[] {
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [command, ...output] = part.trimEnd().split('\n')
      return { text: command, output: output.join('\n') }
    })
}

/** Of a plan's table the heading is compared, without what depends on the clock or tells how the search went. */
function comparable(output: string): string {
  return output
    .split('\n\n')[0]
    .replace(/^ {2}runtime .*\n?/m, '')
    .replace(/, by .*$/m, '')
    .trimEnd()
}

describe('commands with output', () => {
  const before = process.cwd()
  beforeAll(() => {
    symlinkSync(join(root, 'examples'), cli.path('examples'), 'junction')
    process.chdir(cli.folder)
    const format = blocksOf(readPage('docs/format.md'))
    const problem = parseJsonc(format.find((b) => b.language === 'jsonc')?.text ?? '')
    cli.write('rack-7.json', JSON.stringify(problem))
    const changed = JSON.parse(format.find((b) => b.language === 'json')?.text ?? '')
    Object.assign(
      changed.migrations.find((m: { vm: string }) => m.vm === 'web-01'),
      { startSeconds: 55, endSeconds: 64.781 },
    )
    cli.write('changed.json', JSON.stringify(changed))
    const [stuck, bad] = blocksOf(commandLine).filter((b) => b.language === 'json')
    cli.write('stuck.json', stuck.text)
    cli.write('bad.json', bad.text)
    const nodes = readFileSync(join(root, 'examples/import/nodes.csv'), 'utf8')
    cli.write('unsure.csv', nodes.replace(/Intel[^;]* 6248R[^;]*/g, '6-85'))
  })

  afterAll(() => process.chdir(before))

  const shown = pages.flatMap(blocksOf).filter((b) => b.language === 'console')
  it.each(shown.map((block) => [placeOf(block), block] as const))('%s', async (_, block) => {
    let status: number | undefined
    const commands = commandsOf(block)
    expect(commands.length).toBeGreaterThan(0)
    for (const { text, output } of commands) {
      if (text === 'echo $?') {
        expect(String(status)).toBe(output)
        continue
      }
      const [program, ...args] = text.split(' ')
      expect(program).toBe('vmferry')
      const result = await vmferry(args)
      status = result.code
      expect(comparable(result.output)).toBe(comparable(output))
      for (const section of output.split('\n\n'))
        if (section.startsWith('What ')) expect(result.output).toContain(section)
    }
  })
})

describe('commands without output', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>
  }
  const help: Record<string, string> = {}
  beforeAll(async () => {
    for (const name of [
      'plan',
      'check',
      'export',
      'report',
      'explain',
      'cpu',
      'quiet',
      'import',
      'replan',
      'back',
      'learn',
      'collect',
      'rehearse',
      'batch',
      'sweep',
      'worker',
      'serve',
    ])
      help[name] = (await vmferry(['help', name])).output
  })
  const flagsOf = (text: string) => [...text.matchAll(/(?<![\w-])--[a-z][a-z-]*/g)].map((match) => match[0])

  const lines = pages
    .flatMap(blocksOf)
    .filter((b) => b.language === 'sh')
    .flatMap((b) =>
      b.text.split('\n').map((line) => [placeOf(b), line.replace(/\s#.*$/, '').trim()] as const),
    )
    .filter(([, line]) => line !== '' && !line.startsWith('#'))

  it.each(lines)('%s: %s', (_, line) => {
    for (const command of line.split(/ (?:\||&&) /)) {
      const [program, ...words] = command.trim().split(/\s+/)
      if (program === 'vmferry') {
        const [name] = words
        expect(Object.keys(help)).toContain(name)
        for (const flag of flagsOf(command)) expect(help[name]).toContain(flag)
      } else if (program === 'npm') {
        const script = words[0] === 'run' ? words.find((word, i) => i > 0 && !word.startsWith('-')) : words[0]
        expect(['ci', 'cit', 'version', 'install', ...Object.keys(scripts)]).toContain(script)
      } else if (program === 'node' || program === 'npx') {
        for (const path of words.filter((word) => /^(?:test|bench|examples|scripts)\//.test(word)))
          expect(existsSync(join(root, path)), path).toBe(true)
      } else expect(['grep']).toContain(program)
    }
  })

  it('docs/command-line.md and the help have every format', () => {
    for (const name of PLAN_FORMAT_NAMES) {
      expect([...rowsOf(sectionOf(commandLine, '### Formats of a plan')).keys()]).toContain(name)
      expect(help.plan).toMatch(new RegExp(`^  ${name} +\\w`, 'm'))
    }
  })

  it('docs/command-line.md has every option of the help, and no others', () => {
    const options = [...rowsOf(commandLine.text).keys()].flatMap(flagsOf)
    expect(new Set(options)).toEqual(
      new Set(
        [
          help.plan.split('\nEnvironment:')[0],
          help.explain.split('\nIt answers:')[0],
          help.quiet.split('\nWithout --node')[0],
          help.import.split('\nSOURCE is')[0],
          help.replan.split('\nThe journal')[0],
          help.rehearse.split('\nA night goes')[0],
          help.batch.split('\nInto a folder')[0],
          help.sweep.split('\nWhat can be varied')[0],
          help.worker.split('\nIt needs')[0],
          help.serve.split('\nIt listens')[0],
        ]
          .flatMap(flagsOf)
          .filter((f) => f !== '--help'),
      ),
    )
    for (const { 1: own } of [help.check, help.export, help.cpu].map((text) => text.split('\nArguments:')))
      for (const flag of flagsOf(own)) expect(commandLine.text).toContain(flag)
  })
})
