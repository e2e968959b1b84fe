/** What the command line says about its own package. */
import { readFileSync } from 'node:fs'

interface PackageInfo {
  version: string
  /** Where faults are reported; undefined where package.json names no place. */
  bugs: string | undefined
}

/** Read from package.json, two folders up from both `src/cli` and `dist/cli`. */
export function packageInfo(): PackageInfo {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  const { version, bugs } = JSON.parse(text) as { version: string; bugs?: string | { url?: string } }
  return { version, bugs: typeof bugs === 'string' ? bugs : bugs?.url }
}
