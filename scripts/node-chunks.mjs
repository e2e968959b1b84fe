// Bundles what tsc made of src/ into a few files in place of two hundred, most of the time that a start takes: for Node, and for the executable.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const dist = join(root, 'dist')
/** Half a megabyte each, in one piece already, and of one the text itself is used: they stay as they are. */
export const EMBEDDED = ['chart/echarts.js', 'report/page-script.js']
const embedded = new Map(EMBEDDED.map((name) => [join(dist, name), name]))

/** A module and all that it imports; with `import()` only where that is asked for. */
function closure(entry, dynamic = false, known = new Set()) {
  if (known.has(entry)) return known
  known.add(entry)
  const imports = dynamic
    ? /\b(?:from|import)\s*\(?\s*['"](\.[^'"]+)['"]/g
    : /^(?:import|export)\b(?:[^'"\n]*\bfrom)?\s*['"](\.[^'"]+)['"]/gm
  for (const [, from] of readFileSync(entry, 'utf8').matchAll(imports))
    closure(join(dirname(entry), from), dynamic, known)
  return known
}

// A file for what every command loads, one for the library, one for what the commonest command adds; and for each of these two commands' parts one that
// they share with the library, and one that they share with parts of the library that come on demand, which are not to bring the command line along. Each
// file costs a start about a millisecond.
const main = join(dist, 'cli/main.js')
const command = closure(main)
const library = closure(join(dist, 'index.js'))
const onDemand = closure(join(dist, 'index.js'), true)
const planCommand = closure(join(dist, 'cli/plan-command.js'))
const within = (modules, others) => new Set([...modules].filter((id) => others.has(id)))
const demanded = new Set([...onDemand].filter((id) => !library.has(id)))
const groups = [
  { name: 'common', modules: within(command, library) },
  { name: 'shared', modules: within(command, demanded) },
  { name: 'common-of-plans', modules: within(planCommand, library) },
  { name: 'shared-of-plans', modules: within(planCommand, demanded) },
  { name: 'command-line', modules: command },
  { name: 'library', modules: library },
  { name: 'plan', modules: planCommand },
]

/**
 * Writes them to `folder`.
 * @param settings `suffix`: NAME.node.ts, say, where there is one, takes the place of NAME.ts; `base`: where EMBEDDED are, as an import says it; more of
 *   Rolldown's options
 * @param output more of its options for the files
 * @returns the paths of all modules in them
 */
export async function bundleForNode(folder, { suffix, base, ...settings }, output) {
  const bundle = await rolldown({
    cwd: root,
    // Entries of workers keep their names: they are started by their URLs, beside the files that ask for them.
    input: {
      index: join(dist, 'index.js'),
      main,
      'node-entry': join(dist, 'worker/node-entry.js'),
      'worker-entry': join(dist, 'server/worker-entry.js'),
    },
    platform: 'node',
    // Commands share parts with one another; what is loaded when, test/start pins.
    checks: { ineffectiveDynamicImport: false },
    // No other file may import the command line's entry: that would run it.
    preserveEntrySignatures: 'strict',
    ...settings,
    plugins: [
      {
        name: 'embedded-scripts',
        resolveId(id, importer) {
          const name = importer === undefined ? undefined : embedded.get(join(dirname(importer), id))
          if (name !== undefined) return { id: base + name, external: true }
        },
      },
      {
        name: 'modules-of-platform',
        resolveId(id, importer) {
          if (importer === undefined || !id.startsWith('.')) return
          const special = join(dirname(importer), id.replace(/\.js$/, `.${suffix}.js`))
          if (existsSync(special)) return special
        },
      },
    ],
  })
  const { output: files } = await bundle.write({
    dir: folder,
    chunkFileNames: '[name].js',
    ...output,
    codeSplitting: {
      groups: groups.map(({ name, modules }, i) => ({
        name,
        test: (id) => id !== main && modules.has(id),
        priority: groups.length - i,
      })),
    },
  })
  await bundle.close()
  return files.flatMap(({ moduleIds = [] }) => moduleIds)
}
