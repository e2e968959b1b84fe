import { describe, expect, it } from 'vitest'
import { planToMermaid } from '../../src/io/mermaid.js'
import { maintenanceNight, migration, node, plan, resolved, smallPlan, vm } from './fixtures.js'
import { HOSTILE_IDS } from './hostile.js'

describe('planToMermaid', () => {
  it('has a section for each node that sends, and counts from 0 where the problem has no start', () => {
    const { plan: small, problem } = smallPlan()
    expect(planToMermaid(small, problem)).toBe(`gantt
  title sample
  dateFormat YYYY-MM-DDTHH:mm:ss.SSS
  axisFormat %H:%M:%S
  section from A
    to B, vm-1 :1970-01-01T00:00:00.000, 1970-01-01T00:00:31.250
    to C, vm-3 :1970-01-01T00:00:31.250, 1970-01-01T00:01:00.000
  section from B
    to C, vm-2 :1970-01-01T00:01:00.000, 1970-01-01T00:01:30.500
  section all
    done :milestone, 1970-01-01T00:01:30.500, 0d
`)
  })

  it('has the wall clock of the start, and marks what is not live', () => {
    const { plan: night, problem } = maintenanceNight()
    const text = planToMermaid(night, problem)
    expect(text).toContain('    to HV02, sql-07 :2026-11-23T20:01:00.000, 2026-11-23T20:06:31.250\n')
    expect(text).toContain('    restart to HV04, ad-01 :crit, 2026-11-23T20:03:34.500, ')
  })

  it('of an empty plan is its head', () => {
    expect(planToMermaid(plan([]), resolved([node('A')], []))).toMatch(/%S\n$/)
  })

  it.each(['a:b;c#d', '%%{init: {"theme": "dark"}}%%', 'section x', ...HOSTILE_IDS])(
    'leaves nothing of a name that Mermaid could read as its own: %j',
    (name) => {
      const problem = resolved([node(name), node('B')], [vm(name, name)], { name })
      const text = planToMermaid(plan([migration(name, name, 'B', 0, 60)], { problem: name }), problem)
      const lines = text.split('\n')
      expect(lines).toHaveLength(9)
      const word = String.raw`(?:[\p{L}\p{M}\p{N} _.-]|#\d+;)*`
      expect(lines[1]).toMatch(new RegExp(`^ {2}title ${word}$`, 'u'))
      expect(lines[4]).toMatch(new RegExp(`^ {2}section from ${word}$`, 'u'))
      expect(lines[5]).toMatch(new RegExp(`^ {4}to B, ${word} :1970-01-01T00:00:00.000, [\\dT:.-]+$`, 'u'))
    },
  )
})
