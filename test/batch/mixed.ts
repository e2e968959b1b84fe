/** A folder of problems of many kinds, every twentieth of them none. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { FAMILIES, generate } from '../../bench/families/index.mjs'

export function writeMixed(folder: string, count: number): void {
  const kinds = FAMILIES.filter((family) => !['large', 'estate', 'night'].includes(family))
  for (let i = 0; i < count; i++) {
    const family = kinds[i % kinds.length]!
    mkdirSync(join(folder, family), { recursive: true })
    const { problem } = generate(family, 1, 1 + Math.floor(i / kinds.length))
    writeFileSync(join(folder, family, `${i}.json`), JSON.stringify(i % 20 === 7 ? { version: 1 } : problem))
  }
}
