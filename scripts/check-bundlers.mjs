// Installs the packed tarball beside bundlers, bundles test/bundlers/scenario.mjs with each for Node and for browsers, and runs the bundles where nothing
// else is: what they give must be what Node gives without a bundler. Pages run in Chromium, where there is one.
import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import { strToU8, zipSync } from 'fflate'
import { chromium } from 'playwright-core'
import * as vite from 'vite'

const BUNDLERS = [
  'esbuild@0.28.2',
  'webpack@5.113.0',
  'rollup@4.68.8',
  '@rollup/plugin-node-resolve@16.0.3',
  '@rollup/plugin-commonjs@29.0.0',
]

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const folder = join(root, 'build/bundlers')
const out = join(folder, 'out')
const npm = (args, cwd) =>
  execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })

function install() {
  rmSync(out, { recursive: true, force: true })
  rmSync(join(folder, 'node_modules/vmferry'), { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const [{ filename }] = JSON.parse(
    npm(['pack', '--json', '--silent', '--ignore-scripts', '--pack-destination', folder], root),
  )
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n')
  npm(
    [
      'install',
      '--silent',
      '--no-audit',
      '--no-fund',
      '--no-save',
      '--no-package-lock',
      join(folder, filename),
      ...BUNDLERS,
    ],
    folder,
  )
}

/** The RVTools example as a workbook. */
function workbook() {
  const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  const names = ['vInfo', 'vHost']
  const sheet = (name) => {
    const text = readFileSync(join(root, `examples/import/rvtools/RVTools_tab${name}.csv`), 'utf8')
    const cell = (value) => `<c t="inlineStr"><is><t>${escaped(value)}</t></is></c>`
    const rows = text
      .trim()
      .split(/\r?\n/)
      .map((line) => `<row>${line.split(';').map(cell).join('')}</row>`)
    return `<worksheet><sheetData>${rows.join('')}</sheetData></worksheet>`
  }
  const type = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
  const relationships = (list) =>
    `<Relationships>${list.map(([kind, target], i) => `<Relationship Id="r${i}" Type="${type}/${kind}" Target="${target}"/>`).join('')}</Relationships>`
  const sheets = names.map((name, i) => `<sheet name="${name}" sheetId="${i + 1}" r:id="r${i}"/>`).join('')
  return zipSync(
    Object.fromEntries(
      Object.entries({
        '_rels/.rels': relationships([['officeDocument', 'xl/workbook.xml']]),
        'xl/workbook.xml': `<workbook xmlns:r="${type}"><sheets>${sheets}</sheets></workbook>`,
        'xl/_rels/workbook.xml.rels': relationships(names.map((name) => ['worksheet', `${name}.xml`])),
        ...Object.fromEntries(names.map((name) => [`xl/${name}.xml`, sheet(name)])),
      }).map(([name, text]) => [name, strToU8(text)]),
    ),
  )
}

/** Scripts of an embedder: what `Workers` gets is a piece of code. */
function writeEntries() {
  copyFileSync(join(root, 'test/bundlers/scenario.mjs'), join(folder, 'scenario.mjs'))
  const bytes = `const bytes = Uint8Array.from(atob('${Buffer.from(workbook()).toString('base64')}'), (c) => c.charCodeAt(0))`
  const entry = (name, options, then) =>
    writeFileSync(
      join(folder, name),
      `import { scenario } from './scenario.mjs'\n${bytes}\nscenario(bytes, ${options}).then(${then})\n`,
    )
  const print = '(result) => console.log(JSON.stringify(result))'
  entry('plain.mjs', 'undefined', print)
  entry('esm.mjs', "{ url: new URL('./vmferry-worker.mjs', import.meta.url) }", print)
  entry('cjs.mjs', "{ url: __dirname + '/vmferry-worker.cjs' }", print)
  entry(
    'page.mjs',
    'undefined',
    '(result) => { globalThis.RESULT = result }, (error) => { globalThis.RESULT = { error: String(error) } }',
  )
  writeFileSync(join(folder, 'index.html'), '<script type="module" src="./page.mjs"></script>\n')
}

/** In a folder without node_modules around. */
function runAlone(built, file) {
  const alone = mkdtempSync(join(tmpdir(), 'vmferry-bundle-'))
  try {
    cpSync(built, alone, { recursive: true })
    return JSON.parse(execFileSync(process.execPath, [join(alone, file)], { cwd: alone, encoding: 'utf8' }))
  } finally {
    rmSync(alone, { recursive: true, force: true })
  }
}

const TYPES = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
}

async function runInPage(browser, built) {
  const server = createServer((request, response) => {
    const path = join(built, new URL(request.url, 'http://localhost').pathname)
    const file = path.endsWith('/') ? join(path, 'index.html') : path
    if (!existsSync(file)) response.writeHead(404).end()
    else response.setHeader('content-type', TYPES[extname(file)] ?? 'text/html').end(readFileSync(file))
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const page = await browser.newPage()
  const faults = []
  page.on('pageerror', (error) => faults.push(String(error)))
  try {
    await page.goto(`http://127.0.0.1:${server.address().port}/`)
    await page.waitForFunction(() => 'RESULT' in globalThis, undefined, { timeout: 120_000 })
    const result = await page.evaluate(() => globalThis.RESULT)
    if (faults.length > 0) throw new Error(faults.join('\n'))
    return result
  } finally {
    await page.close()
    server.close()
  }
}

install()
writeEntries()
const { resolve } = createRequire(join(folder, 'package.json'))
const load = (name) => import(resolve(name))
const { default: webpack } = await load('webpack')
const { rollup } = await load('rollup')
const { nodeResolve } = await load('@rollup/plugin-node-resolve')
const { default: commonjs } = await load('@rollup/plugin-commonjs')
const esbuild = await load('esbuild')

const esbuildTo = (name, entryPoints, options) =>
  esbuild.build({
    absWorkingDir: folder,
    entryPoints,
    outdir: join(out, name),
    bundle: true,
    logLevel: 'error',
    ...options,
  })

function webpackTo(name, target, entry) {
  const config = {
    mode: 'production',
    context: folder,
    target,
    entry,
    output: { path: join(out, name), filename: '[name].js' },
    performance: { hints: false },
  }
  return new Promise((done, fail) => {
    webpack(config, (error, stats) => {
      if (error) fail(error)
      else if (stats.hasErrors() || stats.hasWarnings()) fail(new Error(stats.toString('errors-warnings')))
      else done()
    })
  })
}

const worker = { in: 'vmferry/worker', out: 'vmferry-worker' }
/** What each makes: where, and the file to run, or a page. `workers`: it has them. */
const BUILDS = {
  'esbuild, ES modules': {
    file: 'esm.mjs',
    workers: true,
    make: (name) =>
      esbuildTo(name, [{ in: 'esm.mjs', out: 'esm' }, worker], {
        platform: 'node',
        format: 'esm',
        outExtension: { '.js': '.mjs' },
      }),
  },
  'esbuild, CommonJS': {
    file: 'cjs.cjs',
    workers: true,
    make: (name) =>
      esbuildTo(name, [{ in: 'cjs.mjs', out: 'cjs' }, worker], {
        platform: 'node',
        format: 'cjs',
        outExtension: { '.js': '.cjs' },
        // Of `import.meta.url` in code that CommonJS never reaches.
        logOverride: { 'empty-import-meta': 'silent' },
      }),
  },
  'esbuild, conditions of its own, no worker': {
    file: 'plain.js',
    workers: false,
    make: (name) =>
      esbuildTo(name, ['plain.mjs'], {
        platform: 'node',
        format: 'cjs',
        conditions: ['production'],
        logOverride: { 'empty-import-meta': 'silent' },
      }),
  },
  'Rollup, ES modules': {
    file: 'esm.mjs',
    workers: true,
    async make(name) {
      const bundle = await rollup({
        input: { esm: join(folder, 'esm.mjs'), 'vmferry-worker': resolve('vmferry/worker') },
        plugins: [nodeResolve(), commonjs()],
        onwarn(warning) {
          if (warning.code !== 'CIRCULAR_DEPENDENCY') throw new Error(warning.message)
        },
      })
      await bundle.write({
        dir: join(out, name),
        entryFileNames: '[name].mjs',
        chunkFileNames: '[name]-[hash].mjs',
      })
      await bundle.close()
    },
  },
  // It writes down where the package was: there its worker is found, elsewhere it is not.
  'webpack, node': { file: 'main.js', make: (name) => webpackTo(name, 'node', './plain.mjs') },
  'webpack, web': { page: true, workers: true, make: (name) => webpackTo(name, 'web', './page.mjs') },
  'esbuild, browser': {
    page: true,
    workers: false,
    make: (name) => esbuildTo(name, ['page.mjs'], { platform: 'browser', format: 'esm' }),
  },
  Vite: {
    page: true,
    workers: true,
    make: (name) =>
      vite.build({
        root: folder,
        configFile: false,
        logLevel: 'warn',
        worker: { format: 'es' },
        build: { outDir: join(out, name), target: 'es2022', chunkSizeWarningLimit: 4000 },
      }),
  },
}

const expected = JSON.parse(execFileSync(process.execPath, [join(folder, 'plain.mjs')], { encoding: 'utf8' }))
if (expected.note !== undefined) throw new Error(`without a bundler: ${expected.note}`)
const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  (path) => existsSync(path),
)
const browser =
  executablePath === undefined
    ? undefined
    : await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
if (browser === undefined) console.log('Chromium is not installed: pages are built, and not run')
try {
  for (const [title, { make, file, page, workers }] of Object.entries(BUILDS)) {
    const name = title.replace(/\W+/g, '-')
    await make(name)
    const built = join(out, name)
    if (page) {
      const scripts = readdirSync(built, { recursive: true }).filter((each) => /\.m?js$/.test(each))
      if (!existsSync(join(built, 'index.html')))
        writeFileSync(
          join(built, 'index.html'),
          `<script type="module" src="./${scripts.includes('main.js') ? 'main.js' : 'page.js'}"></script>\n`,
        )
      for (const script of scripts) {
        const found = /\bfrom\s*["']node:|\b(?:require|import)\(["'](?:node:|fs|zlib|stream|util)/.exec(
          readFileSync(join(built, script), 'utf8'),
        )
        if (found !== null) throw new Error(`${title}: ${script} has ${found[0]}`)
      }
      if (browser === undefined) continue
    }
    const { results, note, error } = page ? await runInPage(browser, built) : runAlone(built, file)
    if (error !== undefined) throw new Error(`${title}: ${error}`)
    for (const [what, value] of Object.entries(expected.results))
      if (!isDeepStrictEqual(results[what], value))
        throw new Error(
          `${title}: ${what} is ${JSON.stringify(results[what])}, without a bundler ${JSON.stringify(value)}`,
        )
    if (workers !== undefined && (note === undefined) !== workers)
      throw new Error(`${title}: ${note ?? 'it has workers, which were not expected'}`)
    console.log(`${title}: the same as without a bundler${note === undefined ? '' : `; ${note}`}`)
  }
} finally {
  await browser?.close()
}
