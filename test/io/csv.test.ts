import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { planToCsv } from '../../src/io/csv.js'
import { maintenanceNight, migration, plan, smallPlan } from './fixtures.js'
import { HOSTILE_IDS } from './hostile.js'

/** A plain reader of RFC 4180: records of fields, separated by `separator`. */
function readCsv(text: string, separator = ','): string[][] {
  const records: string[][] = [['']]
  let quoted = false
  for (let i = 0; i < text.length; i++) {
    const record = records[records.length - 1]
    const c = text[i]
    if (quoted) {
      if (c !== '"') record[record.length - 1] += c
      else if (text[i + 1] === '"') record[record.length - 1] += text[++i]
      else quoted = false
    } else if (c === '"' && record[record.length - 1] === '') quoted = true
    else if (c === separator) record.push('')
    else if (c === '\r' && text[i + 1] === '\n') {
      i++
      records.push([''])
    } else record[record.length - 1] += c
  }
  if (records.pop()?.join() !== '') throw new Error('the last line has no end')
  return records
}

const withIds = (ids: readonly string[]) =>
  planToCsv(plan(ids.map((id, i) => migration(id, id, id, i, i + 1))), { start: undefined })

describe('planToCsv', () => {
  it('has a heading and a line for each migration, without clock times where the problem has no start', () => {
    const { plan: small, problem } = smallPlan()
    expect(planToCsv(small, problem)).toBe(
      [
        'vm,from,to,kind,round,startSeconds,endSeconds,start,end,blackoutSeconds,parking,makesRoom,lostOffloads,lostFeatures',
        'vm-1,A,B,live,0,0,31.25,,,0.1,,,,',
        'vm-3,A,C,live,0,31.25,60,,,0.1,,,,',
        'vm-2,B,C,live,1,60,90.5,,,0.1,,,,',
        '',
      ].join('\r\n'),
    )
  })

  it('has clock times at the offset of the start, to the millisecond', () => {
    const { plan: night, problem } = maintenanceNight()
    const lines = planToCsv(night, problem).split('\r\n')
    expect(lines[1]).toBe(
      'sql-07,HV01,HV02,live,0,60,391.25,2026-11-23T20:01:00.000+01:00,2026-11-23T20:06:31.250+01:00,1.4,,,rdma,',
    )
    expect(lines[2]).toContain(',true,')
    expect(lines[3]).toMatch(/,restart,1,.*,180,,,,avx512f avx512vl$/)
    const west = { epochMs: Date.parse('2026-12-31T23:50:00-05:30'), offsetMinutes: -330 }
    expect(planToCsv(plan([migration('v', 'A', 'B', 0, 600.0004)]), { start: west })).toContain(
      '2026-12-31T23:50:00.000-05:30,2027-01-01T00:00:00.000-05:30',
    )
  })

  it('of an empty plan is the heading alone', () => {
    expect(planToCsv(plan([]), { start: undefined }).split('\r\n')).toHaveLength(2)
  })

  it('is read back as it was written, also with quotes, commas and line breaks', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc
            .stringMatching(/^[a-zA-Z0-9_ '"\n$`.名👍()-]{1,12}$/u)
            .filter((s) => !/^[ "]*-|\n[ "]*-/.test(s)),
        ),
        (ids) => {
          expect(
            readCsv(withIds(ids))
              .slice(1)
              .map((record) => record[0]),
          ).toEqual(ids)
        },
      ),
    )
  })

  it.each([
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@x', "'@x"],
    ['\t=1', "'\t'=1"],
    [' =1', " '=1"],
    ['"=1', `"'=1`],
    ['a;=1', "a;'=1"],
    ['a\n=1', "a\n'=1"],
    ['\uff1d1', "'\uff1d1"],
    ['a=b', 'a=b'],
    ['a-1', 'a-1'],
    ['\x1b[31m', '\\x1b[31m'],
    ['a\u202eb', 'a\\u{202e}b'],
  ])('a spreadsheet reads %j as text', (id, cell) => {
    expect(readCsv(withIds([id]))[1].slice(0, 3)).toEqual([cell, cell, cell])
  })

  it('no hostile id makes another record, another field or a formula, whatever the separator of the locale', () => {
    const text = withIds(HOSTILE_IDS)
    const records = readCsv(text)
    expect(records).toHaveLength(HOSTILE_IDS.length + 1)
    for (const record of records) expect(record).toHaveLength(14)
    for (const separator of [',', ';', '\t', '|']) {
      const cells = readCsv(text, separator).flat()
      expect(cells.filter((cell) => /^[\s"]*[=+\-@\uff1d\uff0b\uff0d\uff20]/.test(cell))).toEqual([])
    }
    expect(text).not.toMatch(/(?![\t\r\n])[\p{Cc}\p{Cs}\u202e]/u)
  })
})
