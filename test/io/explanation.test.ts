/** Explanations as text: what a reader sees, and that nothing in it can harm a terminal. */
import { describe, expect, it } from 'vitest'
import { EXPLANATION_FORMATS } from '../../src/io/formats.js'
import { explanationToJson } from '../../src/io/json.js'
import { explanationToTable } from '../../src/io/table/explanation.js'
import { displayWidth } from '../../src/io/table/text.js'
import type { TableOptions } from '../../src/io/table/theme.js'
import type { Explanation } from '../../src/model/explanation.js'
import { maintenanceNight, nightExplained } from './fixtures.js'

const { problem } = maintenanceNight()

function page(explanation: Explanation, rest: Partial<TableOptions> = {}): string {
  return explanationToTable(explanation, problem, {
    width: 100,
    color: false,
    ascii: false,
    all: false,
    ...rest,
  })
}

function sectionsOf(text: string): string[] {
  return text.split('\n\n').map((section) => section.split('\n')[0])
}

describe('a page', () => {
  it('says what decides, what would help, who can go where, and what fills the time', () => {
    const text = page(nightExplained())
    expect(sectionsOf(text)).toEqual([
      'prod-cluster-01 · partial: 1 VM left unplaced',
      'What decides',
      'What would help (2 changes planned)',
      'VMs (1)',
      'Nodes',
      'Times of the nodes (s)',
    ])
    expect(text).toContain(HELP)
    expect(text).toContain(VM)
    expect(text.endsWith('\n')).toBe(true)
    expect(text.endsWith('\n\n')).toBe(false)
  })

  it('of a large night fits a screen, and has the rest with --all', () => {
    const sample = nightExplained()
    const one = sample.vms[0]!
    const vms = Array.from({ length: 500 }, (_, i) => ({
      ...one,
      vm: `vm-${i}`,
      ...(i % 50 === 0 ? {} : { outcome: 'moves' as const }),
    }))
    const nodes = Array.from({ length: 64 }, (_, i) => ({
      ...sample.nodes[0]!,
      node: `HV${i}`,
      sendSeconds: 900 - i,
    }))
    const large = { ...sample, vms, nodes }
    const text = page(large)
    expect(text.split('\n').length).toBeLessThan(70)
    expect(text).toContain('  vm-0 on ')
    expect(text).toContain('  and 496 VMs more: --vm ID explains one, --all all of them\n')
    expect(text).toContain('  and 56 more (--all lists them)\n')
    expect(sectionsOf(text)).not.toContain('Nodes')
    expect(page(large, { all: true })).toContain('  vm-499 on ')
    expect(page({ ...large, vm: 'vm-7', vms: vms.slice(7, 8) })).toContain('  vm-7 on ')
  })

  it('about one node is about that node, in order', () => {
    const text = page({ ...nightExplained(), node: 'HV01' })
    expect(sectionsOf(text).slice(-1)).toEqual(['Node HV01'])
    expect(text).not.toContain('legacy-02 on HV03')
    expect(text).toContain(NODE)
  })

  it('about one VM leaves out the nodes', () => {
    expect(sectionsOf(page({ ...nightExplained(), vm: 'legacy-02' })).slice(3)).toEqual(['VM'])
  })

  it('says what a limit cut', () => {
    const sample = nightExplained()
    const [restart, slot] = sample.relaxations
    const text = page({
      ...sample,
      complete: false,
      relaxations: [{ ...restart, complete: false }],
      notComputed: [slot],
    })
    expect(text).toContain('The search for this plan was cut short')
    expect(text).toContain('cut short')
    expect(text).toContain('not planned for want of time: one more slot on HV01 (2 instead of 1)')
  })

  it('tells luck from help', () => {
    const sample = nightExplained()
    const [restart] = sample.relaxations
    const gain = { unplaced: 0, unplacedWeight: 0, makespanSeconds: 5, cost: 5 }
    const relaxations = [{ ...restart, gain, needsChange: false, helps: false }]
    const text = page({ ...sample, relaxations, ruledOut: [] }).replace(/\s+/g, ' ')
    expect(text).toContain(
      'none of the changes that were planned - 5 s less, but by a plan that is possible today',
    )
  })

  it.each([40, 60, 80, 160])('keeps to a width of %i', (width) => {
    for (const focus of [{}, { node: 'HV01' }, { vm: 'legacy-02' }]) {
      const lines = page({ ...nightExplained(), ...focus }, { width }).split('\n')
      for (const line of lines) expect(displayWidth(line), line).toBeLessThanOrEqual(width)
    }
  })

  it('is all ASCII where it has to be, and coloured only where asked', () => {
    expect(page(nightExplained(), { ascii: true })).toMatch(/^[\x20-\x7e\n]+$/)
    expect(page(nightExplained())).not.toContain('\x1b')
    expect(page(nightExplained(), { color: true })).toContain('\x1b[1mWhat decides\x1b[0m')
  })
})

describe('foreign text', () => {
  const EVIL = 'x\x1b[2J\u202eevil\n'
  /** Every id and every sentence of it is hostile. */
  const hostile = (): Explanation =>
    JSON.parse(
      JSON.stringify(nightExplained(), (key, value) =>
        typeof value === 'string' && !FIXED.has(key) ? `${EVIL}${value}` : value,
      ),
    )
  const FIXED = new Set(
    'status schedule state request outcome kind reason role activity op mode code'.split(' '),
  )

  it('cannot move the cursor or turn the text in a table', () => {
    for (const focus of [{}, { node: 'HV01' }, { vm: 'legacy-02' }]) {
      const text = page({ ...hostile(), ...focus }, { all: true })
      // biome-ignore lint/suspicious/noControlCharactersInRegex: it looks for them
      expect(text).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/)
      expect(text).toContain('x\\x1b[2J\\u{202e}evil\\n')
    }
  })

  it('nor in JSON, which still says the same', () => {
    const text = explanationToJson(hostile())
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it looks for them
    expect(text).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/)
    expect(JSON.parse(text)).toEqual(hostile())
  })
})

describe('JSON', () => {
  it('has what is asked for most first, and the plan last, in the order of its own page', () => {
    const text = EXPLANATION_FORMATS.json.render(nightExplained())
    const keys = `version problem schedule seed effort complete bound relaxations ruledOut notComputed vms nodes plan`
    expect(Object.keys(JSON.parse(text)).join(' ')).toBe(keys)
    expect(Object.keys(JSON.parse(text).plan)[0]).toBe('version')
    expect(text.endsWith('}\n')).toBe(true)
  })

  it('refuses what is no number', () => {
    const sample = nightExplained()
    sample.bound.gap = Number.NaN
    expect(() => explanationToJson(sample)).toThrow('"gap" is NaN')
  })
})

const HELP = `What would help (2 changes planned)
  gain      cost  makespan  unplaced  proven  change
  1 VM  1884.567  1234.567         0  yes     legacy-02 may be restarted, with allowRestart
  - no gain: one more slot on HV01 (2 instead of 1); it would cost 10 s more
  - nothing to gain, as bounds prove: VMs may be saved, moved and resumed (allowSave)
`
const VM = `  legacy-02 on HV03, 32768 MiB: stays, against the request (CPU features)
    can go    HV02: live in 31 s, loses rdma, penalty 30 s
    but       HV02: lacks 768 MiB for it once the plan has ended
    cannot    HV01: is being drained: it receives nothing
              HV04: lacks avx512f
    mode      with compatibility "minimum" it could also go to HV04, losing CPU avx2, avx512f
    remedy    restart in compatibility mode moves it to HV04
`
const NODE = `  Of 1234.567 s: sends 819.996 s, receives 0 s, closed by windows 60 s, idle 354.571 s.
  Empty at 20:20:35.
     start       end  seconds  what
  20:00:00  20:01:00     60.0  blackout window
  20:01:00  20:06:31    331.3  sends sql-07 to HV02
`
