/** Which pages the site has, and what each is called there. */
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = join(dirname(fileURLToPath(import.meta.url)), '../..')
/** Sources as VitePress takes them; its pages. */
export const staged = join(root, 'build/site/source')
export const site = join(root, 'build/site/pages')

export const navigation = JSON.parse(readFileSync(new URL('navigation.json', import.meta.url), 'utf8'))
/** Of the pages, from the root of the repository; those of the declarations are made. */
export const files = navigation.flatMap(({ items }) => items.map(({ file }) => file))

/** `docs/tonight.md` → `tonight.md`, `README.md` → `index.md`, `examples/four-nodes/README.md` → `four-nodes.md`. */
export function pageOf(file) {
  if (file === 'README.md') return 'index.md'
  if (file.startsWith('declarations/')) return file.replace(/README\.md$/, 'index.md')
  return file
    .toLowerCase()
    .replace(/\/readme\.md$/, '.md')
    .replace(/^.*\//, '')
}

/** As GitHub makes anchors of headings; the same links lead there and here. */
export function slug(heading) {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replace(/ /g, '-')
}
