/** A host's CPU as Linux tells it: `lscpu`, `lscpu -J` or `/proc/cpuinfo`. */
import { addAll } from '../../lists.js'
import { importFault } from '../failure.js'
import type { InventoryCpu } from '../inventory.js'
import { field, isObject, parseJsonFile } from '../json.js'

/** Name in lscpu and in /proc/cpuinfo, case aside → name here. */
const FIELDS: Readonly<Record<string, keyof Facts>> = {
  'vendor id': 'vendor',
  vendor_id: 'vendor',
  'model name': 'brand',
  'cpu family': 'family',
  model: 'model',
  stepping: 'stepping',
  flags: 'flags',
  architecture: 'architecture',
}

interface Facts {
  vendor?: string
  brand?: string
  family?: string
  model?: string
  stepping?: string
  flags?: string
  architecture?: string
}

/** Children of a field of `lscpu -J`, and their children. */
const MAX_FIELDS = 10_000

/** Whether the text looks like one of the three. */
export function isLscpu(text: string): boolean {
  return /^\s*\{\s*"lscpu"\s*:/.test(text) || /^(?:Architecture\s*:|processor\s*:|Vendor ID\s*:)/m.test(text)
}

/**
 * Flags are as the kernel has them, those that guests never see among them.
 * @throws ImportError where vendor or flags are missing.
 */
export function readLscpu(file: string, text: string): InventoryCpu {
  const facts = text.trimStart().startsWith('{') ? factsOfJson(file, text) : factsOfText(text)
  const { vendor, flags, brand, family, model, stepping, architecture } = facts
  if (vendor === undefined || flags === undefined) {
    const missing = vendor === undefined ? 'Vendor ID' : 'Flags'
    const machine = architecture === undefined || /x86_64/i.test(architecture)
    const hint = machine
      ? 'run it as LC_ALL=C lscpu'
      : `the machine is ${architecture}, and vmferry knows x86-64 only`
    throw importFault(file, `lscpu names no "${missing}"; ${hint}`)
  }
  const signature = [family, model, stepping]
  const known = signature.every((part) => part !== undefined && /^\d{1,4}$/.test(part))
  return {
    features: flags.split(/\s+/).filter((flag) => flag !== ''),
    vendor,
    texts: [...(known ? [signature.join('-')] : []), ...(brand === undefined ? [] : [brand])],
    origin: { file, place: '' },
  }
}

function take(facts: Facts, name: string, value: string): void {
  const key = name.replace(/:\s*$/, '').trim().toLowerCase()
  // The first counts: /proc/cpuinfo has each processor.
  if (Object.hasOwn(FIELDS, key)) facts[FIELDS[key]] ??= value.trim()
}

function factsOfText(text: string): Facts {
  const facts: Facts = {}
  for (const line of text.split(/\r?\n/)) {
    const colon = line.indexOf(':')
    if (colon > 0) take(facts, line.slice(0, colon), line.slice(colon + 1))
  }
  return facts
}

function factsOfJson(file: string, text: string): Facts {
  const json = parseJsonFile(file, text)
  const facts: Facts = {}
  const open: unknown[] = [isObject(json) ? field(json, 'lscpu') : undefined]
  for (let seen = 0; open.length > 0 && seen < MAX_FIELDS; seen++) {
    const value = open.shift()
    if (Array.isArray(value)) addAll(open, value)
    else if (isObject(value)) {
      const [name, data] = [field(value, 'field'), field(value, 'data')]
      if (typeof name === 'string' && typeof data === 'string') take(facts, name, data)
      open.push(field(value, 'children'))
    }
  }
  return facts
}
