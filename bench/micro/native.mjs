/** Compiles bench/native (C) and runs its routines on images of the kernel's memory. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { writeImage } from './image.mjs'

const folder = join(dirname(fileURLToPath(import.meta.url)), '../native')

// Records overlap in type; and no product is fused with a sum, which WebAssembly does not do either: results are the same to the bit.
const FLAGS = ['-std=gnu17', '-O3', '-march=native', '-fno-strict-aliasing', '-ffp-contract=off']

/**
 * @param {string} [compiler] default: the environment's CC, else gcc
 * @returns `{ compiler, flags, load, dispose }`, or `{ missing }` with the reason why there are no native routines.
 *   `load(image)` returns a function of milliseconds; that returns `{ nanoseconds, samples, agrees }`.
 * @throws Error where the compiler is there but refuses the sources
 */
export function buildNative(compiler = process.env.CC || 'gcc') {
  const version = spawnSync(compiler, ['--version'], { encoding: 'utf8' })
  if (version.error !== undefined || version.status !== 0) {
    return { missing: `${compiler} is not installed: no native routines` }
  }
  const out = mkdtempSync(join(tmpdir(), 'vmferry-native-'))
  const program = join(out, 'vmferry-native')
  const sources = readdirSync(folder)
    .filter((file) => file.endsWith('.c'))
    .map((file) => join(folder, file))
  try {
    execFileSync(compiler, [...FLAGS, ...sources, '-lm', '-o', program], {
      stdio: ['ignore', 'inherit', 'inherit'],
    })
  } catch (cause) {
    rmSync(out, { recursive: true, force: true })
    throw new Error(`${compiler} does not compile bench/native`, { cause })
  }
  let images = 0
  return {
    compiler: version.stdout.split('\n')[0],
    flags: FLAGS.join(' '),
    load(image) {
      const path = join(out, `${images++}.image`)
      writeImage(path, image)
      return (milliseconds) =>
        JSON.parse(execFileSync(program, [path, String(milliseconds)], { encoding: 'utf8' }))
    },
    dispose: () => rmSync(out, { recursive: true, force: true }),
  }
}
