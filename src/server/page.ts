/** The planner page: the files of one folder, read once. A path that is none of theirs leads nowhere, whatever is in it. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import type { MiddlewareHandler } from 'hono'
import { getMimeType } from 'hono/utils/mime'

export interface PageFile {
  bytes: Uint8Array<ArrayBuffer>
  headers: Readonly<Record<string, string>>
}

/** By paths as in a URL, `/index.html`. */
export type Page = ReadonlyMap<string, PageFile>

/** Undefined: there is no such folder, or no `index.html` in it. Links in it are left out. */
export function readPage(folder: string): Page | undefined {
  const files = new Map<string, PageFile>()
  let entries: ReturnType<typeof entriesOf>
  try {
    entries = entriesOf(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  for (const entry of entries) {
    if (!entry.isFile()) continue
    const file = join(entry.parentPath, entry.name)
    const path = `/${relative(folder, file).replaceAll(sep, '/')}`
    files.set(path, pageFile(path, new Uint8Array(readFileSync(file))))
  }
  return files.has('/index.html') ? files : undefined
}

export function pageFile(path: string, bytes: Uint8Array<ArrayBuffer>): PageFile {
  return {
    bytes,
    headers: {
      'content-type':
        getMimeType(path) ??
        (path.endsWith('.md') ? 'text/plain; charset=utf-8' : 'application/octet-stream'),
      etag: `"${createHash('sha256').update(bytes).digest('base64url')}"`,
      // Names in assets/ have a hash of their content; all others are asked for again.
      'cache-control': path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
    },
  }
}

function entriesOf(folder: string) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
}

const MISSING = `The planner page is not in this copy of vmferry: npm run build:web makes it, in dist/web.\n`

export function servePage(page: Page | undefined): MiddlewareHandler {
  return async (c, next) => {
    if (c.req.method !== 'GET' && c.req.method !== 'HEAD') return next()
    const { path } = c.req
    if (page === undefined) return path === '/' ? c.text(MISSING, 503) : next()
    const file = page.get(path === '/' ? '/index.html' : path)
    if (file === undefined) return next()
    if (c.req.header('if-none-match') === file.headers.etag) return c.body(null, 304, file.headers)
    return c.body(file.bytes, 200, file.headers)
  }
}
