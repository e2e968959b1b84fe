/** TypeScript samples: all are type-checked against the built package, those for Node are run, and print what they say they print. */
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { blocksOf, docs, placeOf, readPage, root } from './markdown.js'

const run = promisify(execFile)
/** `internal`: a part of the project's own code. */
const samples = [readPage('README.md'), ...docs]
  .flatMap(blocksOf)
  .filter((block) => block.language === 'ts' && block.tag !== 'internal')
/** A browser sample names its file in its first line. */
const nameOf = (text: string, index: number) => /^\/\/ (\S+)\.ts$/m.exec(text)?.[1] ?? `sample-${index}`
const folders: string[] = []

async function makeProject(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'vmferry-docs-'))
  folders.push(folder)
  await mkdir(join(folder, 'node_modules'))
  await symlink(root, join(folder, 'node_modules/vmferry'), 'junction')
  await symlink(join(root, 'node_modules/@types'), join(folder, 'node_modules/@types'), 'junction')
  await symlink(join(root, 'examples'), join(folder, 'examples'), 'junction')
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }\n')
  await Promise.all(
    samples.map(({ text }, index) => writeFile(join(folder, `${nameOf(text, index)}.ts`), text)),
  )
  const compilerOptions = {
    target: 'ES2022',
    module: 'NodeNext',
    lib: ['ES2023', 'DOM'],
    types: ['node'],
    strict: true,
    exactOptionalPropertyTypes: true,
    outDir: 'out',
    rootDir: '.',
  }
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }))
  return folder
}

describe('TypeScript samples', () => {
  let folder = ''
  let complaints = ''

  beforeAll(async () => {
    folder = await makeProject()
    const compiler = join(root, 'node_modules/typescript/bin/tsc')
    complaints = await run(process.execPath, [compiler, '-p', folder], { cwd: folder }).then(
      ({ stdout }) => stdout,
      (error: { stdout: string }) => `${error.stdout}\n${String(error)}`,
    )
  }, 60_000)

  afterAll(async () => {
    for (const each of folders) await rm(each, { recursive: true, force: true })
  })

  it('are there, and type-check', () => {
    expect(samples.length).toBeGreaterThan(6)
    expect(complaints).toBe('')
  })

  samples.forEach((sample, index) => {
    if (sample.tag === 'browser') return
    it(`${placeOf(sample)} runs and prints what it says`, async () => {
      const script = join(folder, 'out', `${nameOf(sample.text, index)}.js`)
      const { stdout } = await run(process.execPath, [script], { cwd: folder })
      const promised = [...sample.text.matchAll(/\/\/ → (.*)$/gm)].map((match) => match[1])
      if (promised.length > 0) expect(stdout.trimEnd().split('\n')).toEqual(promised)
    }, 60_000)
  })
})
