/** docs/api.md against the server: its commands run, in their order. It needs curl and bash, and runs dist/: build first. */
import { execFile } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { serveApi, TOKEN } from '../server/serve-api.js'
import { built } from '../worker/built.js'
import { blocksOf, placeOf, readPage, root } from './markdown.js'

const page = readPage('docs/api.md')
const folder = mkdtempSync(join(tmpdir(), 'vmferry-api-'))
const server = await serveApi()
/** Of the last answer that named a job. */
let id = ''

function bash(text: string): Promise<string> {
  const env = { PATH: process.env.PATH, VMFERRY_TOKEN: TOKEN, ID: id }
  return new Promise((resolve, reject) => {
    execFile(
      'bash',
      ['-ec', text.replaceAll('127.0.0.1:7420', new URL(server.url).host)],
      { cwd: folder, env, timeout: 30_000 },
      (error, out) => (error === null ? resolve(out) : reject(error)),
    )
  })
}

beforeAll(async () => {
  const problem = join(root, 'examples/four-nodes/problem.json')
  copyFileSync(problem, join(folder, 'problem.json'))
  writeFileSync(
    join(folder, 'plan.json'),
    JSON.stringify(await built.library.plan(JSON.parse(readFileSync(problem, 'utf8')))),
  )
  for (const name of ['nodes.csv', 'vms.csv'])
    copyFileSync(join(root, 'examples/import', name), join(folder, name))
})
afterAll(async () => {
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** What the answer to each command has in it, in the order of the page. */
const ANSWERS = [
  '"makespanSeconds":105',
  '"schedule":"rounds"',
  'HTTP/1.1 202 Accepted',
  '"state":"done"',
  'event: done',
  '',
  '"relaxations":[',
  '{"violations":[]}',
  '"report":{"nodes":4',
]

describe('docs/api.md', () => {
  const commands = blocksOf(page).filter(({ language }) => language === 'bash')
  it('has commands', () => expect(commands).toHaveLength(ANSWERS.length))

  it.each(commands.map((block, i) => [placeOf(block), block.text, ANSWERS[i]!] as const))(
    '%s',
    async (_, text, wanted) => {
      const answer = await bash(text)
      if (wanted === '') expect(answer).toBe('')
      else expect(answer).toContain(wanted)
      id = /^location: \/jobs\/(\S+)/m.exec(answer)?.[1] ?? id
    },
  )
})
