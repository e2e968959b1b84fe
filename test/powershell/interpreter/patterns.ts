/** Wildcards, and .NET regular expressions as JavaScript ones. */
import { raise, UnsupportedError } from './errors.js'

/** `-like` and `-Name a*`: `*`, `?`, `[a-z]`, a backtick before any of them. */
export function wildcard(pattern: string, caseSensitive = false): RegExp {
  let source = ''
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i]
    if (char === '`' && i + 1 < pattern.length) source += escapeRegExp(pattern[++i])
    else if (char === '*') source += '[\\s\\S]*'
    else if (char === '?') source += '[\\s\\S]'
    else if (char === '[') {
      const end = pattern.indexOf(']', i + 1)
      if (end < 0)
        return raise(
          `The specified wildcard character pattern is not valid: ${pattern}`,
          'RuntimeException',
          'System.Management.Automation.WildcardPatternException',
        )
      source += `[${pattern.slice(i + 1, end).replace(/[\\^[\]]/g, '\\$&')}]`
      i = end
    } else source += escapeRegExp(char)
  }
  return new RegExp(`^${source}$`, caseSensitive ? '' : 'i')
}

export const hasWildcard = (text: string): boolean => /(^|[^`])[*?[]/.test(text)

export const escapeRegExp = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')

/** What differs between the two dialects is translated where it is simple, and refused otherwise. */
export function toRegExp(pattern: string, caseSensitive: boolean, flags = ''): RegExp {
  let source = pattern
  let mode = caseSensitive ? '' : 'i'
  const inline = /^\(\?([ims]+)\)/.exec(source)
  if (inline) {
    source = source.slice(inline[0].length)
    for (const flag of inline[1]) if (!mode.includes(flag)) mode += flag
  }
  if (/\(\?>|\(\?[imnsx-]+[:)]|\\G|\\p\{Is/.test(source))
    throw new UnsupportedError(`regular expression ${pattern}`)
  source = source.replace(/\\A/g, '^').replace(/\\[zZ]/g, '$')
  try {
    return new RegExp(source, mode + flags + (/\\[pP]\{|\\u\{/.test(source) ? 'u' : ''))
  } catch {
    return raise(`The regular expression pattern ${pattern} is not valid.`, 'InvalidRegularExpression')
  }
}

/** `$1`, `${name}`, `$$`, `$&` mean the same in both dialects, but for the braces. */
export const toReplacement = (text: string): string =>
  text
    .replace(/\$\{(\w+)\}/g, (_, name: string) => (/^\d+$/.test(name) ? `$${name}` : `$<${name}>`))
    .replace(/\$0/g, '$$&')

/** JavaScript's numbers of the groups without a name. .NET numbers those alone, from 1 on; a named group has no number in `$Matches`. */
export function unnamedGroups(pattern: string): number[] {
  const open = /\\[\s\S]|\[(?:\\[\s\S]|[^\]])*\]|\((?!\?)|\(\?<(?![=!])/g
  const groups = [...pattern.matchAll(open)].map((m) => m[0]).filter((text) => text.startsWith('('))
  return groups.flatMap((text, index) => (text === '(' ? [index + 1] : []))
}
