/** A problem as JSON that people can read and change: a line for each node, VM, window and move. */
import { escapeJson } from '../io/controls.js'
import type { Problem } from '../model/problem.js'

/** On one line, with spaces inside. Values are data of JSON, at most a few levels deep. */
function inline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}: ${inline(member)}`)
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`
}

/** Objects stand on a line each, names on one. */
function list(values: readonly unknown[], indent: string): string {
  if (values.every((value) => typeof value !== 'object')) return inline(values)
  return `[\n${values.map((value) => `${indent}  ${inline(value)}`).join(',\n')}\n${indent}]`
}

function members(entries: readonly (readonly [key: string, text: string])[], indent: string): string {
  const lines = entries.map(([key, text]) => `${indent}  ${JSON.stringify(key)}: ${text}`)
  return `{\n${lines.join(',\n')}\n${indent}}`
}

/** Two spaces of indent, keys in the order of docs/format.md, one newline at the end; no character that a terminal would obey. */
export function problemToJson({
  version,
  name,
  start,
  nodes,
  vms,
  windows,
  request,
  policy,
}: Problem): string {
  const entries: [key: string, text: string][] = [['version', inline(version)]]
  if (name !== undefined) entries.push(['name', inline(name)])
  if (start !== undefined) entries.push(['start', inline(start)])
  entries.push(['nodes', list(nodes, '  ')], ['vms', list(vms, '  ')])
  if (windows !== undefined) entries.push(['windows', list(windows, '  ')])
  const wishes = Object.entries(request).map(
    ([key, wish]) => [key, Array.isArray(wish) ? list(wish, '    ') : inline(wish)] as const,
  )
  entries.push(['request', members(wishes, '  ')])
  if (policy !== undefined) entries.push(['policy', inline(policy)])
  return `${escapeJson(members(entries, ''))}\n`
}
