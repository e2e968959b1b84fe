/** Files of vmferry's own package, of which the executable has those that are read at run time. */
import { getAsset } from 'node:sea'

export function packageFile(path: string): string {
  return getAsset(path, 'utf8')
}
