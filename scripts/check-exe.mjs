// The executables of build/exe/, and Node here: the same commands do the same, and the same plans come of problems of every family that bench/generate.mjs
// makes. Random acceptance, the LP and several threads are in them.
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compareCommands, comparePlans, wineIsThere } from './same-commands.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const exe = (name) => join(root, 'build/exe', name)
const problems = 'build/same/problems'
const ways = { 'vmferry-linux-x64': [exe('vmferry-linux-x64')] }
if (wineIsThere()) ways['vmferry-win-x64.exe'] = ['wine', exe('vmferry-win-x64.exe')]
else console.log('no Wine: the executable for Windows was not run')

rmSync(join(root, problems), { recursive: true, force: true })
execFileSync(process.execPath, ['bench/generate.mjs', '--family', 'all', '--count', '1', '--out', problems], {
  cwd: root,
  stdio: ['ignore', 'ignore', 'inherit'],
})
const generated = readdirSync(join(root, problems))
  .filter((name) => !name.endsWith('.best.json'))
  .map((name) => `${problems}/${name}`)

/** The page of `vmferry serve` is the one that `npm run build:web` made; a copy without says so. */
async function serves([program, ...first]) {
  const server = spawn(program, [...first, 'serve', '--port', '0'], { stdio: ['ignore', 'ignore', 'pipe'] })
  try {
    let said = ''
    for await (const chunk of server.stderr) {
      said += chunk
      if (/http:\S+/.test(said)) break
    }
    const answer = await fetch(/http:\S+/.exec(said)[0])
    const built = join(root, 'dist/web/index.html')
    const expected = existsSync(built) ? readFileSync(built, 'utf8') : 'The planner page is not in this copy'
    if (!(await answer.text()).startsWith(expected))
      throw new Error('serve gives another page than was built')
    console.log(`vmferry serve: ${answer.status}`)
  } finally {
    server.kill('SIGINT')
    await once(server, 'exit')
  }
}

/** Of the queue there is nothing in it, and it says so. */
function hasNoQueue([program, ...first]) {
  const args = [...first, 'batch', 'examples/batch', '--queue', 'redis://127.0.0.1:1/']
  const { status, stderr } = spawnSync(program, args, { cwd: root, encoding: 'utf8' })
  if (status !== 2 || !stderr.includes('which this executable does not have'))
    throw new Error(`vmferry batch --queue: exit ${status}: ${stderr}`)
  console.log('vmferry batch --queue: exit 2')
}

hasNoQueue(ways['vmferry-linux-x64'])
await serves(ways['vmferry-linux-x64'])
for (const [name, command] of Object.entries(ways)) {
  console.log(`\n${name}`)
  compareCommands(command)
  comparePlans(command, generated, '--effort', '2')
  comparePlans(command, generated.slice(0, 4), '--effort', '2', '--threads', '2')
}
