/** The API's description (OpenAPI 3.1), of the schemas and parameters by which it reads. scripts/build-schemas.mjs writes it to dist/schema/openapi.json. */
import * as v from 'valibot'
import type { ExplainProgress } from '../explain/options.js'
import type { ImportReport } from '../import/report.js'
import { IMPORT_SOURCES } from '../import/sources.js'
import type { Violation } from '../model/plan.js'
import { EXPLAIN_PARAMETERS, type Parameter, PLAN_PARAMETERS } from './query.js'

const text = v.string()
const count = v.pipe(v.number(), v.integer(), v.minValue(0))
const number = v.number()

/** A schema of each key: one that comes anew is missed here. */
type Of<T> = Record<keyof T, v.GenericSchema>

/** What the server answers with, beside problems, plans and explanations. */
export const ANSWERS = {
  Refusal: v.strictObject({
    type: v.literal('about:blank'),
    status: v.pipe(v.number(), v.integer()),
    code: text,
    detail: text,
    issues: v.optional(
      v.array(
        v.union([
          v.strictObject({ path: text, message: text }),
          v.strictObject({ file: text, place: text, message: text }),
        ]),
      ),
    ),
  }),
  Health: v.strictObject({ status: v.picklist(['ok', 'stopping']), version: text }),
  Violations: v.strictObject({
    violations: v.array(
      v.strictObject({
        rule: text,
        subject: text,
        atSeconds: v.optional(number),
        excess: v.optional(number),
        message: text,
      } satisfies Of<Violation>),
    ),
  }),
  ImportReport: v.strictObject({
    nodes: count,
    vms: count,
    windows: count,
    moves: count,
    drains: count,
    works: count,
    assumptions: v.array(v.strictObject({ origin: v.strictObject({ file: text, place: text }), text })),
  } satisfies Of<ImportReport>),
  Progress: v.strictObject({
    phase: text,
    elapsedSeconds: number,
    evaluations: count,
    makespanSeconds: v.optional(number),
    lowerBoundSeconds: number,
    gap: v.optional(number),
    unplaced: count,
    step: v.optional(count),
    steps: v.optional(count),
    change: v.optional(text),
  } satisfies Of<ExplainProgress>),
} as const

type Json = Record<string, unknown>

const ref = (name: string): Json => ({ $ref: `#/components/schemas/${name}` })
const content = (schema: Json, type = 'application/json'): Json => ({ [type]: { schema } })
const answer = (description: string, schema: Json): Json => ({ description, content: content(schema) })
const refused = (description: string): Json => ({
  description,
  content: content(ref('Refusal'), 'application/problem+json'),
})

const query = (parameters: Readonly<Record<string, Parameter>>): Json[] =>
  Object.entries(parameters).map(([name, { description, schema }]) => ({
    name,
    in: 'query',
    description,
    schema,
  }))

const PREFER: Json = {
  name: 'Prefer',
  in: 'header',
  description: 'RFC 7240: wait=SECONDS, at most 30, or respond-async.',
  schema: { type: 'string' },
}
const ID: Json = { name: 'id', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } }

/** Of everything that takes a token. */
const GUARDED = {
  401: refused('No token, or another'),
  403: refused('Sent to another host, or by a page of another origin'),
}
const WITH_BODY = {
  ...GUARDED,
  400: refused('No JSON, no UTF-8, or a parameter out of its range'),
  413: refused('The body is too large'),
  415: refused('The body is of another type'),
  422: refused('The document has faults; issues have all of them'),
  500: refused('A fault of vmferry'),
  503: refused('Too much is under way, or the server is about to stop'),
  504: refused('It took too long'),
}
const JOB = answer('It takes longer: where the result will be is in the header Location', ref('Job'))
const STARTED = { 202: JOB, 429: refused('Too many jobs wait'), ...WITH_BODY }

const post = (
  summary: string,
  operationId: string,
  body: Json,
  responses: Json,
  parameters: Json[] = [],
): Json => ({
  post: {
    summary,
    operationId,
    ...(parameters.length === 0 ? {} : { parameters }),
    requestBody: { required: true, content: body },
    responses,
  },
})

/**
 * @param schemas of problem and plan, and what makes one of a valibot schema
 * @param version of the package
 */
export function openapi(
  schemas: { problem: Json; plan: Json; ofValue: (schema: unknown, where: string) => Json },
  version: string,
): Json {
  const { problem, plan, ofValue } = schemas
  const file = { type: 'string', contentMediaType: 'application/octet-stream' }
  return {
    openapi: '3.1.0',
    info: {
      title: 'vmferry',
      version,
      description: 'Plans live migrations for Hyper-V clusters. docs/api.md in the package has examples.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: 'http://127.0.0.1:7420' }],
    security: [{ token: [] }],
    paths: {
      '/plan': post(
        'Plan a problem',
        'plan',
        content(ref('Problem')),
        { 200: answer('The plan', ref('Plan')), ...STARTED },
        [...query(PLAN_PARAMETERS), PREFER],
      ),
      '/explain': post(
        'Plan a problem and explain the plan',
        'explain',
        content(ref('Problem')),
        { 200: answer('The explanation', ref('Explanation')), ...STARTED },
        [...query(EXPLAIN_PARAMETERS), PREFER],
      ),
      '/check': post(
        'List every rule that a plan breaks',
        'check',
        content({
          type: 'object',
          properties: { problem: ref('Problem'), plan: ref('Plan') },
          required: ['problem', 'plan'],
          additionalProperties: false,
        }),
        { 200: answer('Violations, none where the plan is right', ref('Violations')), ...WITH_BODY },
      ),
      '/import': post(
        'Make a problem of what another tool exports',
        'import',
        content(
          {
            type: 'object',
            properties: {
              source: { enum: IMPORT_SOURCES },
              files: { type: 'array', items: file, minItems: 1 },
              moves: { ...file, description: 'CSV of moves' },
              windows: { type: 'array', items: file, description: 'CSV of windows, or calendars' },
              options: {
                type: 'string',
                description: 'The rest of the options of importProblem(), as a JSON object',
              },
            },
            required: ['source', 'files'],
            additionalProperties: false,
          },
          'multipart/form-data',
        ),
        {
          200: answer('The problem, and what was taken for granted', {
            type: 'object',
            properties: { problem: ref('Problem'), report: ref('ImportReport') },
            required: ['problem', 'report'],
            additionalProperties: false,
          }),
          ...WITH_BODY,
        },
      ),
      '/jobs/{id}': {
        parameters: [ID],
        get: {
          summary: 'How far a job is, with its result once it has ended',
          operationId: 'job',
          description:
            'With Accept: text/event-stream, server-sent events: progress with every change, and done, failed or cancelled as the last. The data of each is a job.',
          parameters: [PREFER],
          responses: {
            200: {
              description: 'The job',
              content: { ...content(ref('Job')), ...content({ type: 'string' }, 'text/event-stream') },
            },
            ...GUARDED,
            404: refused('There is no such job, or no more'),
            503: refused('Too many watch'),
          },
        },
        delete: {
          summary: 'Cancel a job, and forget it',
          operationId: 'cancel',
          responses: {
            204: { description: 'Done' },
            ...GUARDED,
            404: refused('There is no such job, or no more'),
          },
        },
      },
      '/health': {
        get: {
          summary: 'Whether the server takes jobs',
          operationId: 'health',
          security: [],
          responses: {
            200: answer('It does', ref('Health')),
            403: GUARDED[403],
            503: answer('It is about to stop', ref('Health')),
          },
        },
      },
      '/openapi.json': {
        get: {
          summary: 'This document',
          operationId: 'openapi',
          security: [],
          responses: { 200: answer('OpenAPI 3.1', { type: 'object' }), 403: GUARDED[403] },
        },
      },
    },
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: {
        Problem: problem,
        Plan: plan,
        Explanation: {
          type: 'object',
          description: 'As docs/explain.md has it.',
          properties: { version: { const: 1 }, plan: ref('Plan') },
          required: ['version', 'plan'],
        },
        Job: {
          type: 'object',
          properties: {
            id: { type: 'string', format: 'uuid' },
            kind: { enum: ['plan', 'explain'] },
            state: { enum: ['queued', 'running', 'done', 'failed', 'cancelled'] },
            createdAt: { type: 'string', format: 'date-time' },
            startedAt: { type: 'string', format: 'date-time' },
            endedAt: { type: 'string', format: 'date-time' },
            progress: ref('Progress'),
            error: {
              type: 'object',
              description: 'Of a failed job: a refusal.',
              properties: {
                status: { type: 'integer' },
                code: { type: 'string' },
                detail: { type: 'string' },
                issues: { type: 'array' },
              },
              required: ['status', 'code', 'detail'],
              additionalProperties: false,
            },
            result: { description: 'Of a job that is done.', anyOf: [ref('Plan'), ref('Explanation')] },
          },
          required: ['id', 'kind', 'state', 'createdAt'],
          additionalProperties: false,
        },
        ...Object.fromEntries(Object.entries(ANSWERS).map(([name, schema]) => [name, ofValue(schema, name)])),
      },
    },
  }
}
