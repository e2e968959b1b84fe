/** Parameters behind the `?`: what JSON Schema says of them is what they are read by, and what openapi.json shows. */
import { Refused } from './refusal.js'

export interface Parameter {
  description: string
  schema: {
    type: 'integer' | 'number' | 'string'
    enum?: readonly string[]
    minimum?: number
    exclusiveMinimum?: number
    maximum?: number
    minLength?: number
    maxLength?: number
    default?: string | number
  }
}

export const PLAN_PARAMETERS = {
  schedule: {
    description: 'Own start times, or a barrier after each round.',
    schema: { type: 'string', enum: ['timeline', 'rounds'], default: 'timeline' },
  },
  seed: {
    description: 'The same problem, seed and effort give the same plan.',
    schema: { type: 'integer', minimum: 0, maximum: 0xffff_ffff, default: 0 },
  },
  effort: {
    description: 'How much work to spend, 1 the quickest.',
    schema: { type: 'integer', minimum: 1, maximum: 5, default: 3 },
  },
  timeLimitSeconds: {
    description:
      'Stops by then with the best that was found. The server has a limit of its own, which this one cannot raise.',
    schema: { type: 'number', exclusiveMinimum: 0, maximum: 1e6 },
  },
} as const satisfies Record<string, Parameter>

export const EXPLAIN_PARAMETERS = {
  ...PLAN_PARAMETERS,
  vm: { description: 'The one VM to explain.', schema: { type: 'string', minLength: 1, maxLength: 1024 } },
  node: {
    description: 'The one node to explain.',
    schema: { type: 'string', minLength: 1, maxLength: 1024 },
  },
  relaxations: {
    description: 'Most changes that are planned.',
    schema: { type: 'integer', minimum: 0, maximum: 100 },
  },
} as const satisfies Record<string, Parameter>

/** Those that are given. @throws Refused for one that is unknown, there twice, or out of its range */
export function readQuery(
  query: URLSearchParams,
  known: Readonly<Record<string, Parameter>>,
): Record<string, string | number> {
  const given: Record<string, string | number> = {}
  for (const [name, text] of query) {
    const parameter = Object.hasOwn(known, name) ? known[name] : undefined
    if (parameter === undefined)
      refuseParameter(`there is one that is unknown; known are ${Object.keys(known).join(', ')}`)
    if (Object.hasOwn(given, name)) refuseParameter(`${name} is there twice`)
    given[name] = readParameter(name, text, parameter)
  }
  return given
}

function readParameter(name: string, text: string, { schema }: Parameter): string | number {
  if (schema.type === 'string') {
    const { enum: values, minLength = 0, maxLength = Number.POSITIVE_INFINITY } = schema
    if (values !== undefined && !values.includes(text))
      refuseParameter(`${name} has to be one of ${values.join(', ')}`)
    if (text.length < minLength || text.length > maxLength)
      refuseParameter(`${name} has to have ${minLength} to ${maxLength} characters`)
    return text
  }
  const { minimum = -Number.MAX_VALUE, exclusiveMinimum, maximum = Number.MAX_VALUE } = schema
  const value = (schema.type === 'integer' ? /^\d{1,16}$/ : /^\d{1,16}(?:\.\d{1,16})?$/).test(text)
    ? Number(text)
    : Number.NaN
  if (value >= minimum && value <= maximum && !(value <= (exclusiveMinimum ?? -Number.MAX_VALUE)))
    return value
  const kind = schema.type === 'integer' ? 'an integer' : 'a number'
  const from = exclusiveMinimum === undefined ? `from ${minimum}` : `above ${exclusiveMinimum}, at most`
  refuseParameter(
    `${name} has to be ${kind} ${from}${exclusiveMinimum === undefined ? ' to' : ''} ${maximum}`,
  )
}

function refuseParameter(what: string): never {
  throw new Refused({ status: 400, code: 'INVALID_PARAMETER', detail: `parameters of the query: ${what}` })
}
