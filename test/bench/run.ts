/** Runs a script of bench/ as its reader would. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export function bench(
  script: string,
  ...options: string[]
): { status: number | null; stdout: string; stderr: string } {
  const path = fileURLToPath(new URL(`../../bench/${script}`, import.meta.url))
  return spawnSync(process.execPath, [path, ...options], { encoding: 'utf8' })
}
