// The executables of build/exe/, and Node here: the same commands do the same, and the same plans come of problems of every family that bench/generate.mjs
// makes. Random acceptance, the LP and several threads are in them.
import { execFileSync } from 'node:child_process'
import { readdirSync, rmSync } from 'node:fs'
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

for (const [name, command] of Object.entries(ways)) {
  console.log(`\n${name}`)
  compareCommands(command)
  comparePlans(command, generated, '--effort', '2')
  comparePlans(command, generated.slice(0, 4), '--effort', '2', '--threads', '2')
}
