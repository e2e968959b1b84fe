// Packs the tarball, lints it as a package, installs it into an empty project and plans an example from a script there.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const folder = mkdtempSync(join(tmpdir(), 'vmferry-package-'))
/** Of the tarball. */
const MOST_BYTES = 4_000_000
const sh = (command, args, cwd) =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })

try {
  const [packed] = JSON.parse(sh('npm', ['pack', '--json', '--silent', '--pack-destination', folder], root))
  const tarball = join(folder, packed.filename)
  const files = packed.files.map((f) => f.path)
  for (const needed of [
    'dist/index.js',
    'dist/index.d.ts',
    'dist/chart/echarts.js',
    'dist/report/page-script.js',
    'dist/web/index.html',
    'dist/web/engine.js',
    'dist/web/echarts.js',
    'dist/web/highs-bytes.js',
    'dist/web/licenses.md',
    'collect/Get-VmferryInventory.ps1',
    'dist/worker/browser-entry.js',
    'dist/worker/node-entry.js',
    'dist/lp/highs-bytes.js',
    'dist/schema/problem.json',
    'dist/schema/plan.json',
    'dist/schema/journal.json',
    'dist/node/index.js',
    'dist/node/main.js',
    'dist/node/node-entry.js',
    'dist/node/worker-entry.js',
    'README.md',
    'LICENSE',
  ]) {
    if (!files.includes(needed)) throw new Error(`the tarball lacks ${needed}`)
  }
  if (packed.size > MOST_BYTES)
    throw new Error(`the tarball has ${packed.size} bytes, more than ${MOST_BYTES}`)
  const stray = files.filter(
    (f) =>
      /^(src|test|bench|assembly|build|scripts|docs\/(node_modules|\.vitepress|package.*))\b/.test(f) ||
      f.endsWith('.tsbuildinfo'),
  )
  if (stray.length > 0) throw new Error(`the tarball has files that it should not: ${stray.join(', ')}`)
  console.log(
    `${packed.filename}: ${files.length} files, ${packed.size} bytes packed, ${packed.unpackedSize} unpacked`,
  )

  console.log(sh('npx', ['publint', 'run', tarball, '--strict'], root))
  console.log(sh('npx', ['attw', tarball, '--profile', 'esm-only'], root))

  writeFileSync(join(folder, 'package.json'), '{ "name": "empty", "private": true, "type": "module" }\n')
  sh('npm', ['install', '--silent', '--no-audit', '--no-fund', tarball], folder)
  writeFileSync(
    join(folder, 'script.mjs'),
    `import { readFileSync } from 'node:fs'
import { check, plan } from 'vmferry'
if (!import.meta.resolve('vmferry').endsWith('/dist/node/index.js')) throw new Error('Node gets what bundlers get')
const problem = JSON.parse(readFileSync('node_modules/vmferry/examples/four-nodes/problem.json', 'utf8'))
const schema = JSON.parse(readFileSync(new URL(import.meta.resolve('vmferry/schema/problem.json')), 'utf8'))
if (schema.properties.nodes.type !== 'array') throw new Error('the schema of a problem is none')
const result = await plan(problem)
if (check(problem, result).length > 0 || result.makespanSeconds !== 105) throw new Error('wrong plan')
console.log('planned from the installed package:', result.status, result.makespanSeconds, 's')
`,
  )
  console.log(sh(process.execPath, ['script.mjs'], folder))
  const report = sh(
    'npx',
    ['vmferry', 'plan', 'node_modules/vmferry/examples/four-nodes/problem.json', '--format', 'html', '-q'],
    folder,
  )
  if (!report.includes('id="chart"')) throw new Error('the report has no chart')
  console.log('vmferry', sh('npx', ['vmferry', '--version'], folder))
} finally {
  rmSync(folder, { recursive: true, force: true })
}
