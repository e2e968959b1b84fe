/** One batch at a time in a folder: a file that says who, and is touched while the batch lives. */
import { open, readFile, rm, stat, utimes } from 'node:fs/promises'
import { hostname } from 'node:os'

const TOUCHED_EVERY_MS = 5_000
/** Untouched for so long, whoever held it is dead: on another machine nothing else tells. */
const STALE_MS = 30_000
const UNWRITTEN_MS = 1_000

/** Another batch writes there. */
export class FolderInUse extends Error {}

interface Holder {
  process: number
  host: string
}

/** @returns what lets go of it. @throws FolderInUse */
export async function lockFolder(path: string): Promise<() => Promise<void>> {
  for (let tried = 0; ; tried++) {
    try {
      const file = await open(path, 'wx')
      const holder: Holder = { process: process.pid, host: hostname() }
      await file.writeFile(`${JSON.stringify(holder)}\n`)
      await file.close()
      break
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      const held = await heldBy(path)
      if (held !== undefined || tried > 2) throw new FolderInUse(held ?? 'others come and go there')
      await rm(path, { force: true })
    }
  }
  const touch = setInterval(() => {
    const now = new Date()
    utimes(path, now, now).catch(() => undefined)
  }, TOUCHED_EVERY_MS).unref()
  return async () => {
    clearInterval(touch)
    await rm(path, { force: true })
  }
}

/** In words; undefined: by nobody any more. */
async function heldBy(path: string): Promise<string | undefined> {
  const [text, touched] = await Promise.all([
    readFile(path, 'utf8').catch(() => ''),
    stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => 0,
    ),
  ])
  const ageMs = Date.now() - touched
  if (ageMs > STALE_MS) return undefined
  let holder: Partial<Holder> = {}
  try {
    holder = (JSON.parse(text) as Holder | null) ?? {}
  } catch {
    // Made a moment ago and not written yet, or by one that was killed before it could.
    if (ageMs > UNWRITTEN_MS) return undefined
    await new Promise((resolve) => setTimeout(resolve, UNWRITTEN_MS))
    return heldBy(path)
  }
  // A container that is started again has the number of the one before.
  if (holder.host === hostname() && (holder.process === process.pid || !lives(holder.process)))
    return undefined
  return `process ${String(holder.process ?? 'unknown').slice(0, 20)}, seen ${Math.max(0, Math.round(ageMs / 1000))} s ago`
}

function lives(id: number | undefined): boolean {
  if (!Number.isSafeInteger(id) || (id as number) <= 0) return false
  try {
    process.kill(id as number, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
