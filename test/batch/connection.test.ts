import { describe, expect, it } from 'vitest'
import { queueAddress } from '../../src/batch/queue/connection.js'
import { optional } from '../../src/batch/queue/optional.js'
import { InvalidOptionError } from '../../src/errors.js'

const given = (url: string | true, env: Record<string, string> = {}, name = 'vmferry') =>
  queueAddress(url, { env, name, version: '0.1.0' })

describe('the address of a queue', () => {
  it.each<[string, string | true, Record<string, string>, object, string]>([
    ['a host', 'redis://queue', {}, { host: 'queue', port: 6379 }, 'vmferry at queue:6379'],
    [
      'port and database',
      'redis://queue:7000/3',
      {},
      { host: 'queue', port: 7000, db: 3 },
      'vmferry at queue:7000/3',
    ],
    ['an IPv6 address', 'redis://[::1]:7000', {}, { host: '::1', port: 7000 }, 'vmferry at ::1:7000'],
    ['TLS', 'rediss://queue', {}, { host: 'queue', port: 6379, tls: {} }, 'vmferry at queue:6379'],
    [
      'user and password, escaped',
      'redis://me:a%2Fb@queue',
      {},
      { host: 'queue', port: 6379, username: 'me', password: 'a/b' },
      'vmferry at queue:6379',
    ],
    [
      'those of the environment',
      true,
      { VMFERRY_QUEUE: 'redis://queue', VMFERRY_REDIS_USERNAME: 'me', VMFERRY_REDIS_PASSWORD: 'p%' },
      { host: 'queue', port: 6379, username: 'me', password: 'p%' },
      'vmferry at queue:6379',
    ],
    [
      'the URL before the environment',
      'redis://:own@queue',
      { VMFERRY_REDIS_PASSWORD: 'other' },
      { host: 'queue', port: 6379, password: 'own' },
      'vmferry at queue:6379',
    ],
  ])('has %s', async (_, url, env, options, label) => {
    expect(await given(url, env)).toEqual({ label, name: 'vmferry-0.1.0', options })
  })

  it.each<[string, string | true, RegExp]>([
    ['none', true, /--queue has no URL, and VMFERRY_QUEUE is not set; write redis:\/\/HOST/],
    ['no URL', 'secret@queue:6379', /--queue is no URL of a Redis server; write redis:\/\//],
    ['a port that is none', 'redis://:secret@queue:port', /--queue is no URL of a Redis server/],
    ['another protocol', 'http://:secret@queue', /--queue is no URL of a Redis server/],
    ['a path', 'redis://:secret@queue/name', /has more than host, port and number of the database/],
    ['a query', 'redis://queue?password=secret', /has more than host, port and number of the database/],
    [
      'half an escape',
      'redis://:secret%@queue',
      /has a % in user or password that is no escape; write it as %25/,
    ],
  ])('must not be %s, and is not repeated', async (_, url, message) => {
    const error = await given(url).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(InvalidOptionError)
    expect((error as Error).message).toMatch(message)
    expect((error as Error).message).not.toContain('secret')
  })

  it('has a name that Redis takes for one', async () => {
    await expect(given('redis://queue', {}, 'a:b')).rejects.toThrow(/--queue-name must be letters/)
  })

  it('reads the certificate of an authority, or says that it cannot', async () => {
    const { options } = await given('rediss://queue', { VMFERRY_REDIS_CA: new URL(import.meta.url).pathname })
    expect(options.tls?.ca?.toString()).toContain('reads the certificate')
    await expect(given('rediss://queue', { VMFERRY_REDIS_CA: '/nowhere/ca.pem' })).rejects.toThrow(
      /VMFERRY_REDIS_CA \/nowhere\/ca\.pem: cannot be read/,
    )
  })
})

describe('a package that only some need', () => {
  it('is loaded, or asked for by its name', async () => {
    expect(await optional('p-map', '--queue')).toHaveProperty('pMapIterable')
    const error = await optional('vmferry-no-such-package', '--queue').catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(InvalidOptionError)
    expect((error as Error).message).toBe(
      '--queue needs the package vmferry-no-such-package, which is not installed: npm install vmferry-no-such-package',
    )
  })
})
