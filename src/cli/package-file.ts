/** Files of vmferry's own package. In the executable `package-file.exe.ts` takes the place of this module. */
import { readFileSync } from 'node:fs'

/** @param path from the root of the package, two folders up from `src/cli`, `dist/cli` and `dist/node` alike. */
export function packageFile(path: string): string {
  return readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
}
