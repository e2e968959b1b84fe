/** The server of the page, over real sockets. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApp } from '../../src/server/app.js'
import { type Listening, listen } from '../../src/server/listen.js'
import { readPage } from '../../src/server/page.js'
import { rawRequest, sendRaw } from './raw.js'

const folder = mkdtempSync(join(tmpdir(), 'vmferry-page-'))
const SECRET = 'outside the page'
let server: Listening
let port = 0

beforeAll(async () => {
  writeFileSync(join(folder, 'secret.txt'), SECRET)
  const web = join(folder, 'web')
  mkdirSync(join(web, 'assets'), { recursive: true })
  writeFileSync(join(web, 'index.html'), '<!doctype html><title>planner</title>')
  writeFileSync(join(web, 'assets/main-a1b2c3d4.js'), 'export {}')
  writeFileSync(join(web, 'assets/kernel-a1b2c3d4.wasm'), Buffer.from([0, 97, 115, 109]))
  symlinkSync(join(folder, 'secret.txt'), join(web, 'link.txt'))
  server = await listen(createApp({ page: readPage(web) }).fetch, {
    port: 0,
    headSeconds: 0.5,
    requestSeconds: 1,
  })
  port = Number(new URL(server.url).port)
})
afterAll(async () => {
  await server.stop(0)
  rmSync(folder, { recursive: true, force: true })
})

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(new URL(path, server.url), { headers })

describe('the page', () => {
  it.each([
    ['/', 'text/html; charset=utf-8', 'no-cache'],
    ['/index.html', 'text/html; charset=utf-8', 'no-cache'],
    ['/assets/main-a1b2c3d4.js', 'text/javascript; charset=utf-8', 'public, max-age=31536000, immutable'],
    ['/assets/kernel-a1b2c3d4.wasm', 'application/wasm', 'public, max-age=31536000, immutable'],
  ])('%s is %s', async (path, type, caching) => {
    const answer = await get(path)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe(type)
    expect(answer.headers.get('cache-control')).toBe(caching)
    expect(Number(answer.headers.get('content-length'))).toBe((await answer.arrayBuffer()).byteLength)
    const again = await get(path, { 'if-none-match': answer.headers.get('etag')! })
    expect(again.status).toBe(304)
    const head = await fetch(new URL(path, server.url), { method: 'HEAD' })
    expect([head.status, await head.text()]).toEqual([200, ''])
  })

  it('runs its own scripts and the engine, and nothing else', async () => {
    const { headers } = await get('/')
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; style-src 'self'; font-src 'self'; connect-src 'self'; manifest-src 'self'; img-src 'self' data: blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    )
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
  })

  it('a copy without it says how it is made', async () => {
    expect(readPage(join(folder, 'nowhere'))).toBeUndefined()
    expect(readPage(folder)).toBeUndefined()
    const bare = await listen(createApp({ page: undefined }).fetch, { port: 0 })
    const answer = await fetch(bare.url)
    await bare.stop(0)
    expect(answer.status).toBe(503)
    expect(await answer.text()).toContain('npm run build:web')
  })
})

describe('refused', () => {
  const own = () => `127.0.0.1:${port}`
  it.each<[string, () => Record<string, string>, number]>([
    ['its own host', () => ({ Host: own() }), 200],
    ['localhost', () => ({ Host: `localhost:${port}` }), 200],
    ['its own origin', () => ({ Origin: `http://${own()}` }), 200],
    ['another host', () => ({ Host: 'example.org' }), 403],
    ['another host at this port', () => ({ Host: `example.org:${port}` }), 403],
    ['another port', () => ({ Host: `127.0.0.1:${port + 1}` }), 403],
    ['no port', () => ({ Host: '127.0.0.1' }), 403],
    ['a host with more behind it', () => ({ Host: `${own()}.example.org` }), 400],
    ['a host with a user before it', () => ({ Host: `a@${own()}` }), 400],
    ['no host', () => ({ Host: '' }), 400],
    ['two hosts', () => ({ Host: own(), host: 'example.org' }), 400],
    ['another origin', () => ({ Origin: 'https://example.org' }), 403],
    ['no origin that has a name', () => ({ Origin: 'null' }), 403],
    ['another scheme', () => ({ Origin: `https://${own()}` }), 403],
    ['an origin with more behind it', () => ({ Origin: `http://${own()}.example.org` }), 403],
    ['two origins', () => ({ Origin: `http://${own()}`, origin: 'https://example.org' }), 403],
  ])('%s: as it should', async (_, headers, status) => {
    expect((await rawRequest(port, '/', headers())).status).toBe(status)
  })

  it('a target with a host of its own', async () => {
    expect((await rawRequest(port, 'http://example.org/')).status).toBe(403)
    expect((await rawRequest(port, `http://127.0.0.1:${port}/`)).status).toBe(200)
  })

  it.each([
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e%2fsecret.txt',
    '/%252e%252e%252fsecret.txt',
    '/..\\secret.txt',
    '/..%5csecret.txt',
    '/%c0%ae%c0%ae/secret.txt',
    '/..;/secret.txt',
    '/.../secret.txt',
    '//etc/passwd',
    '/etc/passwd',
    '/file:///etc/passwd',
    '/C:/Windows/win.ini',
    '/index.html%00.txt',
    '/link.txt',
    '/assets',
    '/assets/',
    '/.',
    '/%',
    '/%zz',
    '/__proto__',
    '/constructor',
  ])('the path %s', async (path) => {
    const { status, text } = await rawRequest(port, path)
    // A path that means the page's own folder is the page.
    expect(path === '/.' ? [200] : [400, 404]).toContain(status)
    for (const leaked of [SECRET, 'root:', folder]) expect(text).not.toContain(leaked)
  })

  it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE'])('the method %s', async (method) => {
    const { status, text } = await rawRequest(port, '/', { 'Content-Length': '0' }, method)
    expect(status).toBe(405)
    expect(text).toContain('allow: GET, HEAD')
  })

  it.each<[string, string[], number[], number]>([
    ['a head that is too long', ['GET / HTTP/1.1\r\nX: ', 'a'.repeat(20_000)], [431], 0],
    ['a flood of headers', ['GET / HTTP/1.1\r\n', 'X: a\r\n'.repeat(10_000)], [431], 0],
    ['what is no HTTP', ['\x16\x03\x01\x02\x00\x01'], [400], 0],
    ['a head that does not end', ['GET / HTTP/1.1\r\n', ...Array<string>(30).fill('X: a\r\n')], [408], 100],
    [
      'a body that does not come',
      ['POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n\r\n'],
      [403, 408],
      0,
    ],
    [
      'two lengths',
      ['POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n'],
      [400],
      0,
    ],
    [
      'a length and chunks',
      ['POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n'],
      [400],
      0,
    ],
  ])('%s', async (_, parts, statuses, pauseMs) => {
    expect(statuses).toContain((await sendRaw(port, parts, pauseMs)).status)
    expect((await get('/')).status).toBe(200)
  })

  it.each([
    ['a body that is small', { 'Content-Length': '1' }],
    ['a body that is large', { 'Content-Length': '99999999999' }],
    ['a body in chunks', { 'Transfer-Encoding': 'chunked' }],
  ])('%s, where nothing reads one', async (_, headers) => {
    expect((await rawRequest(port, '/', headers)).status).toBe(413)
  })

  it('other addresses of this machine', async () => {
    const others = Object.values(networkInterfaces()).flatMap((all = []) =>
      all.filter(({ family, internal }) => family === 'IPv4' && !internal).map(({ address }) => address),
    )
    for (const address of [...others, '127.0.0.2'])
      await expect(fetch(`http://${address}:${port}/`)).rejects.toThrow()
  })
})
