/** Which modules a start loads: its time is theirs, and can be counted where milliseconds cannot. It runs dist/: build first. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const hook = new URL('loaded-hook.mjs', import.meta.url).href
const main = join(root, 'dist/node/main.js')
const library = new URL('../../dist/node/index.js', import.meta.url).href
let folder = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vmferry-loaded-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Loaded {
  /** Names of packages, sorted. */
  packages: string[]
  /** Files of the bundle, without folder. */
  files: string[]
  /** Sources in these, as `src/…`, as the bundle's marks name them. */
  sources: string[]
}

function loadedBy(args: readonly string[]): Loaded {
  const list = join(folder, 'loaded.txt')
  writeFileSync(list, '')
  execFileSync(process.execPath, ['--import', hook, ...args], {
    env: { ...process.env, VMFERRY_LOADED: list },
    cwd: root,
  })
  const urls = readFileSync(list, 'utf8').trim().split('\n')
  const packages = urls.map((url) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1])
  const paths = urls.filter((url) => url.includes('/dist/')).map((url) => fileURLToPath(url))
  const regions = paths.flatMap((path) =>
    [...readFileSync(path, 'utf8').matchAll(/^\/\/ dist\/(.+)\.js$/gm)].map((m) => `src/${m[1]}.ts`),
  )
  return {
    packages: [...new Set(packages.filter((name) => name !== undefined))].sort(),
    files: paths.map((path) => path.slice(join(root, 'dist/node/').length)),
    sources: regions,
  }
}

/** Loads the library and plans. */
function script(problem: string): string[] {
  const path = join(folder, 'script.mjs')
  writeFileSync(
    path,
    `import { readFileSync } from 'node:fs'
import { plan } from ${JSON.stringify(library)}
await plan(JSON.parse(readFileSync(${JSON.stringify(join(root, problem))}, 'utf8')))
`,
  )
  return [path]
}

const ofFolder = (loaded: Loaded, prefix: string) => loaded.sources.filter((s) => s.startsWith(prefix))
const FIXED_MOVES = 'examples/four-nodes/problem.json'
const WITH_RULES = 'examples/maintenance-night/problem.json'

describe('what a start loads', () => {
  it('the library, for a plan of fixed moves: no LP, no rules, no explanations, no command line', () => {
    const loaded = loadedBy(script(FIXED_MOVES))
    expect(loaded.packages).toEqual(['valibot'])
    expect(loaded.sources).toContain('src/solver/planner/planner.ts')
    for (const prefix of ['src/lp/highs', 'src/lp/simplex', 'src/explain/relaxations', 'src/cli/', 'src/io/'])
      expect(ofFolder(loaded, prefix)).toEqual([])
    expect(ofFolder(loaded, 'src/worker/')).toEqual([])
    expect(loaded.files.length).toBeLessThanOrEqual(12)
  })

  it('the command "plan": commander beside it, and no other command', () => {
    const loaded = loadedBy([main, 'plan', FIXED_MOVES, '-q'])
    expect(loaded.packages).toEqual(['commander', 'valibot'])
    const commands = ofFolder(loaded, 'src/cli/').filter((s) => s.endsWith('-command.ts'))
    expect(commands).toEqual(['src/cli/plan-command.ts'])
    for (const prefix of ['src/lp/highs', 'src/lp/simplex', 'src/explain/relaxations', 'src/worker/'])
      expect(ofFolder(loaded, prefix)).toEqual([])
    for (const prefix of ['src/chart/', 'src/report/']) expect(ofFolder(loaded, prefix)).toEqual([])
    expect(loaded.files.length).toBeLessThanOrEqual(20)
  })

  it('the command "plan" to HTML and to SVG: the charts, and no package more', () => {
    const html = loadedBy([main, 'plan', FIXED_MOVES, '-q', '-o', join(folder, 'night.html')])
    const charts = html.files.filter((file) => file.includes('echarts') || file.includes('page-script'))
    expect(charts).toHaveLength(2)
    expect(html.packages).toEqual(['commander', 'valibot'])
    const svg = loadedBy([main, 'plan', FIXED_MOVES, '-q', '-o', join(folder, 'night.svg')])
    expect(svg.files.filter((file) => file.includes('page-script'))).toEqual([])
  })

  it('"--version": no planner', () => {
    const loaded = loadedBy([main, '--version'])
    expect(loaded.packages).toEqual(['commander'])
    expect(ofFolder(loaded, 'src/solver/planner/')).toEqual([])
  })

  it('an import, in the library: no command line', () => {
    const path = join(folder, 'import.mjs')
    const files = ['nodes.csv', 'vms.csv'].map((name) => join(root, 'examples/import', name))
    writeFileSync(
      path,
      `import { readFileSync } from 'node:fs'
import { importProblem } from ${JSON.stringify(library)}
await importProblem('csv', ${JSON.stringify(files)}.map((name) => ({ name, bytes: readFileSync(name) })))
`,
    )
    const loaded = loadedBy([path])
    expect(loaded.packages).toEqual(['papaparse', 'valibot'])
    expect(ofFolder(loaded, 'src/cli/')).toEqual([])
  })

  it('every file that the bundle names is there', () => {
    const bundle = join(root, 'dist/node')
    const missing = readdirSync(bundle).flatMap((file) =>
      [...readFileSync(join(bundle, file), 'utf8').matchAll(/["'](\.{1,2}\/[\w./-]+\.(?:js|json|wasm))["']/g)]
        .map((match) => match[1])
        .filter((name) => !existsSync(join(bundle, name))),
    )
    expect(missing).toEqual([])
  })

  it('no file of the bundle imports an entry, which would run it', () => {
    const bundle = join(root, 'dist/node')
    const importers = readdirSync(bundle).filter((file) =>
      /from "\.\/(?:main|node-entry|worker-entry)\.js"/.test(readFileSync(join(bundle, file), 'utf8')),
    )
    expect(importers).toEqual([])
  })

  it('what a problem needs comes with it: rules, the LP worker', () => {
    // The library of rules comes by require(), which no hook sees.
    const loaded = loadedBy(script(WITH_RULES))
    expect(loaded.packages).toEqual(['comlink', 'javascript-lp-solver', 'valibot'])
    expect(ofFolder(loaded, 'src/worker/client.ts')).toHaveLength(1)
  })
})
