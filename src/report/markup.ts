/** HTML from templates: what is put into one is text, whatever it holds, unless it is markup made here. */

export class Markup {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

type Value = Markup | string | number | undefined | readonly Value[]

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function render(value: Value): string {
  if (value instanceof Markup) return value.text
  if (Array.isArray(value)) return value.map(render).join('')
  return value === undefined ? '' : String(value).replace(/[&<>"']/g, (c) => ENTITIES[c])
}

/** Values stand between tags or in quoted attributes, nowhere else. */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Markup {
  return new Markup(parts.reduce((text, part, i) => text + render(values[i - 1]) + part))
}

/** An element whose text is no markup to HTML, and cannot end it. */
export function raw(name: 'script' | 'style', text: string, attributes = ''): Markup {
  return new Markup(`<${name}${attributes}>${text}</${name}>`)
}
