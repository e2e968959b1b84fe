/**
 * The twins that the kernel is timed against (bench/micro/twins, TypeScript over typed arrays), compiled to a temporary folder and
 * imported from there.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '../..')

/**
 * @returns the exports of every twin by file name: `twins.rounds.scoreRounds`
 * @throws Error where the twins do not compile
 */
export async function loadTwins() {
  const out = mkdtempSync(join(tmpdir(), 'vmferry-twins-'))
  try {
    const config = join(out, 'tsconfig.json')
    writeFileSync(join(out, 'package.json'), '{ "type": "module" }')
    writeFileSync(
      config,
      JSON.stringify({
        extends: join(root, 'tsconfig.json'),
        compilerOptions: { noEmit: false, outDir: join(out, 'out'), rootDir: root, types: [] },
        include: [join(root, 'bench/micro/twins/*.ts')],
      }),
    )
    const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc')
    execFileSync(process.execPath, [tsc, '-p', config], { stdio: ['ignore', 'inherit', 'inherit'] })
    const compiled = join(out, 'out/bench/micro/twins')
    const entries = readdirSync(compiled)
      .filter((file) => file.endsWith('.js'))
      .map(async (file) => [file.slice(0, -3), await import(pathToFileURL(join(compiled, file)).href)])
    return Object.fromEntries(await Promise.all(entries))
  } finally {
    rmSync(out, { recursive: true, force: true })
  }
}
