import { mkdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { InvalidOptionError, InvalidProblemError } from '../../src/errors.js'
import { createHarness, type Harness } from './harness.js'

let cli: Harness

/** Runs `plan` on a file of these bytes and returns what the planner was given. */
async function planned(content: string | Uint8Array): Promise<unknown> {
  cli = createHarness()
  const { code, err } = await cli.run('plan', cli.write('p.json', content), '--format', 'json')
  expect(err).toBe('')
  expect(code).toBe(3)
  return cli.documents[0]
}

/** Runs `plan` on a file of these bytes and returns the message without its prefix, with `FILE` for the path. */
async function refused(content: string | Uint8Array): Promise<string> {
  cli = createHarness()
  const err = await cli.refused('plan', cli.write('p.json', content), '-o', cli.path('out.json'))
  expect(cli.files()).toEqual(['p.json'])
  return err.replace(cli.path('p.json'), 'FILE').replace(/^vmferry: (.*)\n$/s, '$1')
}

function utf16(text: string, bigEndian: boolean): Buffer {
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le')
  return bigEndian ? bytes.swap16() : bytes
}

describe('encodings', () => {
  it.each([
    ['UTF-8', '{"name":"Müller 漢"}'],
    ['UTF-8 with a byte order mark', '\ufeff{"name":"Müller 漢"}'],
    ['UTF-16LE, as PowerShell writes it', utf16('{"name":"Müller 漢"}', false)],
    ['UTF-16BE', utf16('{"name":"Müller 漢"}', true)],
  ])('reads %s', async (_, content) => {
    expect(await planned(content)).toEqual({ name: 'Müller 漢' })
  })

  const NO_MARK = 'FILE: UTF-16 without a byte order mark; save it as UTF-8'
  it.each<[string, Buffer, RegExp | string]>([
    [
      'a byte that is not UTF-8',
      Buffer.from('{\n"name": "\xfcller"}', 'latin1'),
      'FILE: not UTF-8: byte 0xfc at offset 11, line 2; save it as UTF-8',
    ],
    [
      'a character that the end of the file cuts off',
      Buffer.from([0x7b, 0xe6, 0xbc]),
      /^FILE: not UTF-8: byte 0x.. at offset \d, line 1/,
    ],
    ['broken UTF-16', Buffer.from([0xff, 0xfe, 0x7b]), 'FILE: broken UTF-16 text; save it as UTF-8'],
    ['UTF-16LE without a mark', Buffer.from('{}', 'utf16le'), NO_MARK],
    ['UTF-16BE without a mark', Buffer.from('{}', 'utf16le').swap16(), NO_MARK],
  ])('refuses %s', async (_, content, message) => {
    const err = await refused(content)
    if (typeof message === 'string') expect(err).toBe(message)
    else expect(err).toMatch(message)
  })
})

describe('files that cannot be read', () => {
  it.each([
    ['', 'FILE: empty; a JSON document is expected'],
    [' \n\t', 'FILE: empty; a JSON document is expected'],
    ['\ufeff', 'FILE: empty; a JSON document is expected'],
    ['{,', 'FILE: line 1, column 2: not JSON'],
  ])('%j', async (content, message) => {
    expect(await refused(content)).toBe(message)
  })

  it('names a missing file and a folder', async () => {
    cli = createHarness()
    mkdirSync(cli.path('folder'))
    expect(await cli.refused('plan', cli.path('none.json'))).toBe(
      `vmferry: ${cli.path('none.json')}: cannot be read: no such file\n`,
    )
    expect(await cli.refused('plan', cli.path('folder'))).toBe(
      `vmferry: ${cli.path('folder')}: it is a folder; name a file in it\n`,
    )
    const inside = cli.write('file', 'x')
    const { err } = await cli.run('plan', `${inside}/p.json`)
    expect(err).toBe(`vmferry: ${inside}/p.json: cannot be read: a part of its path is not a folder\n`)
  })

  it.each([
    ['EACCES', 'permission denied'],
    ['EMFILE', 'too many files are open'],
    ['EIO', 'EIO: i/o error'],
  ])('says what %s means', async (code, words) => {
    cli = createHarness()
    const open = () => Promise.reject(Object.assign(new Error('EIO: i/o error'), { code }))
    cli.io.fs = { ...cli.io.fs, promises: { ...cli.io.fs.promises, open } }
    const { code: exit, err } = await cli.run('plan', 'p.json')
    expect(exit).toBe(2)
    expect(err).toBe(`vmferry: p.json: cannot be read: ${words}\n`)
  })

  it('refuses what is larger than 512 MB before reading it', async () => {
    cli = createHarness()
    const { promises } = cli.io.fs
    let closed = false
    const open = async () => ({
      stat: async () => ({ isDirectory: () => false, isFile: () => true, size: 512_000_001 }),
      close: async () => {
        closed = true
      },
    })
    cli.io.fs = { ...cli.io.fs, promises: { ...promises, open: open as unknown as typeof promises.open } }
    expect(await cli.refused('plan', 'p.json')).toBe(
      'vmferry: p.json: larger than 512 MB, which is more than vmferry reads\n',
    )
    expect(closed).toBe(true)
  })

  it('stops reading a pipe after 512 MB', async () => {
    cli = createHarness()
    let chunks = 0
    cli.io.stdin = {
      ...cli.io.stdin,
      async *chunks() {
        const zeros = new Uint8Array(64_000_000)
        for (;;) {
          chunks++
          yield zeros
        }
      },
    }
    expect(await cli.refused('plan', '-')).toBe(
      'vmferry: standard input: larger than 512 MB, which is more than vmferry reads\n',
    )
    expect(chunks).toBe(9)
  })

  it('does not obey escapes in a file name', async () => {
    cli = createHarness()
    const { err } = await cli.run('plan', '\x1b[2J\n.json')
    expect(err).not.toContain('\x1b')
    expect(err).toContain('\\x1b[2J')
  })
})

describe('standard input', () => {
  it('is read for "-", also where chunks cut a character', async () => {
    for (const text of ['{"name":"漢"}', '{"name": "漢"}', '{ "name": "漢"}']) {
      cli = createHarness({ stdin: text })
      const seen: unknown[] = []
      cli.planner.resolveProblem = (problem) => {
        seen.push(problem)
        throw new InvalidProblemError([{ path: 'name', message: 'seen' }])
      }
      expect((await cli.run('plan', '-')).err).toBe('vmferry: standard input: name: seen\n')
      expect(seen).toEqual([{ name: '漢' }])
    }
  })

  it('is announced where a person would have to type it', async () => {
    cli = createHarness({ stdin: '{"name":"x"}' })
    cli.io.stdin.isTTY = true
    expect((await cli.run('plan', '-')).err).toBe(
      'vmferry: reading the problem from standard input; Ctrl-D ends it\n',
    )
    expect((await cli.run('plan', '-', '--quiet')).err).toBe('')
    cli = createHarness({ stdin: '{"migrations":[]}' })
    cli.io.stdin.isTTY = true
    cli.io.platform = 'win32'
    expect((await cli.run('check', cli.write('p.json', '{}'), '-')).err).toBe(
      'vmferry: reading the plan from standard input; Ctrl-Z and Enter ends it\n',
    )
  })
})

describe('documents that break the format', () => {
  const issue = (i: number) => ({ path: `vms[${i}].memoryMiB`, message: `"lots" is no number` })

  it('names file, path and value, and writes nothing', async () => {
    cli = createHarness()
    cli.planner.resolveProblem = () => {
      throw new InvalidProblemError([issue(3)])
    }
    const file = cli.write('p.json', '{}')
    expect(await cli.refused('plan', file, '-o', cli.path('o.json'))).toBe(
      `vmferry: ${file}: vms[3].memoryMiB: "lots" is no number\n`,
    )
    expect(cli.files()).toEqual(['p.json'])
  })

  it('lists several faults, the first twenty of many', async () => {
    cli = createHarness()
    cli.planner.resolveProblem = () => {
      throw new InvalidProblemError(Array.from({ length: 23 }, (_, i) => issue(i)))
    }
    const { err } = await cli.run('plan', cli.write('p.json', '{}'))
    const lines = err.split('\n')
    expect(lines[0]).toBe(`vmferry: ${cli.path('p.json')}: 23 faults`)
    expect(lines[1]).toBe('  vms[0].memoryMiB: "lots" is no number')
    expect(lines[20]).toContain('vms[19]')
    expect(lines.slice(21)).toEqual(['  and 3 more', ''])
  })

  it('tells the problem of check from its plan', async () => {
    cli = createHarness()
    const [problem, plan] = [cli.write('p.json', '{}'), cli.write('plan.json', '{}')]
    cli.planner.check = () => {
      throw new InvalidProblemError([{ path: 'migrations', message: 'missing' }], 'plan')
    }
    expect((await cli.run('check', problem, plan)).err).toBe(`vmferry: ${plan}: migrations: missing\n`)
    cli.planner.resolveProblem = () => {
      throw new InvalidProblemError([{ path: 'nodes', message: 'missing' }])
    }
    expect((await cli.run('check', problem, plan)).err).toBe(`vmferry: ${problem}: nodes: missing\n`)
  })

  it('takes an option that the library refuses as bad usage', async () => {
    cli = createHarness()
    cli.planner.plan = () => Promise.reject(new InvalidOptionError('seed is 0.5'))
    expect(await cli.refused('plan', cli.write('p.json', '{}'))).toBe('vmferry: seed is 0.5\n')
  })
})

describe('internal errors', () => {
  it('ask for a report and show the stack only on demand', async () => {
    cli = createHarness()
    cli.planner.plan = () => Promise.reject(new TypeError('x is undefined'))
    const file = cli.write('p.json', '{}')
    const { code, out, err } = await cli.run('plan', file)
    expect([code, out]).toEqual([1, ''])
    expect(err).toContain('vmferry: internal error: x is undefined\n')
    expect(err).toContain('Please report it')
    expect(err).not.toContain('    at ')
    cli.io.env = { ...cli.io.env, VMFERRY_DEBUG: '1' }
    expect((await cli.run('plan', file)).err).toContain('    at ')
  })

  it('are what a failing import is', async () => {
    cli = createHarness()
    cli.io.loadPlanner = () => Promise.reject(new Error('no such module'))
    expect((await cli.run('plan', cli.write('p.json', '{}'))).code).toBe(1)
  })
})
