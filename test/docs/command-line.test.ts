/** Commands on the pages: those with output give that output, and all others at least exist. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PLAN_FORMAT_NAMES } from '../../src/io/formats.js'
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

const main = join(root, 'dist/cli/main.js')
const commandLine = readPage('docs/command-line.md')

function vmferry(args: readonly string[], cwd: string): { status: number | null; output: string } {
  const env = { ...process.env, LC_ALL: 'C.UTF-8', NO_COLOR: '1', FORCE_COLOR: undefined }
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    cwd,
    env,
    encoding: 'utf8',
  })
  return { status, output: (stdout + stderr).replaceAll('\r\n', '\n').trimEnd() }
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
  let folder = ''

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'vmferry-docs-'))
    symlinkSync(join(root, 'examples'), join(folder, 'examples'), 'junction')
    const format = blocksOf(readPage('docs/format.md'))
    const problem = parseJsonc(format.find((b) => b.language === 'jsonc')?.text ?? '')
    writeFileSync(join(folder, 'rack-7.json'), JSON.stringify(problem))
    const changed = JSON.parse(format.find((b) => b.language === 'json')?.text ?? '')
    Object.assign(
      changed.migrations.find((m: { vm: string }) => m.vm === 'web-01'),
      { startSeconds: 55, endSeconds: 64.781 },
    )
    writeFileSync(join(folder, 'changed.json'), JSON.stringify(changed))
    const [stuck, bad] = blocksOf(commandLine).filter((b) => b.language === 'json')
    writeFileSync(join(folder, 'stuck.json'), stuck.text)
    writeFileSync(join(folder, 'bad.json'), bad.text)
    const nodes = readFileSync(join(root, 'examples/import/nodes.csv'), 'utf8')
    writeFileSync(join(folder, 'unsure.csv'), nodes.replace(/Intel[^;]* 6248R[^;]*/g, '6-85'))
  })

  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const shown = pages.flatMap(blocksOf).filter((b) => b.language === 'console')
  it.each(shown.map((block) => [placeOf(block), block] as const))('%s', (_, block) => {
    let status: number | null = null
    const commands = commandsOf(block)
    expect(commands.length).toBeGreaterThan(0)
    for (const { text, output } of commands) {
      if (text === 'echo $?') {
        expect(String(status)).toBe(output)
        continue
      }
      const [program, ...args] = text.split(' ')
      expect(program).toBe('vmferry')
      const result = vmferry(args, folder)
      status = result.status
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
  const help = {
    plan: vmferry(['help', 'plan'], root).output,
    check: vmferry(['help', 'check'], root).output,
    export: vmferry(['help', 'export'], root).output,
    explain: vmferry(['help', 'explain'], root).output,
    cpu: vmferry(['help', 'cpu'], root).output,
    quiet: vmferry(['help', 'quiet'], root).output,
    import: vmferry(['help', 'import'], root).output,
    replan: vmferry(['help', 'replan'], root).output,
    back: vmferry(['help', 'back'], root).output,
  }
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
        const name = words[0] as keyof typeof help
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
        ]
          .flatMap(flagsOf)
          .filter((f) => f !== '--help'),
      ),
    )
    for (const { 1: own } of [help.check, help.export, help.cpu].map((text) => text.split('\nArguments:')))
      for (const flag of flagsOf(own)) expect(commandLine.text).toContain(flag)
  })
})
