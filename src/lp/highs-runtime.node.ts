/** HiGHS as Node has it: the package itself, whose module is read from its folder. */
import type { Highs } from 'highs'

export async function startHighs(): Promise<Highs> {
  const { default: start } = await import('highs')
  return (start as unknown as () => Promise<Highs>)()
}
