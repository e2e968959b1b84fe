/** What the command line says about its own package. */
import { packageFile } from './package-file.js'

interface PackageInfo {
  version: string
  /** Where faults are reported; undefined where package.json names no place. */
  bugs: string | undefined
}

export function packageInfo(): PackageInfo {
  const { version, bugs } = JSON.parse(packageFile('package.json')) as {
    version: string
    bugs?: string | { url?: string }
  }
  return { version, bugs: typeof bugs === 'string' ? bugs : bugs?.url }
}
