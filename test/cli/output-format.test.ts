import { describe, expect, it } from 'vitest'
import { CliError } from '../../src/cli/failure.js'
import { outputFormat, requireJsonName } from '../../src/cli/output-format.js'
import { EXPLANATION_FORMATS, PLAN_FORMATS, QUIET_FORMATS } from '../../src/io/formats.js'

describe('the format of a file', () => {
  it.each([
    [undefined, 'table'],
    ['plan.json', 'json'],
    ['PLAN.JSON', 'json'],
    ['plan.txt', 'table'],
    ['plan', 'json'],
    ['/dev/stdout', 'json'],
    ['.plan', 'json'],
    ['a.b/plan', 'json'],
    ['plan.csv', 'csv'],
    ['Plan.ICS', 'ics'],
    ['plan.ps1', 'powershell'],
    ['night.html', 'html'],
    ['night.HTM', 'html'],
    ['night.svg', 'svg'],
    ['night.mmd', 'mermaid'],
  ])('%s: %s', (file, format) => {
    expect(outputFormat(PLAN_FORMATS, { file })).toBe(format)
  })

  it.each(['plan.pdf', 'plan.xlsx', 'plan.jsn', 'night.ps', 'plan.json.gz', 'plan.', 'plan.xml'])(
    '%s is refused, but where --format says it',
    (file) => {
      expect(() => outputFormat(PLAN_FORMATS, { file })).toThrow(CliError)
      expect(() => outputFormat(PLAN_FORMATS, { file })).toThrow(`-o ${file}: `)
      expect(() => outputFormat(PLAN_FORMATS, { file })).toThrow(
        '.json, .txt, .log, .csv, .ics, .ps1, .html, .htm, .svg, .mmd',
      )
      expect(outputFormat(PLAN_FORMATS, { file, format: 'csv' })).toBe('csv')
    },
  )

  it('has the endings of what is written: no explanation is a script', () => {
    for (const formats of [EXPLANATION_FORMATS, QUIET_FORMATS])
      expect(() => outputFormat(formats, { file: 'night.ps1' })).toThrow('.json, .txt, .log')
  })

  it.each(['cluster.csv', 'cluster.ps1', 'cluster.txt'])('no problem is in %s', (file) => {
    expect(() => requireJsonName('--problem-out', file)).toThrow(`--problem-out ${file}: `)
  })
})
