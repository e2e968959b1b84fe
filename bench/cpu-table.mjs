/**
 * The CPU table against other tables: libvirt's cpu_map, and QEMU's models as QEMU itself expands them. Neither is silicon: a line here
 * is a question, not a fault.
 *
 *   npm run build
 *   node bench/cpu-table.mjs [--libvirt DIR] [--qemu PROGRAM]
 *
 * DIR is libvirt's, /usr/share/libvirt/cpu_map without option; PROGRAM is for instance qemu-system-x86_64 (8.0 or later expands more models).
 */
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { compareCpus, cpuModel, cpuModels, UnknownCpuError } from '../dist/node/index.js'

const CPU_MAP = '/usr/share/libvirt/cpu_map'
/** Of every feature of the table: what others list besides is no difference. */
const known = new Set(cpuModels().flatMap(({ features, mayHave }) => [...features, ...mayHave]))

/** What `features` has and `others` lack. */
function beyond(vendor, features, others) {
  return compareCpus({ vendor, features }, { vendor, features: others }).lost.filter((name) =>
    known.has(name),
  )
}

/** Theirs by model name, where the table has the name. */
function compare(source, theirs) {
  console.log(`\n${source}`)
  let count = 0
  for (const [name, features] of theirs) {
    let model
    try {
      model = cpuModel(name)
    } catch (error) {
      if (error instanceof UnknownCpuError) continue
      throw error
    }
    count++
    const { vendor } = model
    const lines = {
      'certain here, not there': beyond(vendor, model.features, features),
      'there, not even in doubt here': beyond(vendor, features, [...model.features, ...model.mayHave]),
      'there, in doubt here': beyond(vendor, features, model.features).filter((f) =>
        model.mayHave.includes(f),
      ),
    }
    for (const [heading, names] of Object.entries(lines))
      if (names.length > 0) console.log(`  ${name}: ${heading}: ${names.join(' ')}`)
  }
  console.log(`  ${count} models of the same name`)
}

/** A model of cpu_map starts from another one, and says what it has besides. */
function readCpuMap(folder) {
  const texts = readdirSync(folder).filter((file) => /^x86_.*\.xml$/.test(file))
  const models = new Map()
  for (const file of texts) {
    const text = readFileSync(join(folder, file), 'utf8')
    for (const [, name, body] of text.matchAll(/<model name='([^']+)'>([\s\S]*?)\n {2}<\/model>/g)) {
      const parent = /^\s*<model name='([^']+)'\/>/m.exec(body)?.[1]
      const own = [...body.matchAll(/<feature name='([^']+)'(?![^>]*removed='yes')[^>]*\/>/g)]
      models.set(name, { parent, own: own.map((match) => match[1]) })
    }
  }
  const all = (name) => {
    const { parent, own } = models.get(name)
    return parent === undefined ? own : [...all(parent), ...own]
  }
  return [...models.keys()].map((name) => [name, all(name)])
}

/** By QMP: a machine without anything, asked for each model. */
async function askQemu(program) {
  const qemu = spawn(
    program,
    ['-machine', 'none', '-accel', 'tcg', '-display', 'none', '-S', '-qmp', 'stdio'],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  )
  const lines = createInterface({ input: qemu.stdout })[Symbol.asyncIterator]()
  const ask = async (execute, args) => {
    qemu.stdin.write(`${JSON.stringify({ execute, arguments: args })}\n`)
    for (;;) {
      const { value, done } = await lines.next()
      if (done) throw new Error(`${program} ended`)
      const answer = JSON.parse(value)
      if ('return' in answer) return answer.return
      if ('error' in answer) throw new Error(`${execute}: ${answer.error.desc}`)
    }
  }
  try {
    await lines.next()
    await ask('qmp_capabilities')
    const found = []
    for (const { name, 'migration-safe': safe } of await ask('query-cpu-definitions')) {
      // Versions are newer states of a model; the first is by the bare name.
      if (!safe || /-v\d+$/.test(name)) continue
      const { model } = await ask('query-cpu-model-expansion', { type: 'full', model: { name } })
      found.push([name, Object.keys(model.props).filter((key) => model.props[key] === true)])
    }
    return found
  } finally {
    qemu.kill()
  }
}

const { values } = parseArgs({
  options: { libvirt: { type: 'string', default: CPU_MAP }, qemu: { type: 'string' } },
})
if (existsSync(values.libvirt)) compare(`libvirt: ${values.libvirt}`, readCpuMap(values.libvirt))
else console.error(`${values.libvirt} is not there: install libvirt0 (Debian), or give --libvirt DIR`)
if (values.qemu !== undefined) compare(`QEMU: ${values.qemu}`, await askQemu(values.qemu))
