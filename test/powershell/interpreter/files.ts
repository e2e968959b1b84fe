/** A file system of a run: paths without case, `/` and `\` the same, contents as text. */
export interface VirtualFile {
  path: string
  text: string
  encoding: string
}

const key = (path: string): string => normalise(path).toLowerCase()

/** Absolute where it starts with a drive, `/` or `\`; below `C:\work` otherwise. */
export function normalise(path: string): string {
  const slashed = path.replaceAll('/', '\\')
  const absolute = /^([A-Za-z]:)?\\/.test(slashed) ? slashed : `C:\\work\\${slashed}`
  const rooted = absolute.startsWith('\\') && !absolute.startsWith('\\\\') ? `C:${absolute}` : absolute
  const steps: string[] = []
  for (const part of rooted.split('\\')) {
    if (part === '..') steps.pop()
    else if (part !== '.' && (part !== '' || steps.length === 0)) steps.push(part)
  }
  return steps.join('\\')
}

export class VirtualFiles {
  readonly #files = new Map<string, VirtualFile>()
  readonly #folders = new Set<string>()
  /** Every change in order, e.g. to see that a file is replaced in one step. */
  readonly log: string[] = []
  /** Throws to make a write fail; called before each. */
  beforeWrite: ((path: string) => void) | undefined

  constructor() {
    this.makeFolder('C:\\work')
  }

  read(path: string): string | undefined {
    return this.#files.get(key(path))?.text
  }

  file(path: string): VirtualFile | undefined {
    return this.#files.get(key(path))
  }

  /** The folder has to exist. */
  write(path: string, text: string, encoding = 'utf8'): void {
    this.beforeWrite?.(path)
    const full = normalise(path)
    this.#files.set(key(path), { path: full, text, encoding })
    this.log.push(`write ${full}`)
  }

  remove(path: string): boolean {
    const removed = this.#files.delete(key(path))
    if (removed) this.log.push(`remove ${normalise(path)}`)
    const inside = `${key(path)}\\`
    if (this.#folders.delete(key(path))) {
      for (const held of [...this.#files.keys()]) if (held.startsWith(inside)) this.#files.delete(held)
      return true
    }
    return removed
  }

  move(from: string, to: string): void {
    const file = this.#files.get(key(from))!
    this.#files.delete(key(from))
    this.#files.set(key(to), { ...file, path: normalise(to) })
    this.log.push(`move ${normalise(from)} -> ${normalise(to)}`)
  }

  isFile(path: string): boolean {
    return this.#files.has(key(path))
  }

  isFolder(path: string): boolean {
    return this.#folders.has(key(path))
  }

  exists(path: string): boolean {
    return this.isFile(path) || this.isFolder(path)
  }

  makeFolder(path: string): void {
    const steps = key(path).split('\\')
    for (let length = 1; length <= steps.length; length++)
      this.#folders.add(steps.slice(0, length).join('\\'))
  }

  parentExists(path: string): boolean {
    const parent = normalise(path).split('\\').slice(0, -1).join('\\')
    return this.#folders.has(parent.toLowerCase())
  }

  /** All files, by path. */
  list(): VirtualFile[] {
    return [...this.#files.values()].sort((a, b) => (a.path < b.path ? -1 : 1))
  }
}
