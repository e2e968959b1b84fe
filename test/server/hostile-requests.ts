/** Two hundred requests that mean no good. */
import { zipSync } from 'fflate'
import { TOKEN } from './serve-api.js'

/** Stands in documents, names of files, paths, parameters and tokens. */
const NAME = 'secret-vm-0815'
/** Of one body: that of the server that they are for. */
export const MOST_BYTES = 2 ** 20
export const BEARER = { Authorization: `Bearer ${TOKEN}` }
export const JSON_TYPE = { 'Content-Type': 'application/json' }

export interface Hostile {
  what: string
  /** Of the request, one after another. */
  parts: (string | Uint8Array)[]
  pauseMs?: number
  /** What may come of it; 0: hung up. */
  statuses: number[]
}

type Parts = Hostile['parts']

const chunked = (size: number, count: number) =>
  `${`${size.toString(16)}\r\n${' '.repeat(size)}\r\n`.repeat(count)}0\r\n\r\n`
const MARK = 'form-of-a-test'
const formOf = (...fields: string[]) =>
  `${fields.map((field) => `--${MARK}\r\n${field}\r\n`).join('')}--${MARK}--\r\n`
const text = (name: string, value: string) => `Content-Disposition: form-data; name="${name}"\r\n\r\n${value}`
const file = (content: string, name = `${NAME}.csv`) =>
  `Content-Disposition: form-data; name="files"; filename="${name}"\r\n\r\n${content}`
const FORM_TYPE = { 'Content-Type': `multipart/form-data; boundary=${MARK}` }

/** A workbook of one file, of which it says that it has so many bytes. */
function workbookOf(content: Uint8Array, size: number): string {
  const zip = Buffer.from(zipSync({ 'xl/workbook.xml': content }))
  zip.writeUInt32LE(size, 22)
  zip.writeUInt32LE(size, zip.lastIndexOf('PK\x01\x02', undefined, 'latin1') + 24)
  return zip.toString('latin1')
}

const table = (what: string, statuses: number[], all: readonly [string, Parts][]): Hostile[] =>
  all.map(([each, parts]) => ({ what: `${what}: ${each}`, parts, statuses }))

const PATHS = [
  ...`/../etc/passwd /plan/../../etc/passwd /%2e%2e/%2e%2e/etc/passwd /..%2f..%2fetc%2fpasswd /..\\..\\windows\\win.ini /%252e%252e/ /%c0%ae%c0%ae/ /.git/config /.env /package.json /dist/node/main.js //etc/passwd /plan%00 /plan/ /PLAN /plan;x=1 /jobs /jobs/ /jobs/${NAME}/../.. /__proto__ /constructor /health/..;/plan /% /%zz /%ff%fe /openapi.json/ /file:///etc/passwd`.split(
    ' ',
  ),
  ...[`/${'a'.repeat(8000)}`, `/${'a/'.repeat(4000)}`, `/?${'x=1&'.repeat(2000)}`],
]
const JOB_IDS = [
  '0',
  NAME,
  '..%2f..',
  '%00',
  '__proto__',
  'constructor',
  'a'.repeat(4000),
  '00000000-0000-4000-8000-000000000000',
  '%ff',
  '*',
]
const TOKENS = [
  ...[
    '',
    'Bearer',
    'Bearer ',
    `Bearer ${NAME}`,
    `Bearer ${TOKEN}x`,
    `Bearer ${TOKEN.slice(1)}`,
    `Basic ${TOKEN}`,
    TOKEN,
    `bearer${TOKEN}`,
  ],
  ...[
    `Bearer ${TOKEN} ${TOKEN}`,
    `Bearer ${TOKEN},`,
    `Bearer "${TOKEN}"`,
    `Bearer ${TOKEN.toUpperCase()}`,
    `Bearer ${'x'.repeat(8000)}`,
    `Token ${TOKEN}`,
  ],
  ...[
    `Bearer ${encodeURIComponent(`${TOKEN}\n`)}`,
    'Bearer null',
    'Bearer undefined',
    'Bearer *',
    'Digest username="admin"',
  ],
]
const BODIES: [string, string][] = [
  ['nothing', ' '],
  ['half', '{"version":1,"nodes":['],
  ['nested deeply', '['.repeat(200_000)],
  ['nested deeply, objects', '{"a":'.repeat(100_000)],
  ['a key twice', `{"${NAME}":1,"${NAME}":2}`],
  ['a prototype', '{"__proto__":{"version":1},"version":1}'],
  ['another prototype', '{"constructor":{"prototype":{"nodes":[]}}}'],
  ['endless number', `{"version":${'9'.repeat(500_000)}}`],
  ['exponent', '{"version":1e999}'],
  ['not finite', '{"version":NaN}'],
  ['a comment', '/* */{}'],
  ['XML', `<?xml version="1.0"?><a>${NAME}</a>`],
  ['text', `"${NAME}"`],
  ['null', 'null'],
  ['many nodes that are none', `{"version":1,"nodes":[${'0,'.repeat(200_000)}0],"vms":[],"request":{}}`],
  ['many keys', `{${Array.from({ length: 60_000 }, (_, i) => `"k${i}":0`).join()}}`],
  ['a long key', `{"${'k'.repeat(900_000)}":0}`],
  ['a long id', `{"version":1,"nodes":[{"id":"${NAME}${'x'.repeat(900_000)}"}],"vms":[],"request":{}}`],
  ['control characters', '{"version":"\u0000"}'],
  ['a lone surrogate', '{"version":"\\ud800"}'],
]
const TYPES = [
  'text/plain',
  'application/x-www-form-urlencoded',
  'application/xml',
  'multipart/form-data',
  'application/jsonp',
  '',
  'application/json-patch+json',
  'text/json',
  '*/*',
  `application/${NAME}`,
]
const QUERIES =
  `effort=0 effort=6 effort=1e1 effort= effort=__proto__ seed=-1 seed=4294967296 schedule=never timeLimitSeconds=0 timeLimitSeconds=Infinity __proto__=1 constructor=1 ${NAME}=1 threads=64 parameters={} effort=3&effort=3 effort[]=3 vm=x workers=1 url=file:///etc/passwd`.split(
    ' ',
  )
/** All of them, for the server at this port. */
export function hostileRequests(port: number): Hostile[] {
  const host = `127.0.0.1:${port}`

  /** A whole request; headers of `undefined` are left out. */
  function request(
    method: string,
    target: string,
    headers: Record<string, string | undefined>,
    body: string | Uint8Array = '',
  ): Parts {
    const all = { Host: host, Connection: 'close', ...BEARER, ...headers }
    const given = Object.entries(all).filter(([, value]) => value !== undefined)
    const length = typeof body === 'string' ? Buffer.byteLength(body) : body.length
    const sized =
      length === 0 || 'Transfer-Encoding' in headers || 'Content-Length' in headers
        ? given
        : [...given, ['Content-Length', String(length)]]
    const head = `${method} ${target} HTTP/1.1\r\n${sized.map(([name, value]) => `${name}: ${value}`).join('\r\n')}\r\n\r\n`
    return length === 0 ? [head] : [head, body]
  }

  const RAW: [string, string[], number[]][] = [
    ['no HTTP', ['\x16\x03\x01\x02\x00\x01\x00\x01\xfc'], [400]],
    ['HTTP/2', ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'], [400]],
    ['HTTP/9', [`GET /health HTTP/9.9\r\nHost: ${host}\r\n\r\n`], [400]],
    ['no host', ['GET /health HTTP/1.1\r\nConnection: close\r\n\r\n'], [400]],
    ['no host, HTTP/1.0', ['GET /health HTTP/1.0\r\n\r\n'], [400]],
    [
      'two hosts',
      [`GET /health HTTP/1.1\r\nHost: ${host}\r\nHost: ${NAME}\r\nConnection: close\r\n\r\n`],
      [400, 403],
    ],
    ['a header without colon', [`GET /health HTTP/1.1\r\nHost: ${host}\r\n${NAME}\r\n\r\n`], [400]],
    ['a header in two lines', [`GET /health HTTP/1.1\r\nHost: ${host}\r\nX: a\r\n b\r\n\r\n`], [400]],
    ['a space before the colon', [`GET /health HTTP/1.1\r\nHost : ${host}\r\n\r\n`], [400]],
    ['a bare line feed in a value', [`GET /health HTTP/1.1\r\nHost: ${host}\r\nX: a\nY: b\r\n\r\n`], [400]],
    ['zero in a header', [`GET /health HTTP/1.1\r\nHost: ${host}\r\nX: a\0b\r\n\r\n`], [400]],
    [
      'two lengths',
      [`POST /plan HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n`],
      [400],
    ],
    [
      'a length and chunks',
      [`POST /plan HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n`],
      [400],
    ],
    ['a negative length', [`POST /plan HTTP/1.1\r\nHost: ${host}\r\nContent-Length: -1\r\n\r\n`], [400]],
    ['a length that is none', [`POST /plan HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 1e9\r\n\r\n`], [400]],
    [
      'chunks that are none',
      request('POST', '/plan', { ...JSON_TYPE, 'Transfer-Encoding': 'chunked' }, 'zz\r\n') as string[],
      [400],
    ],
    [
      'chunks within chunks',
      request(
        'POST',
        '/plan',
        { ...JSON_TYPE, 'Transfer-Encoding': 'chunked, chunked' },
        '0\r\n\r\n',
      ) as string[],
      [400],
    ],
    ['an unknown method', [`STEAL /plan HTTP/1.1\r\nHost: ${host}\r\n\r\n`], [400]],
    ['CONNECT', [`CONNECT ${NAME}:443 HTTP/1.1\r\nHost: ${host}\r\n\r\n`], [0, 400, 405]],
    [
      'an upgrade',
      request('GET', '/jobs/0', { Connection: 'Upgrade', Upgrade: 'websocket' }) as string[],
      [404, 408],
    ],
    ['a target with a host', request('GET', `http://${NAME}/health`, {}) as string[], [403]],
    ['a target that is none', [`GET health HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`], [400]],
    ['a long head', [`GET /health HTTP/1.1\r\nHost: ${host}\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`], [431]],
    [
      'a flood of headers',
      [`GET /health HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n${'X: a\r\n'.repeat(5000)}\r\n`],
      [431],
    ],
    [
      'a flood of cookies',
      [`GET /health HTTP/1.1\r\nHost: ${host}\r\n${`Cookie: ${NAME}=1\r\n`.repeat(2000)}\r\n`],
      [431],
    ],
    ['an endless target', [`GET /${'a'.repeat(50_000)} HTTP/1.1\r\n`], [431]],
  ]

  return [
    ...PATHS.flatMap((path) =>
      table('a path', [400, 403, 404, 503], [[path.slice(0, 40), request('GET', path, {})]]),
    ),
    ...table(
      'a path, to plan',
      [400, 404, 405],
      PATHS.slice(0, 12).map((path) => [path, request('POST', path, JSON_TYPE, '{}')]),
    ),
    ...table(
      'a job',
      [404],
      JOB_IDS.map((id) => [id.slice(0, 40), request('GET', `/jobs/${id}`, {})]),
    ),
    ...table(
      'a token',
      [401],
      TOKENS.map((token, i) => [
        String(i),
        request('POST', '/plan', { ...JSON_TYPE, Authorization: token }, '{}'),
      ]),
    ),
    ...table(
      'no token',
      [401],
      ['/plan', '/explain', '/check', '/import'].map((path) => [
        path,
        request('POST', path, { ...JSON_TYPE, Authorization: undefined }, '{}'),
      ]),
    ),
    ...table(
      'a body',
      [400, 422],
      BODIES.map(([what, body]) => [
        what,
        request('POST', '/plan', { ...JSON_TYPE, Prefer: 'wait=30' }, body),
      ]),
    ),
    ...table(
      'a body to check',
      [400, 422],
      BODIES.slice(0, 12).map(([what, body]) => [what, request('POST', '/check', JSON_TYPE, body)]),
    ),
    ...table(
      'a type',
      [415],
      TYPES.map((type) => [type, request('POST', '/plan', { 'Content-Type': type }, '{}')]),
    ),
    ...table(
      'an encoding',
      [415],
      ['gzip', 'br', 'deflate', NAME].map((encoding) => [
        encoding,
        request('POST', '/plan', { ...JSON_TYPE, 'Content-Encoding': encoding }, '{}'),
      ]),
    ),
    ...table(
      'a parameter',
      [400],
      QUERIES.map((query) => [query, request('POST', `/plan?${query}`, JSON_TYPE, '{}')]),
    ),
    ...table(
      'a method',
      [405],
      ['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'].flatMap((method) =>
        ['/plan', '/health'].map(
          (path) => [`${method} ${path}`, request(method, path, {})] as [string, Parts],
        ),
      ),
    ),
    ...table(
      'an origin',
      [403],
      [`https://${NAME}`, 'null', `http://${host}.example.org`, `https://${host}`, 'file://'].map(
        (origin) => [origin, request('POST', '/plan', { ...JSON_TYPE, Origin: origin }, '{}')],
      ),
    ),
    ...table(
      'a host',
      [400, 403],
      [
        NAME,
        `${NAME}:${port}`,
        `127.0.0.1:${port + 1}`,
        `127.0.0.1.${NAME}:${port}`,
        '[::1]',
        '0.0.0.0',
        `0x7f.1:${port}`,
      ].map((name) => [name, request('POST', '/plan', { ...JSON_TYPE, Host: name }, '{}')]),
    ),
    ...table(
      'too large',
      [413],
      [
        [
          'that says so',
          request('POST', '/plan', { ...JSON_TYPE, 'Content-Length': String(MOST_BYTES + 1) }),
        ],
        [
          'endless, it says',
          request('POST', '/plan', { ...JSON_TYPE, 'Content-Length': '9007199254740991' }),
        ],
        [
          'in chunks',
          request('POST', '/plan', { ...JSON_TYPE, 'Transfer-Encoding': 'chunked' }, chunked(65_536, 20)),
        ],
        ['that comes', request('POST', '/check', JSON_TYPE, ' '.repeat(3 * MOST_BYTES))],
        ['a form', request('POST', '/import', FORM_TYPE, 'x'.repeat(MOST_BYTES + 1))],
      ],
    ),
    ...table(
      'no UTF-8',
      [400],
      [
        ['a body', request('POST', '/plan', JSON_TYPE, Buffer.from([0x7b, 0xff, 0x7d]))],
        ['half a character', request('POST', '/plan', JSON_TYPE, Buffer.from([0x22, 0xc3]))],
      ],
    ),
    ...table(
      'a form',
      [400, 422],
      [
        ['that is none', request('POST', '/import', FORM_TYPE, NAME)],
        ['without boundary', request('POST', '/import', { 'Content-Type': 'multipart/form-data' }, 'x')],
        [
          'that ends within',
          request('POST', '/import', FORM_TYPE, formOf(text('source', 'csv')).slice(0, -20)),
        ],
        ['of another field', request('POST', '/import', FORM_TYPE, formOf(text(NAME, 'x')))],
        ['of a prototype', request('POST', '/import', FORM_TYPE, formOf(text('__proto__', 'x')))],
        [
          'of many fields',
          request('POST', '/import', FORM_TYPE, formOf(...Array<string>(5000).fill(text('x', '1')))),
        ],
        [
          'of many files',
          request(
            'POST',
            '/import',
            FORM_TYPE,
            formOf(text('source', 'csv'), ...Array<string>(2000).fill(file('a'))),
          ),
        ],
        [
          'with a path for a name',
          request('POST', '/import', FORM_TYPE, formOf(text('source', 'csv'), file('a', '../../etc/passwd'))),
        ],
        [
          'with files in options',
          request(
            'POST',
            '/import',
            FORM_TYPE,
            formOf(text('source', 'csv'), file('a'), text('options', '{"moves":{"name":"/etc/passwd"}}')),
          ),
        ],
        [
          'of a bomb of entities',
          request(
            'POST',
            '/import',
            FORM_TYPE,
            formOf(
              text('source', 'libvirt'),
              file(`<!DOCTYPE a [<!ENTITY a "${NAME}"><!ENTITY b "&a;&a;&a;&a;">]><domain>&b;</domain>`),
            ),
          ),
        ],
        [
          'of deep XML',
          request(
            'POST',
            '/import',
            FORM_TYPE,
            formOf(text('source', 'libvirt'), file('<a>'.repeat(200_000))),
          ),
        ],
        [
          'of a bomb in a workbook',
          request(
            'POST',
            '/import',
            FORM_TYPE,
            Buffer.from(
              formOf(
                text('source', 'rvtools'),
                file(workbookOf(Buffer.alloc(300_000_000), 300_000_000), 'a.xlsx'),
              ),
              'latin1',
            ),
          ),
        ],
        [
          'of a workbook that lies',
          request(
            'POST',
            '/import',
            FORM_TYPE,
            Buffer.from(
              formOf(text('source', 'rvtools'), file(workbookOf(Buffer.alloc(1_000_000), 10), 'a.xlsx')),
              'latin1',
            ),
          ),
        ],
        [
          'of a wide table',
          request(
            'POST',
            '/import',
            FORM_TYPE,
            formOf(text('source', 'csv'), file(`${';x'.repeat(400_000)}\n`)),
          ),
        ],
        [
          'of quotes',
          request('POST', '/import', FORM_TYPE, formOf(text('source', 'csv'), file('"'.repeat(900_001)))),
        ],
        [
          'of deep JSON',
          request('POST', '/import', FORM_TYPE, formOf(text('source', 'hyperv'), file('['.repeat(500_000)))),
        ],
      ],
    ),
    ...RAW.map(([what, parts, statuses]) => ({ what: `raw: ${what}`, parts, statuses })),
    {
      what: 'slow: a head',
      parts: ['GET /health HTTP/1.1\r\n', ...Array<string>(30).fill('X: a\r\n')],
      pauseMs: 100,
      statuses: [0, 408],
    },
    { what: 'slow: a byte a time', parts: [...'GET /health HTTP/1.1\r\n'], pauseMs: 60, statuses: [0, 408] },
    { what: 'slow: nothing at all', parts: [''], statuses: [0, 408] },
    {
      what: 'slow: a body',
      parts: [
        ...request('POST', '/plan', { ...JSON_TYPE, 'Content-Length': '100' }),
        ...Array<string>(20).fill('{'),
      ],
      pauseMs: 200,
      statuses: [0, 400, 408],
    },
    {
      what: 'slow: a body that never comes',
      parts: request('POST', '/plan', { ...JSON_TYPE, 'Content-Length': '100' }),
      statuses: [0, 400, 408],
    },
    {
      what: 'slow: chunks',
      parts: [
        ...request('POST', '/plan', { ...JSON_TYPE, 'Transfer-Encoding': 'chunked' }),
        ...Array<string>(20).fill('1\r\n \r\n'),
      ],
      pauseMs: 200,
      statuses: [0, 400, 408],
    },
  ]
}
