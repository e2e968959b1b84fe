/** The literals of PowerShell, by the rules of its tokenizer. */

/** Any of these opens and ends a literal, two in a row are the first of them. */
const QUOTE = /['\u2018-\u201b]/

/** Literals, and what stands around them, each as `<>`. @throws Error where a literal does not end. */
export function tokenise(text: string): { literals: string[]; rest: string } {
  const literals: string[] = []
  let rest = ''
  for (let i = 0; i < text.length; i++) {
    if (!QUOTE.test(text[i])) {
      rest += text[i]
      continue
    }
    let literal = ''
    for (;;) {
      if (++i >= text.length) throw new Error('a literal does not end')
      if (!QUOTE.test(text[i])) literal += text[i]
      else if (QUOTE.test(text[i + 1] ?? '')) literal += text[i++]
      else break
    }
    literals.push(literal)
    rest += '<>'
  }
  return { literals, rest }
}
