/** Where the queue is, and the packages that speak to it, which are loaded only then. */
import { readFile } from 'node:fs/promises'
import type { Redis, RedisOptions } from 'ioredis'
import { InvalidOptionError } from '../../errors.js'
import { optional } from './optional.js'

export interface QueueAddress {
  /** What may be told: host, port, database, name; never user or password. */
  label: string
  name: string
  options: RedisOptions
}

type Environment = Readonly<Record<string, string | undefined>>

/** What stands for a password or user name that the URL does not have. */
const {
  url: URL_VARIABLE,
  username,
  password,
  ca,
} = {
  url: 'VMFERRY_QUEUE',
  username: 'VMFERRY_REDIS_USERNAME',
  password: 'VMFERRY_REDIS_PASSWORD',
  ca: 'VMFERRY_REDIS_CA',
}
const FORM = 'write redis://HOST:PORT/DATABASE, or rediss:// for TLS'

/**
 * @param given `redis://` or `rediss://`; `true`: what the environment says (`VMFERRY_QUEUE`)
 * @param version of this package: plans of two versions may differ, so that each has a queue of its own
 * @throws InvalidOptionError that tells nothing of the URL, since a password may be anywhere in it
 */
export async function queueAddress(
  given: string | true,
  { env, name, version }: { env: Environment; name: string; version: string },
): Promise<QueueAddress> {
  const text = given === true ? env[URL_VARIABLE] : given
  const source = given === true ? URL_VARIABLE : '--queue'
  if (text === undefined || text === '')
    throw new InvalidOptionError(`--queue has no URL, and ${URL_VARIABLE} is not set; ${FORM}`)
  if (!/^[A-Za-z0-9_.-]{1,100}$/.test(name))
    throw new InvalidOptionError(
      '--queue-name must be letters, digits, dots, dashes and underscores, 100 at most',
    )
  const url = parseUrl(text, source)
  const database = /^\/?(\d{0,4})$/.exec(url.pathname)?.[1]
  if (database === undefined || url.search !== '' || url.hash !== '')
    throw new InvalidOptionError(`${source} has more than host, port and number of the database; ${FORM}`)
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const port = url.port === '' ? 6379 : Number(url.port)
  const secret = decode(url.password, source) || env[password]
  const user = decode(url.username, source) || env[username]
  const certificate = env[ca]
  return {
    label: `${name} at ${host}:${port}${database === '' ? '' : `/${database}`}`,
    name: `${name}-${version}`,
    options: {
      host,
      port,
      ...(database === '' ? {} : { db: Number(database) }),
      ...(user ? { username: user } : {}),
      ...(secret ? { password: secret } : {}),
      ...(url.protocol === 'rediss:'
        ? { tls: certificate ? { ca: await readCertificate(certificate) } : {} }
        : {}),
    },
  }
}

function parseUrl(text: string, source: string): URL {
  try {
    const url = new URL(text)
    if ((url.protocol === 'redis:' || url.protocol === 'rediss:') && url.hostname !== '') return url
  } catch {
    // Its message has the URL in it.
  }
  throw new InvalidOptionError(`${source} is no URL of a Redis server; ${FORM}`)
}

function decode(text: string, source: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new InvalidOptionError(`${source} has a % in user or password that is no escape; write it as %25`)
  }
}

async function readCertificate(path: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (error) {
    throw new InvalidOptionError(`${ca} ${path}: cannot be read: ${(error as Error).message}`)
  }
}

/** Delay before each attempt to connect again, ms: for ever, since a queue comes back. */
const retryStrategy = (times: number): number => Math.min(100 * 2 ** Math.min(times, 6), 3_000)

export interface QueuePackages {
  bullmq: typeof import('bullmq')
  connect(address: QueueAddress): Redis
}

/** @throws InvalidOptionError where a package is not installed */
export async function loadQueuePackages(): Promise<QueuePackages> {
  const [bullmq, ioredis] = await Promise.all([
    optional<typeof import('bullmq')>('bullmq', '--queue'),
    optional<typeof import('ioredis')>('ioredis', '--queue'),
  ])
  return {
    bullmq,
    connect: ({ options }) =>
      new ioredis.Redis({ ...options, maxRetriesPerRequest: null, retryStrategy, connectTimeout: 5_000 }),
  }
}

/** Seconds to wait for the first connection. */
const PATIENCE_SECONDS = 10

/** @throws InvalidOptionError where there is none, with the reason as the system or the server gives it */
export async function waitForConnection(client: Redis, { label }: QueueAddress): Promise<void> {
  let last = 'no answer'
  const note = (error: Error): void => {
    last = error.message || (error as NodeJS.ErrnoException).code || error.name
  }
  client.on('error', note)
  let timer: ReturnType<typeof setTimeout> | undefined
  try {
    await Promise.race([
      client.ping(),
      new Promise((_, reject) => {
        timer = setTimeout(() => reject(new Error(last)), PATIENCE_SECONDS * 1000)
        // What does not become better by waiting.
        client.on('error', (error) => {
          if (/^(?:WRONGPASS|NOAUTH|NOPERM|ERR|ENOTFOUND|.*certificate)/i.test(error.message)) reject(error)
        })
      }),
    ])
  } catch (error) {
    client.disconnect()
    throw new InvalidOptionError(`the queue ${label} cannot be reached: ${(error as Error).message || last}`)
  } finally {
    clearTimeout(timer)
  }
}
