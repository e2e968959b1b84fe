/** Files that are given in the place of another: what they are, and where they belong. */
import { CliError } from './failure.js'

export type DocumentKind =
  | 'learned'
  | 'problem'
  | 'plan'
  | 'journal'
  | 'inventory'
  | 'calendar'
  | 'table'
  | 'runbook'

const NAMES: Readonly<Record<DocumentKind, string>> = {
  learned: 'what "vmferry learn" wrote: give it with --learned',
  problem: 'a problem: "vmferry plan" makes a plan of it',
  plan: 'a plan: it goes behind its problem, as in "vmferry check PROBLEM.json PLAN.json"',
  journal: 'the journal of a run: give it with "vmferry replan … --journal"',
  inventory: 'an inventory: import it first, as in "vmferry import hyperv FILE -o problem.json"',
  calendar: 'a calendar: give it with --windows',
  table: 'a table: import it first, as in "vmferry import csv NODES.csv VMS.csv -o problem.json"',
  runbook: 'a PowerShell script',
}

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

const WANTED: Readonly<Partial<Record<DocumentKind | 'parameters', string>>> = {
  inventory: 'an inventory',
  parameters: 'a file of parameters',
  learned: 'what "vmferry learn" wrote',
}

/** @throws CliError where the file is of another kind than `wanted` */
export function refuseMisplaced(
  label: string,
  found: DocumentKind | undefined,
  wanted: DocumentKind | 'parameters',
): void {
  if (found !== undefined && found !== wanted)
    throw new CliError(`${label}: this is ${NAMES[found]}; here goes ${WANTED[wanted] ?? `a ${wanted}`}`)
}
