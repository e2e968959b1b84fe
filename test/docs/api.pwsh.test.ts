/** docs/api.md in a real PowerShell. It runs dist/: build first. */
import { execFile } from 'node:child_process'
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { serveApi, TOKEN } from '../server/serve-api.js'
import { blocksOf, readPage, root } from './markdown.js'

it('the page plans from PowerShell', async () => {
  const blocks = blocksOf(readPage('docs/api.md')).filter(({ language }) => language === 'powershell')
  expect(blocks).toHaveLength(1)
  const folder = mkdtempSync(join(tmpdir(), 'vmferry-api-'))
  copyFileSync(join(root, 'examples/four-nodes/problem.json'), join(folder, 'problem.json'))
  const server = await serveApi()
  try {
    const text = blocks[0]!.text.replace('127.0.0.1:7420', new URL(server.url).host)
    const { stdout } = await promisify(execFile)(
      process.env.PWSH ?? 'pwsh',
      ['-NoProfile', '-NonInteractive', '-Command', `$ErrorActionPreference = 'Stop'\n${text}`],
      { cwd: folder, env: { ...process.env, VMFERRY_TOKEN: TOKEN, NO_COLOR: '1' }, timeout: 60_000 },
    )
    const rows = stdout.split('\n').filter((line) => /^\S+ +[A-D] +[A-D] +[\d.]+/.test(line))
    expect(rows).toHaveLength(8)
    expect(stdout).toMatch(/^web-1 +A +B +0/m)
  } finally {
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
})
