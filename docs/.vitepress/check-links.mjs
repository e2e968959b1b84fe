// Every link of the built pages leads somewhere: to a file of the site, and to an anchor that its page has. VitePress looks at neither anchors nor files.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { site } from './pages.mjs'

const names = readdirSync(site, { recursive: true }).filter(
  (name) => name.endsWith('.html') && name !== '404.html',
)
const all = (text, pattern) =>
  [...text.matchAll(pattern)].map((match) => decodeURIComponent(match[1].replaceAll('&amp;', '&')))
const pages = new Map(
  names.map((name) => {
    const text = readFileSync(join(site, name), 'utf8')
    return [
      `/${name.replaceAll('\\', '/')}`,
      {
        anchors: new Set(all(text, /\bid="([^"]+)"/g)),
        links: all(text, /\b(?:href|src|srcset)="([^"]+)"/g),
      },
    ]
  }),
)
const dead = []
let count = 0
for (const [from, { links }] of pages)
  for (const link of links) {
    if (/^[a-z]+:/i.test(link)) continue
    count++
    const { pathname, hash } = new URL(link, `http://site${from}`)
    const path = decodeURIComponent(pathname).replace(/\/$/, '/index.html')
    const there = pages.has(path) || existsSync(join(site, path))
    const anchor = decodeURIComponent(hash.slice(1))
    if (!there || (anchor !== '' && pages.get(path)?.anchors.has(anchor) === false))
      dead.push(`${from}: ${link}`)
  }
if (dead.length > 0) throw new Error(`links that lead nowhere:\n${[...new Set(dead)].join('\n')}`)
console.log(`${pages.size} pages, ${count} links`)
