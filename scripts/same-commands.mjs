// Runs commands by Node here, and in another way: what they write, print, say and exit with must be the same.
import { spawnSync } from 'node:child_process'
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const folder = join(root, 'build/same')
// As the command line is given them, and repeats them in its messages.
const output = 'build/same/output'
const kept = (name) => `build/same/${name}.json`
const wine = { WINEARCH: 'win64', WINEDEBUG: '-all', WINEPREFIX: join(root, 'build/wine-prefix') }

/** Whether programs for Windows can be run. Node asks for Windows 10. */
export function wineIsThere() {
  if (spawnSync('wine', ['--version'], { stdio: 'ignore' }).error) return false
  mkdirSync(folder, { recursive: true })
  run('wine', ['reg', 'add', 'HKCU\\Software\\Wine', '/v', 'Version', '/d', 'win10', '/f'])
  return true
}

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
const withoutRuntime = (text) => text.replace(/("runtimeSeconds": ?|\n {2}runtime +)[\d.]+/g, '$1')

function runAndRead(command, args) {
  rmSync(join(root, output), { force: true })
  const result = run(command, args)
  const written = existsSync(join(root, output)) ? readFileSync(join(root, output), 'utf8') : ''
  return { ...result, printed: withoutRuntime(result.printed), written: withoutRuntime(written) }
}

/** What each command gives here; the other ways are compared with the same. */
const known = new Map()

/** @param command what runs vmferry in the other way: a program and its first arguments */
function compare([program, ...first], exit, ...args) {
  const exits = [exit].flat()
  const said = `vmferry ${args.join(' ')}`
  const here = known.get(said) ?? runAndRead(process.execPath, ['dist/node/main.js', ...args])
  known.set(said, here)
  const asTyped = program === 'wine' ? args.map((arg) => arg.replaceAll('/', '\\')) : args
  let there = runAndRead(program, [...first, ...asTyped])
  // Wine 8 itself does so once in some hundred runs on a busy machine, with plain Node as well; twice in a row would be ours.
  if (program === 'wine' && there.said.includes('wine: Unhandled page fault')) {
    console.log(`${said}: once more, ${there.said.split('\n')[0]}`)
    there = runAndRead(program, [...first, ...asTyped])
  }
  there.said = there.said.replaceAll('\\', '/')
  for (const [what, is] of Object.entries(there)) {
    if (is === here[what]) continue
    const [lines, expected] = [is, here[what]].map((text) => String(text).split('\n'))
    const line = expected.findIndex((text, i) => text !== lines[i])
    throw new Error(`${said}: ${what}, line ${line + 1} is ${lines[line]} there, ${expected[line]} here`)
  }
  if (!exits.includes(there.exit))
    throw new Error(`${said}: exit ${there.exit}, expected ${exits}: ${there.said}`)
  console.log(`${said}: exit ${there.exit}`)
}

const keep = (file) => copyFileSync(join(root, output), join(root, file))
const filesOf = (...path) =>
  readdirSync(join(root, 'examples', ...path)).map((name) => ['examples', ...path, name].join('/'))
const [small, night] = ['four-nodes', 'maintenance-night'].map((name) => `examples/${name}/problem.json`)
const imports = {
  csv: ['nodes.csv', 'vms.csv'].map((name) => `examples/import/${name}`),
  hyperv: ['examples/import/vmferry-inventory.json', '--start', '2026-11-23T20:30:00+01:00'],
  libvirt: [...filesOf('import', 'libvirt'), '--mbps', '25Gbps'],
  proxmox: [...filesOf('import', 'proxmox'), '--mbps', '25Gbps'],
  rvtools: [...filesOf('import', 'rvtools'), '--mbps', '25Gbps'],
}
const drained = { csv: 'HV01', hyperv: 'HV01', libvirt: 'hv1', proxmox: 'pve1', rvtools: 'esx1' }

/** Plans each of the problems, or the examples', and compares. @param problems paths from the root */
export function comparePlans(command, problems, ...options) {
  mkdirSync(folder, { recursive: true })
  for (const problem of problems) compare(command, [0, 3], 'plan', problem, ...options, '-o', output)
}

/** Every command on the examples, and bad input. */
export function compareCommands(command) {
  const plan = kept('plan')
  comparePlans(command, [small, ...filesOf('batch'), night])
  keep(plan)
  compare(command, 0, 'check', night, plan)
  compare(command, 0, 'quiet', night, plan, '--duration', '2h')
  compare(command, 0, 'rehearse', night, plan)
  compare(command, 0, 'back', night, plan, '-o', output)
  compare(command, 0, 'report', night, plan, '-o', output)
  for (const format of ['table', 'csv', 'ics', 'cau', 'powershell', 'svg', 'mermaid'])
    comparePlans(command, [night], '--format', format)
  comparePlans(command, ['examples/batch/full-swap.json', night], '--threads', '2')
  compare(command, 0, 'batch', 'examples/batch', '-q')
  compare(command, 0, 'explain', small, '--effort', '1')
  compare(command, 0, 'cpu', 'Cascadelake..Icelake')
  compare(command, 0, 'collect', '-o', output)
  for (const [source, args] of Object.entries(imports)) {
    compare(command, 0, 'import', source, ...args, '--drain', drained[source], '-o', output)
    keep(kept(source))
    comparePlans(command, [kept(source)])
  }
  compare(command, 2, 'plan', 'no-such.json')
  compare(command, 2, 'plan', 'examples/import/nodes.csv')
  compare(command, 2, 'plan', small, '-o', 'no-such/plan.json')
}
