/** What the reader likes, from visit to visit, where the browser keeps anything at all. */

export function setting(name: string): string | null {
  try {
    return localStorage.getItem(`vmferry-${name}`)
  } catch {
    return null
  }
}

export function keepSetting(name: string, value: string): void {
  try {
    localStorage.setItem(`vmferry-${name}`, value)
  } catch {
    // Then it holds for this visit.
  }
}
