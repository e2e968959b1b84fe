/** HiGHS, embedded: its loader and its module come with the code, whatever bundles it. In Node's bundle `highs-runtime.node.ts` takes the place of this module. */
import type { Highs } from 'highs'
import { decodeBase64 } from '../kernel/base64.js'
import { HIGHS_GZIP_BASE64 } from './highs-bytes.js'
import { createHighs } from './highs-loader.js'

export async function startHighs(): Promise<Highs> {
  const packed = new Blob([decodeBase64(HIGHS_GZIP_BASE64)]).stream()
  const bytes = await new Response(packed.pipeThrough(new DecompressionStream('gzip'))).arrayBuffer()
  const module = await WebAssembly.compile(bytes)
  // The loader itself would wait for ever where the module cannot be instantiated.
  return new Promise((resolve, reject) => {
    createHighs({
      instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void) {
        WebAssembly.instantiate(module, imports).then(done).catch(reject)
      },
    }).then(resolve, reject)
  })
}
