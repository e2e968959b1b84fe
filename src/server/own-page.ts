/** The page that is in this copy of vmferry. In the executable `own-page.exe.ts` takes the place of this module. */
import { fileURLToPath } from 'node:url'
import { type Page, readPage } from './page.js'

/** Two folders up from `src/server` and `dist/node` alike. Undefined: this copy has none. */
export function ownPage(): Page | undefined {
  return readPage(fileURLToPath(new URL('../../dist/web/', import.meta.url)))
}
