/** The form of POST /import: files of an inventory, and what is said beside them. */
import type { InputFile } from '../import/inventory.js'
import type { ImportOptions } from '../import/options.js'
import type { ImportSource } from '../import/sources.js'
import { parseJson } from '../model/parse.js'
import { Refused } from './refusal.js'

export interface ImportForm {
  source: ImportSource
  files: InputFile[]
  options: ImportOptions
}

/** Fields that hold one text, one file, or files. */
const FIELDS = { source: 'text', options: 'text', moves: 'file', files: 'files', windows: 'files' } as const

/** @throws Refused for a field that is unknown or not as it has to be; what fields say is judged by the import. */
export async function readImport(form: FormData): Promise<ImportForm> {
  const texts: Record<string, string> = {}
  const files: Record<string, InputFile[]> = {}
  for (const [name, value] of form) {
    const kind = Object.hasOwn(FIELDS, name) ? FIELDS[name as keyof typeof FIELDS] : undefined
    if (kind === undefined)
      refuseField(`has a field that is unknown; known are ${Object.keys(FIELDS).join(', ')}`)
    if (kind === 'text') {
      if (typeof value !== 'string') refuseField(`has a file in the field ${name}; it has to be text`)
      if (Object.hasOwn(texts, name)) refuseField(`has the field ${name} twice`)
      texts[name] = value
      continue
    }
    if (typeof value === 'string')
      refuseField(`has text in the field ${name}; it has to be a file, with its name`)
    const list = files[name] ?? []
    files[name] = list
    if (kind === 'file' && list.length > 0) refuseField(`has the field ${name} twice`)
    list.push({ name: value.name, bytes: new Uint8Array(await value.arrayBuffer()) })
  }
  if (texts.source === undefined)
    refuseField('lacks the field source: hyperv, rvtools, csv, proxmox or libvirt')
  if (files.files === undefined) refuseField('lacks the field files: the files of the inventory')
  const options: unknown = texts.options === undefined ? {} : parseJson(texts.options)
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    refuseField('has no JSON object in the field options')
  for (const name of ['moves', 'windows'])
    if (Object.hasOwn(options, name)) refuseField(`has ${name} in options; files are fields of their own`)
  return {
    source: texts.source as ImportSource,
    files: files.files,
    options: {
      ...options,
      ...(files.moves === undefined ? {} : { moves: files.moves[0]! }),
      ...(files.windows === undefined ? {} : { windows: files.windows }),
    },
  }
}

function refuseField(what: string): never {
  throw new Refused({ status: 400, code: 'INVALID_FORM', detail: `the form ${what}` })
}
