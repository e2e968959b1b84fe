/** What a file is, by what only files of one kind have. */

export type DocumentKind =
  | 'learned'
  | 'problem'
  | 'plan'
  | 'journal'
  | 'inventory'
  | 'calendar'
  | 'table'
  | 'runbook'

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** By keys that only documents of one kind have; undefined where it may be one that is just wrong. */
export function kindOfValue(value: unknown): DocumentKind | undefined {
  // What a cmdlet or an API exports: rows.
  if (Array.isArray(value)) return value.length > 0 && value.every(isObject) ? 'inventory' : undefined
  if (!isObject(value)) return undefined
  const has = (...keys: string[]): boolean => keys.every((key) => Object.hasOwn(value, key))
  if (has('learnedFrom')) return 'learned'
  if (has('nodes', 'vms')) return 'problem'
  if (has('migrations')) return 'plan'
  if (has('event', 'at')) return 'journal'
  if (has('CollectedAt') || has('Vms') || has('lscpu') || has('data')) return 'inventory'
  return undefined
}

/** Of texts that are no JSON document. */
export function kindOfText(text: string): DocumentKind | undefined {
  const head = text
    .slice(0, 4096)
    .replace(/^\ufeff/, '')
    .trimStart()
  const line = head.split(/[\r\n]/, 1)[0]
  if (/^BEGIN:VCALENDAR$/i.test(line.trim())) return 'calendar'
  if (/^\{.*"event"\s*:\s*"begin"/.test(line)) return 'journal'
  if (/^<(?:\?xml|capabilities|domain|domainCapabilities|domains)\b/.test(head)) return 'inventory'
  if (/^(?:#Requires|<#|\[CmdletBinding)/i.test(head)) return 'runbook'
  // No text of JSON begins with a word and has a separator on its first line.
  if (/^"?[A-Za-z#]/.test(line) && /[,;\t]/.test(line) && !/^(?:true|false|null)\b/.test(line)) return 'table'
  return undefined
}

/** Of a text of any kind; undefined where it may be one that is just wrong. */
export function kindOfDocument(text: string): DocumentKind | undefined {
  const kind = kindOfText(text)
  if (kind !== undefined || !/^\s*[{[]/.test(text)) return kind
  try {
    return kindOfValue(JSON.parse(text))
  } catch {
    return undefined
  }
}
