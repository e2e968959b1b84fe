// Puts the pages together, build/site/source/: those of the repository, with links as the site has them, and what TypeDoc makes of the declarations in dist/.
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { Application } from 'typedoc'
import { files, pageOf, root, staged } from './pages.mjs'

/** Files that are linked but are no pages come along as they are; a folder is a page that lists them. */
function publish(path) {
  if (statSync(join(root, path)).isDirectory()) {
    const items = readdirSync(join(root, path)).map(
      (name) => `- [${name}](${publish(posix.join(path, name))})\n`,
    )
    const page = `${path.replace(/\/$/, '').replaceAll('/', '-')}.md`
    writeFileSync(join(staged, page), `# ${path}\n\n${items.join('')}`)
    return `/${page}`
  }
  // Without an ending it would be taken for a page.
  const name = posix.extname(path) === '' ? `${path}.txt` : path
  const target = join(staged, 'public', name)
  mkdirSync(dirname(target), { recursive: true })
  cpSync(join(root, path), target)
  return `/${name}`
}

/** @param link as it stands on the page `file`; what leads nowhere stays, and fails later on */
function moved(link, file) {
  if (/^[a-z]+:|^#/i.test(link)) return link
  const [path, anchor] = link.split('#')
  const target = posix.normalize(posix.join(posix.dirname(file), path))
  const hash = anchor === undefined ? '' : `#${anchor}`
  if (target.endsWith('.md') && existsSync(join(root, target))) {
    if (!pages.includes(target)) pages.push(target)
    return `/${pageOf(target)}${hash}`
  }
  return existsSync(join(root, target)) ? publish(target) : link
}

/** Outside of code. A picture for dark and light becomes two, since the site has a switch. */
function withLinks(text, file) {
  return text
    .split(/^( *```[\s\S]*?^ *```$)/m)
    .map((part, i) =>
      i % 2 === 1
        ? part
        : part
            .replace(
              /<picture>\s*<source[^>]*srcset="([^"]+)">\s*<img src="([^"]+)" alt="([^"]+)">\s*<\/picture>/g,
              (_, dark, light, alt) => `![${alt}](${light}){.light-only}![${alt}](${dark}){.dark-only}`,
            )
            .replace(/\]\(([^)\s]+)\)/g, (_, link) => `](${moved(link, file)})`),
    )
    .join('')
}

async function documentDeclarations() {
  const app = await Application.bootstrapWithPlugins({
    plugin: ['typedoc-plugin-markdown'],
    tsconfig: join(root, 'docs/.vitepress/tsconfig.json'),
    entryPoints: [join(root, 'dist/index.d.ts')],
    outputs: [{ name: 'markdown', path: join(staged, 'declarations') }],
    name: 'vmferry',
    readme: 'none',
    router: 'kind',
    entryFileName: 'index',
    disableSources: true,
    excludeInternal: true,
    excludePrivate: true,
    hideBreadcrumbs: true,
    hidePageHeader: true,
    // Types behind a public one that are no use to a caller.
    intentionallyNotExported: ['SOURCES', 'schema', 'GROUPS', 'ValuesOf', 'Effects', 'WorkerSession'],
    treatValidationWarningsAsErrors: true,
    logLevel: 'Warn',
  })
  const project = await app.convert()
  if (project === undefined) throw new Error('the declarations in dist/ cannot be read')
  app.validate(project)
  await app.generateOutputs(project)
  if (app.logger.hasErrors() || app.logger.hasWarnings())
    throw new Error('the declarations have faults: see above')
}

/** Grows by pages that are linked and not in the navigation. */
const pages = files.filter((file) => !file.startsWith('declarations/'))
rmSync(staged, { recursive: true, force: true })
mkdirSync(staged, { recursive: true })
// What the pages are compiled to asks for Vue.
const modules = join(staged, '../node_modules')
rmSync(modules, { force: true })
symlinkSync(join(root, 'docs/node_modules'), modules, 'junction')
for (const file of pages) {
  writeFileSync(join(staged, pageOf(file)), withLinks(readFileSync(join(root, file), 'utf8'), file))
}
await documentDeclarations()
