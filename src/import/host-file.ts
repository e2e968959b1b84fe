/** Files that do not name their host inside: the host stands in the name of the file, or of its folder. */

/**
 * The host of `HOST.KIND.xml` and `HOST/KIND.xml`, whatever the ending; of `HOST/other.xml`, the folder; else undefined.
 * @param kinds what may stand for KIND, in lower case
 */
export function hostOfFile(file: string, kinds: readonly string[]): string | undefined {
  const steps = file.split(/[/\\]/).filter((step) => step !== '' && step !== '.')
  const base = stem(steps.at(-1) ?? '')
  const folder = steps.at(-2)
  const lower = base.toLowerCase()
  for (const kind of kinds) {
    if (lower === kind) return named(folder)
    if (!lower.endsWith(kind)) continue
    const host = base.slice(0, -kind.length)
    if (/[.\-_]$/.test(host) && host.length > 1) return host.slice(0, -1)
  }
  return named(folder)
}

/** The name without folder and ending. */
export function stemOf(file: string): string {
  return stem(file.split(/[/\\]/).at(-1) ?? '')
}

const stem = (name: string): string => name.replace(/\.(?:xml|json|txt|conf)$/i, '')

const named = (folder: string | undefined): string | undefined =>
  folder === undefined || folder === '..' ? undefined : folder
