/** Fifty broken problem files, each with what the message must name. */
export interface Broken {
  name: string
  text: string
  /** Parts that the message must have: the path, the value, or what is wrong. */
  says: string[]
}

const problem = {
  version: 1,
  nodes: ['A', 'B'].map((id) => ({
    id,
    cpu: { vendor: 'Intel', features: ['sse2'] },
    memoryMiB: 65536,
    migrationMbps: 10000,
  })),
  vms: [{ id: 'v', node: 'A', memoryMiB: 1024 }],
  request: { moves: [{ vm: 'v', to: 'B' }] },
}
const whole = JSON.stringify(problem)
const START = '2026-11-23T22:00:00+01:00'

const text = (name: string, content: string, ...says: string[]): Broken => ({ name, text: content, says })

/** The problem with another value there, or none where it is undefined; the message has to name the path. */
function at(path: string, value: unknown, name: string, ...says: string[]): Broken {
  const changed = structuredClone(problem)
  const keys = path.match(/[^.[\]]+/g)!
  const last = keys.pop()!
  // biome-ignore lint/suspicious/noExplicitAny: it is there to be broken
  keys.reduce<any>((parent, key) => parent[key], changed)[last] = value
  return text(name, JSON.stringify(changed), path, ...says)
}

const rule = (name: string, rrule: string, ...says: string[]): Broken => {
  const windows = [{ start: 0, durationSeconds: 1, rrule }]
  return text(name, JSON.stringify({ ...problem, start: START, windows }), 'windows[0].rrule', ...says)
}

const [node] = problem.nodes
const [vm] = problem.vms
const long = 'x'.repeat(1e7)

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
  text('__proto__ in a VM', whole.replace('"id":"v"', '"id":"v","__proto__":{}'), 'vms[0].__proto__'),
  at('constructor', {}, 'constructor key'),
  at('vms[0].id', long, 'id of 10 MB', '10000000 characters'),
  at('name', long, 'name of 10 MB', '10000000 characters'),
  at('nodes[0].cpu.features[0]', long, 'feature of 10 MB'),
  at('vms[0].memoryMiB', '9'.repeat(1e7), 'memory of 10 MB of digits', 'text'),
  at('vms', new Array(1e6).fill(5), 'a million wrong VMs', 'vms[0]', '5'),
  at(
    'windows',
    new Array(3e5).fill({ start: -1, end: 'x' }),
    '300,000 wrong windows',
    'windows[0].start',
    '-1',
  ),
  at('vms[0].memoryMiB', 'NaN', 'NaN as text', '"NaN"'),
  at('vms[0].memoryMiB', -1, 'negative', '-1'),
  at('vms[0].memoryMiB', '64GB', 'wrong unit', '"64GB"', '65536'),
  at('vms[0].memoryMib', 5, 'misspelt key', 'did you mean "memoryMiB"'),
  at('windws', [], 'misspelt top key', 'did you mean "windows"'),
  at('vms[1]', vm, 'VM twice', 'vms[1].id', '"v"'),
  at('nodes[2]', node, 'node twice', 'nodes[2].id', '"A"'),
  at('request.moves[1]', { vm: 'v', to: 'A' }, 'VM moved twice', '"v"'),
  at('vms[0].node', 'C', 'VM on an unknown node', '"C"'),
  at('vms[0].node', undefined, 'VM on no node', 'missing'),
  at('request.moves[0].to', 'Z', 'move to an unknown node', '"Z"'),
  at('request.drain', ['Z'], 'drain of an unknown node', 'request.drain[0]', '"Z"'),
  at('windows', [{ vm: 'v', start: 10, end: 5 }], 'window that ends before it starts', 'windows[0].end', '5'),
  at(
    'windows',
    [{ vm: 'v', start: START, durationSeconds: 60 }],
    'date without a start',
    'windows[0].start',
    START,
  ),
  at('start', '2026-11-23T22:00:00', 'start without an offset', '2026-11-23T22:00:00'),
  at('start', '2026-11-31T22:00:00Z', '31 November', '2026-11-31'),
  rule('rule of seconds', 'FREQ=SECONDLY', 'SECONDLY'),
  rule('unknown rule', 'FREQ=FOO', 'FOO'),
  rule('rule that stands still', 'FREQ=DAILY;INTERVAL=0', 'INTERVAL'),
  at('version', 2, 'unknown version', '2'),
  at('version', undefined, 'no version', 'missing'),
  at('request', undefined, 'no request', 'missing'),
  at('request', {}, 'empty request'),
  at('nodes[0].slots', 0, 'no slots', '0'),
  at('nodes[0].slots', 1e12, 'too many slots', '1000000000000'),
  at('policy', { maxPasses: 1e18 }, 'endless passes', 'policy.maxPasses'),
  at('nodes[0].cpu', { model: 'Skylke-Server' }, 'unknown CPU model', 'nodes[0].cpu.model', 'Skylake-Server'),
  at('vms[0].state', 'Running', 'state in capitals', 'did you mean "running"'),
  at('policy', { allowRestart: 'yes' }, 'text for a truth value', 'policy.allowRestart', '"yes"'),
]
