/** Fifty broken problem files, each with what the message must name. */
export interface Broken {
  name: string
  text: string
  /** Parts that the message must have: the path, the value, or what is wrong. */
  says: string[]
}

// biome-ignore lint/suspicious/noExplicitAny: it is there to be broken
type Json = Record<string, any>

const problem = (): Json => ({
  version: 1,
  nodes: ['A', 'B'].map((id) => ({
    id,
    cpu: { vendor: 'Intel', features: ['sse2'] },
    memoryMiB: 65536,
    migrationMbps: 10000,
  })),
  vms: [{ id: 'v', node: 'A', memoryMiB: 1024 }],
  request: { moves: [{ vm: 'v', to: 'B' }] },
})
const whole = JSON.stringify(problem())
const START = '2026-11-23T22:00:00+01:00'

const text = (name: string, content: string, ...says: string[]): Broken => ({ name, text: content, says })
const changed = (name: string, change: (p: Json) => void, ...says: string[]): Broken => {
  const p = problem()
  change(p)
  return text(name, JSON.stringify(p), ...says)
}
const rule = (name: string, rrule: string, ...says: string[]) =>
  changed(
    name,
    (p) => {
      p.start = START
      p.windows = [{ start: 0, durationSeconds: 1, rrule }]
    },
    'windows[0].rrule',
    ...says,
  )

export const BROKEN: readonly Broken[] = [
  text('truncated', whole.slice(0, 100), 'line 1, column'),
  text('empty file', '', 'empty'),
  text('white space', '  \n', 'empty'),
  text('null', 'null', 'null', 'object'),
  text('array', '[]', 'array', 'object'),
  text('number', '42', '42', 'object'),
  text('100,000 nested arrays', '['.repeat(100_000) + ']'.repeat(100_000), 'nested deeper than'),
  text('50,000 nested objects', `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`, 'nested deeper than'),
  text('text behind the end', `${whole}x`, 'behind the end'),
  text('comment', `// hi\n${whole}`, 'comment'),
  text('key twice', '{"version":1,"version":1}', 'version', 'twice'),
  text('NaN', whole.replace('1024', 'NaN'), 'line 1, column', 'N'),
  text('too large a number', whole.replace('1024', '1e999'), 'vms[0].memoryMiB', 'Infinity'),
  text('__proto__ at the top', whole.replace('{', '{"__proto__":{"x":1},'), '__proto__'),
  text(
    '__proto__ in a VM',
    whole.replace('"memoryMiB":1024', '"memoryMiB":1024,"__proto__":{}'),
    'vms[0].__proto__',
  ),
  changed('constructor key', (p) => Object.assign(p, { constructor: {} }), 'constructor'),
  changed(
    'id of 10 MB',
    (p) => {
      p.vms[0].id = 'x'.repeat(1e7)
    },
    'vms[0].id',
    '10000000 characters',
  ),
  changed(
    'name of 10 MB',
    (p) => {
      p.name = 'x'.repeat(1e7)
    },
    'name',
    '10000000 characters',
  ),
  changed(
    'feature of 10 MB',
    (p) => {
      p.nodes[0].cpu.features = ['x'.repeat(1e7)]
    },
    'nodes[0].cpu.features[0]',
  ),
  changed(
    'memory of 10 MB of digits',
    (p) => {
      p.vms[0].memoryMiB = '9'.repeat(1e7)
    },
    'vms[0].memoryMiB',
    'text',
  ),
  changed(
    'a million wrong VMs',
    (p) => {
      p.vms = new Array(1e6).fill(5)
    },
    'vms[0]',
    '5',
  ),
  changed(
    '300,000 wrong windows',
    (p) => {
      p.windows = new Array(3e5).fill({ start: -1, end: 'x' })
    },
    'windows[0].start',
    '-1',
  ),
  changed(
    'NaN as text',
    (p) => {
      p.vms[0].memoryMiB = 'NaN'
    },
    'vms[0].memoryMiB',
    '"NaN"',
  ),
  changed(
    'negative',
    (p) => {
      p.vms[0].memoryMiB = -1
    },
    'vms[0].memoryMiB',
    '-1',
  ),
  changed(
    'wrong unit',
    (p) => {
      p.vms[0].memoryMiB = '64GB'
    },
    'vms[0].memoryMiB',
    '"64GB"',
    '65536',
  ),
  changed(
    'misspelt key',
    (p) => {
      p.vms[0].memoryMib = 5
    },
    'memoryMib',
    'did you mean "memoryMiB"',
  ),
  changed(
    'misspelt top key',
    (p) => {
      p.windws = []
    },
    'windws',
    'did you mean "windows"',
  ),
  changed(
    'VM twice',
    (p) => {
      p.vms.push({ ...p.vms[0] })
    },
    'vms[1].id',
    '"v"',
  ),
  changed(
    'node twice',
    (p) => {
      p.nodes.push({ ...p.nodes[0] })
    },
    'nodes[2].id',
    '"A"',
  ),
  changed(
    'VM moved twice',
    (p) => {
      p.request.moves.push({ vm: 'v', to: 'A' })
    },
    'request.moves[1]',
    '"v"',
  ),
  changed(
    'VM on an unknown node',
    (p) => {
      p.vms[0].node = 'C'
    },
    'vms[0].node',
    '"C"',
  ),
  changed(
    'VM on no node',
    (p) => {
      delete p.vms[0].node
    },
    'vms[0].node',
    'missing',
  ),
  changed(
    'move to an unknown node',
    (p) => {
      p.request.moves[0].to = 'Z'
    },
    'request.moves[0].to',
    '"Z"',
  ),
  changed(
    'drain of an unknown node',
    (p) => {
      p.request.drain = ['Z']
    },
    'request.drain[0]',
    '"Z"',
  ),
  changed(
    'node over its memory',
    (p) => {
      p.vms[0].memoryMiB = 100_000
    },
    'nodes[0].memoryMiB',
    '34464 MiB',
  ),
  changed(
    'window that ends before it starts',
    (p) => {
      p.windows = [{ vm: 'v', start: 10, end: 5 }]
    },
    'windows[0].end',
    '5',
  ),
  changed(
    'date without a start',
    (p) => {
      p.windows = [{ vm: 'v', start: START, durationSeconds: 60 }]
    },
    'windows[0].start',
    START,
  ),
  changed(
    'start without an offset',
    (p) => {
      p.start = '2026-11-23T22:00:00'
    },
    'start',
    '2026-11-23T22:00:00',
  ),
  changed(
    '31 November',
    (p) => {
      p.start = '2026-11-31T22:00:00Z'
    },
    'start',
    '2026-11-31',
  ),
  rule('rule of seconds', 'FREQ=SECONDLY', 'SECONDLY'),
  rule('unknown rule', 'FREQ=FOO', 'FOO'),
  rule('rule that stands still', 'FREQ=DAILY;INTERVAL=0', 'INTERVAL'),
  changed(
    'unknown version',
    (p) => {
      p.version = 2
    },
    'version',
    '2',
  ),
  changed(
    'no version',
    (p) => {
      delete p.version
    },
    'version',
    'missing',
  ),
  changed(
    'no request',
    (p) => {
      delete p.request
    },
    'request',
    'missing',
  ),
  changed(
    'empty request',
    (p) => {
      p.request = {}
    },
    'request',
  ),
  changed(
    'no slots',
    (p) => {
      p.nodes[0].slots = 0
    },
    'nodes[0].slots',
    '0',
  ),
  changed(
    'too many slots',
    (p) => {
      p.nodes[0].slots = 1e12
    },
    'nodes[0].slots',
    '1000000000000',
  ),
  changed(
    'endless passes',
    (p) => {
      p.policy = { maxPasses: 1e18 }
    },
    'policy.maxPasses',
  ),
  changed(
    'unknown CPU model',
    (p) => {
      p.nodes[0].cpu = { model: 'Skylke-Server' }
    },
    'nodes[0].cpu.model',
    'Skylake-Server',
  ),
  changed(
    'state in capitals',
    (p) => {
      p.vms[0].state = 'Running'
    },
    'vms[0].state',
    'did you mean "running"',
  ),
  changed(
    'text for a truth value',
    (p) => {
      p.policy = { allowRestart: 'yes' }
    },
    'policy.allowRestart',
    '"yes"',
  ),
]
