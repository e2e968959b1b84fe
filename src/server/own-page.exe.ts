/** The page that is in the executable: `web` lists its files, each an asset. */
import { getAsset } from 'node:sea'
import { type Page, pageFile } from './page.js'

export function ownPage(): Page | undefined {
  const files = JSON.parse(getAsset('web', 'utf8')) as string[]
  if (files.length === 0) return undefined
  return new Map(
    files.map((file) => {
      const path = file.slice('dist/web'.length)
      return [path, pageFile(path, new Uint8Array(getAsset(file)))]
    }),
  )
}
