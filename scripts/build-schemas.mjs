// Makes dist/schema/: JSON Schemas (draft 2020-12) of problem, plan and journal, and the API's description, from the schemas by which they are validated. What an array or an object
// of a problem holds is read by a schema of its own; which one, is said here, and a list of which nothing is said ends the build.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { toJsonSchema } from '@valibot/to-json-schema'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const load = (path) => import(new URL(`../dist/${path}`, import.meta.url).href)
const { descriptionOf } = await load('model/json-schema.js')
const model = await load('model/schema.js')
const { planSchema } = await load('check/plan-schema.js')
const { entrySchema } = await load('model/journal.js')
const { openapi } = await load('server/openapi.js')

/** Of one value, whatever the schema is made of. */
function ofValue(schema, where = '') {
  try {
    const { $schema: _, ...json } = toJsonSchema(schema, {
      target: 'draft-2020-12',
      typeMode: 'input',
      overrideSchema: ({ valibotSchema }) => descriptionOf(valibotSchema),
      overrideAction: ({ valibotAction }) => descriptionOf(valibotAction),
    })
    return json
  } catch (cause) {
    throw new Error(`${where} has no JSON Schema: say in scripts/build-schemas.mjs what it holds`, { cause })
  }
}

const isOptional = ({ type }) => type === 'optional' || type === 'exact_optional'

/**
 * Of an object of the problem.
 * @param holds of keys whose values are read elsewhere
 * @param meanings of keys, from the tables of docs/format.md
 * @param more keywords beside these; `optional`: keys that may be left out, though the schema cannot tell
 */
function ofObject(schema, meanings, holds = {}, { optional = [], ...more } = {}) {
  const entries = Object.entries(schema.entries)
  for (const key of [...Object.keys(holds), ...optional])
    if (!(key in schema.entries))
      throw new Error(`${key} is no key of the object that has ${Object.keys(schema.entries)}`)
  const properties = entries.map(([key, entry]) => {
    if (!(key in holds) && (entry.wrapped ?? entry).type === 'unknown')
      throw new Error(`nothing says what ${key} holds`)
    const { default: otherwise } = entry
    const json =
      key in holds
        ? { ...holds[key], ...(otherwise === undefined ? {} : { default: otherwise }) }
        : ofValue(entry, key)
    const description = meanings.get(key)
    return [key, description === undefined ? json : { description, ...json }]
  })
  const required = entries
    .filter(([key, entry]) => !isOptional(entry) && !optional.includes(key))
    .map(([key]) => key)
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    required,
    additionalProperties: false,
    ...more,
  }
}

const format = readFileSync(join(root, 'docs/format.md'), 'utf8')

/** Key → its meaning, of the first table behind a heading of docs/format.md that has this key. */
function meaningsOf(heading, key) {
  const section = format.slice(format.indexOf(`\n${heading}\n`))
  const tables = section.split(/\n(?!\|)/).filter((block) => block.startsWith('\n|'))
  const table = tables.find((block) => block.includes(`\n| \`${key}\``))
  if (!format.includes(`\n${heading}\n`) || table === undefined)
    throw new Error(`docs/format.md has no table of ${key} behind ${heading}`)
  return new Map(
    table.split('\n').flatMap((row) => {
      const cells = row.split(/(?<!\\)\|/).map((cell) => cell.trim())
      const meaning = cells.at(-2) ?? ''
      const name = /^`(\w+)`$/.exec(cells[1])?.[1]
      return name === undefined || meaning === ''
        ? []
        : [[name, meaning.replace(/\[([^\]]+)\]\([^)]+\)/g, '$1')]]
    }),
  )
}

const ID = ofValue(model.nodeSchema.entries.id)
const listOf = (items, more = {}) => ({ type: 'array', items, ...more })
const distinct = { uniqueItems: true }
const either = (...anyOf) => ({ anyOf })
const both = (...keys) => ({ required: keys })
/** An object whose keys are the user's own. */
const keyed = (value) => ({ type: 'object', propertyNames: ID, additionalProperties: value })

const cpu = {
  // A model is meant where there is one and no list of features.
  if: { required: ['model'], not: { required: ['features'] } },
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  then: ofObject(model.cpuModelSchema, meaningsOf('### CPU', 'model')),
  else: ofObject(model.cpuFeaturesSchema, meaningsOf('### CPU', 'vendor')),
}
const devices = keyed(ofValue(model.deviceCount))
const groups = listOf(either(ID, ofObject(model.groupSchema, new Map())))
const node = ofObject(
  model.nodeSchema,
  meaningsOf('### Node', 'migrationMbps'),
  { cpu, devices, domains: keyed(ID) },
  { optional: ['devices', 'domains'] },
)
const vm = ofObject(
  model.vmSchema,
  meaningsOf('### VM', 'bootNode'),
  { devices, antiAffinity: groups, affinity: groups, ways: listOf(ofValue(model.waySchema)) },
  { optional: ['devices'] },
)
const window = ofObject(
  model.windowSchema,
  meaningsOf('### Window', 'rrule'),
  {},
  {
    oneOf: [both('end'), both('durationSeconds')],
    dependentRequired: { zone: ['rrule'] },
    not: either(both('vm', 'node'), { ...both('vm', 'kind'), properties: { kind: { const: 'no-work' } } }),
  },
)
const targets = listOf(ID, { ...distinct, minItems: 1 })
const move = ofObject(
  model.moveSchema,
  meaningsOf('### Request', 'vm'),
  { to: either(ID, targets) },
  { optional: ['to'] },
)
const drain = ofObject(
  model.drainSchema,
  meaningsOf('### Request', 'mode'),
  { to: targets },
  {
    not: { ...both('to', 'mode'), properties: { mode: { const: 'save' } } },
  },
)
const maintenance = ofObject(model.maintenanceSchema, meaningsOf('### Request', 'settleSeconds'), {
  after: listOf(ID, distinct),
})
const balance = ofObject(model.balanceSchema, meaningsOf('### Balance', 'within'), {
  of: listOf(ofValue(model.balanceMetricSchema), { ...distinct, minItems: 1 }),
})
const request = ofObject(
  model.requestSchema,
  meaningsOf('### Request', 'moves'),
  {
    moves: listOf(move),
    drain: listOf(either(ID, drain)),
    order: listOf(listOf(ID, distinct)),
    maintenance: listOf(maintenance),
    balance,
    notTogether: listOf(listOf(ID, distinct)),
  },
  {
    ...either(both('moves'), both('drain'), both('maintenance'), both('balance')),
    not: both('balance', 'maintenance'),
  },
)
const problem = ofObject(
  model.problemSchema,
  meaningsOf('## Problem', 'version'),
  {
    nodes: listOf(node),
    vms: listOf(vm),
    windows: listOf(window),
    networks: listOf(ofObject(model.networkSchema, meaningsOf('### Networks', 'mbps'))),
    request,
    policy: ofObject(model.policySchema, meaningsOf('### Policy', 'allowRestart')),
  },
  { optional: ['policy'] },
)

const schemas = {
  problem: { title: 'A problem for vmferry', ...problem },
  plan: { title: 'A plan of vmferry', ...ofValue(planSchema, 'the plan') },
  journal: { title: 'An entry of the journal of a run, one a line', ...ofValue(entrySchema, 'the journal') },
}

const folder = join(root, 'dist/schema')
mkdirSync(folder, { recursive: true })
const write = (name, document) =>
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(document, undefined, 2)}\n`)
for (const [name, schema] of Object.entries(schemas))
  write(name, { $schema: 'https://json-schema.org/draft/2020-12/schema', ...schema })
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
write('openapi', openapi({ ...schemas, ofValue }, version))
