/** The report as text; test/browser/report.test.ts looks at it in a browser. */
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { planToReport } from '../../src/report/report.js'
import { maintenanceNight, plan, smallPlan } from '../io/fixtures.js'

/** Texts of all elements of a name. */
const textsOf = (page: string, name: string) =>
  [...page.matchAll(new RegExp(`<${name}(?: [^>]*)?>([\\s\\S]*?)</${name}>`, 'g'))].map((match) => match[1])

const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

describe('planToReport', () => {
  it('admits its own script and style by their hashes, and pictures that it holds itself; nothing else', async () => {
    const { plan: small, problem } = smallPlan()
    const page = await planToReport(small, problem)
    const [data, script] = textsOf(page, 'script')
    const [style] = textsOf(page, 'style')
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/
      .exec(page)?.[1]
      .replaceAll('&#39;', "'")
    expect(policy?.split('; ')).toEqual([
      "default-src 'none'",
      `script-src ${hashOf(script)}`,
      `style-src ${hashOf(style)}`,
      'img-src data:',
      "base-uri 'none'",
      "form-action 'none'",
    ])
    expect(JSON.parse(data).vms.map(({ id }: { id: string }) => id)).toEqual(['vm-1', 'vm-3', 'vm-2'])
    expect(page.match(/<script/g)).toHaveLength(2)
    const markup = page.replace(script, '')
    expect(markup).not.toMatch(/\b(?:src|href)="(?!data:)/)
    expect(markup).not.toMatch(/ (?:style|on\w+)="/)
  })

  it('is the same each time', async () => {
    const { plan: night, problem } = maintenanceNight()
    expect(await planToReport(night, problem)).toBe(await planToReport(night, problem))
  })

  it('of rolling maintenance: when each work is done, and what is not', async () => {
    const { plan: night, problem } = maintenanceNight()
    const page = await planToReport(
      {
        ...night,
        unplaced: [],
        maintenance: [{ node: 'HV02', startSeconds: 60, endSeconds: 1560, slackSeconds: 90 }],
        notMaintained: [{ node: 'HV04', reason: 'memory', detail: 'no room for web-01', vms: ['web-01'] }],
        notHome: [{ vm: 'ad-01', reason: 'memory' }],
      },
      problem,
    )
    expect(page).toContain(
      '<strong>1 work not done</strong><p>Not worked on: HV04</p><p>Not home again: 1 VM</p>',
    )
    expect(page).toContain('worked on 20:01:00 to 20:26:00, slack 0:01:30')
    expect(page).toContain(
      '<dd>Not worked on: no room for web-01</dd><dd class="note">VMs that stay: web-01</dd>',
    )
    expect(page).toContain('<dd>Does not come home: memory</dd>')
  })

  it('of a plan that moves nothing says so', async () => {
    const { problem } = smallPlan()
    const page = await planToReport(plan([]), problem)
    expect(page).toContain('<strong>Nothing moves</strong>')
    expect(page).not.toContain('What will be lost')
  })
})
