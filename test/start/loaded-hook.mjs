// With --import: prints the URL of every module that is loaded, one a line, to the file that VMFERRY_LOADED names.
import { register } from 'node:module'

register(
  `data:text/javascript,${encodeURIComponent(`
import { appendFileSync } from 'node:fs'
export async function load(url, context, next) {
  appendFileSync(process.env.VMFERRY_LOADED, url + '\\n')
  return next(url, context)
}`)}`,
)
