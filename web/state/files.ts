/** Files out of the page, and into it. */
import type { InputFile } from '../../src/import/inventory.js'
import type { Written } from '../engine/api.js'

const ENDINGS: Record<Written, [string, string]> = {
  problem: ['.problem.json', 'application/json'],
  plan: ['.plan.json', 'application/json'],
  powershell: ['.ps1', 'text/plain'],
  ics: ['.ics', 'text/calendar'],
  html: ['.html', 'text/html'],
  csv: ['.csv', 'text/csv'],
  svg: ['.svg', 'image/svg+xml'],
}

/** A name that every system takes. */
export function fileNameOf(format: Written, name: string | undefined): string {
  const plain = (name ?? '')
    .replace(/[^\p{L}\p{N} ._-]+/gu, '-')
    .replace(/^[ .-]+|[ .-]+$/g, '')
    .slice(0, 80)
  return (plain === '' ? 'night' : plain) + ENDINGS[format][0]
}

export function saveFile(format: Written, name: string | undefined, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: ENDINGS[format][1] }))
  const link = document.createElement('a')
  link.href = url
  link.download = fileNameOf(format, name)
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}

export async function readFiles(list: Iterable<File>): Promise<InputFile[]> {
  return Promise.all(
    [...list].map(async (file) => ({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) })),
  )
}
