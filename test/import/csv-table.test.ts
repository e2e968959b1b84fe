import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CsvTable, parseCsvTable, readCsvTable } from '../../src/import/csv/table.js'
import { ImportError } from '../../src/import/failure.js'
import { cases, row } from '../cases.js'

const table = (text: string) => parseCsvTable('t.csv', text)
const cellsOf = ({ headers, rows }: CsvTable) => rows.map((row) => headers.map((header) => row.get(header)))

describe('a CSV table', () => {
  it.each([
    ['commas', 'id,memory\na,"1,5"\n'],
    ['semicolons', 'id;memory\na;1,5\n'],
    ['tabs', 'id\tmemory\na\t1,5\n'],
    ['a declared separator', 'sep=;\r\nid;memory\r\na;1,5\r\n'],
    ['a type line of PowerShell', '#TYPE Selected.VM\r\n"id","memory"\r\n"a","1,5"\r\n'],
    ['no line break at the end', 'id,memory\na,"1,5"'],
    ['old line breaks', 'id,memory\ra,"1,5"\r'],
    ['empty cells at the end', 'id;memory;;\r\na;1,5;;\r\n;;;\r\n'],
    ['spaces around', '\n\nid ; memory\n a;\u00a01,5 \n'],
  ])('has %s', async (_, text) => {
    expect(cellsOf(await table(text))).toEqual([['a', '1,5']])
  })

  it('finds columns by any of their names, whatever the case, and says where a cell stands', async () => {
    const { rows } = await table('Name,Memory MiB\n"web\n01",1\nb,2\n')
    expect(rows.map((row) => row.get('id', 'name'))).toEqual(['web\n01', 'b'])
    expect(rows[0].origin('memoryMiB')).toEqual({ file: 't.csv', place: 'line 2, column "Memory MiB"' })
    expect(rows[1].origin('memory_mib').place).toBe('line 4, column "Memory MiB"')
    expect(rows[1].origin('cpu').place).toBe('line 4')
    expect(rows[1].get('cpu')).toBeUndefined()
  })

  it('keeps names that objects have anyway apart', async () => {
    const { rows } = await table('__proto__,constructor\n1,2\n')
    expect(rows[0].get('__proto__')).toBe('1')
    expect(rows[0].get('toString')).toBeUndefined()
  })

  it('counts lines through quotes, blank lines and preambles', async () => {
    const { rows } = await table('sep=,\r\n\r\nid,note\r\na,"x\r\n\r\ny"\r\n\r\nb,""""\r\n')
    expect(rows.map(({ line }) => line)).toEqual([4, 8])
    expect(rows[1].get('note')).toBe('"')
  })

  it.each([
    ['a quote that stays open', 'id,n\na,1\nb,"2\nc,3\n', 't.csv: line 3: a quote that opens a cell'],
    ['text behind a quote', 'id,n\na,"1"2\n', 't.csv: line 2: there is text behind the closing quote'],
    ['a cell too few', 'id,n\na\n', 't.csv: line 2: 1 cell where the first line names 2 columns'],
    ['a cell too many', 'id,n\na,1,5\n', 't.csv: line 2: 3 cells where the first line names 2 columns'],
    ['a name twice', 'id,Node ID,node_id\na,1,2\n', 'the columns "Node ID" and "node_id" have the same name'],
    ['no name', 'id,,n\na,1,2\n', 't.csv: line 1: column 2 has no name, but cells'],
    ['two separators', 'a;b,c\n1;2,3\n', 'as many commas as semicolons'],
    ['nothing but separators', ';;\n;;\n', 'no line with the names'],
  ])('refuses %s', async (_, text, message) => {
    await expect(table(text)).rejects.toThrow(ImportError)
    await expect(table(text)).rejects.toThrow(message)
  })

  it('gives a table or an ImportError for any text and any bytes', async () => {
    const marks = ['"', '""', ',', ';', '\t', '\n', '\r\n', ' ', 'a', '1,5', 'sep=', '#TYPE ']
    const snippets = fc.constantFrom(...marks)
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(snippets, fc.string()), { maxLength: 40 }), async (parts) => {
        const result = await table(parts.join('')).catch((error: unknown) => error)
        if (!(result instanceof ImportError)) expect((result as CsvTable).rows).toBeDefined()
      }),
      { numRuns: cases(3300) },
    )
    await fc.assert(
      fc.asyncProperty(fc.uint8Array(), async (bytes) => {
        const result = await readCsvTable({ name: 'b', bytes }).catch((error: unknown) => error)
        if (!(result instanceof ImportError)) expect((result as CsvTable).rows).toBeDefined()
      }),
    )
  })

  it('gives back what was quoted, from its own line', async () => {
    const cell = fc.string({ unit: 'binary' }).map((text) => text.replace(/\r/g, '').trim())
    const row = fc.tuple(cell, cell).filter((cells) => cells.some((text) => text !== ''))
    await fc.assert(
      fc.asyncProperty(fc.array(row), fc.constantFrom(',', ';', '\t'), async (rows, delimiter) => {
        const line = (cells: string[]) => cells.map((c) => `"${c.replaceAll('"', '""')}"`).join(delimiter)
        const read = await table([line(['x', 'y']), ...rows.map(line)].join('\r\n'))
        expect(cellsOf(read)).toEqual(rows)
        let next = 2
        for (const [i, cells] of rows.entries()) {
          expect(read.rows[i].line).toBe(next)
          next += line(cells).split('\n').length
        }
      }),
    )
  })

  it.each(
    Object.entries<[string, [line: number, cells: string[]][]]>({
      'in front': row(',\n\n , \nid,x\na,1\n', [[5, ['a', '1']]]),
      between: row('id,x\n,\n,\na,1\n , \nb,2\n', [
        [4, ['a', '1']],
        [6, ['b', '2']],
      ]),
      behind: row('id,x\na,1\n,\n,', [[2, ['a', '1']]]),
      'with quotes': row('id,x\n"",""\na,1\n"",\nb,2', [
        [3, ['a', '1']],
        [5, ['b', '2']],
      ]),
      'inside a cell': row('id,x\n"a\n,\n\n,",1\n,\nb,2', [
        [2, ['a\n,\n\n,', '1']],
        [7, ['b', '2']],
      ]),
      'behind a quote that is doubled': row('id,x\n"a""",1\n,\n"b",2', [
        [2, ['a"', '1']],
        [4, ['b', '2']],
      ]),
    }),
  )('skips blank rows %s, and counts their lines', async (_, [text, expected]) => {
    const read = await table(text)
    expect(read.rows.map((row, i) => [row.line, cellsOf(read)[i]])).toEqual(expected)
  })

  it('has its cells in time, however many rows are blank', async () => {
    const blank = ',\n'.repeat(3_000_000)
    const before = process.cpuUsage()
    const read = await table(`id,x\n${blank}a,1\n${blank}`)
    expect([read.rows[0].line, cellsOf(read)]).toEqual([3_000_002, [['a', '1']]])
    expect(process.cpuUsage(before).user).toBeLessThan(1_500_000)
  })
})
