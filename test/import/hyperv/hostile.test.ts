/** Whatever a file holds, the reader answers with an inventory or with faults. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InvalidProblemError } from '../../../src/errors.js'
import { ImportError } from '../../../src/import/failure.js'
import { parseCoreinfo } from '../../../src/import/hyperv/cpu.js'
import { COLLECTED_TABLES } from '../../../src/import/hyperv/kinds.js'
import { readHyperV } from '../../../src/import/hyperv/read.js'
import { asInstant, asMinutes, asNumber, asText, asTexts, unwrap } from '../../../src/import/hyperv/values.js'
import type { InputFile } from '../../../src/import/inventory.js'
import { importProblem } from '../../../src/on-demand.js'
import { cases } from '../../cases.js'
import { collected, file, type Json } from './fixtures.js'

/** Values that PowerShell may write, and that it would not. */
const WORDS =
  `2 Running True HV01 hv02.corp.example vm-1 __proto__ constructor ? System.Object[] 12:00:00 10.0.0.0/24
  /Date(1700000000000)/ /Date(99999999999999)/`.split(/\s+/)
const NUMBERS = [-1, 0, 2, 3, 9, 2 ** 60, 1e308, -0]
const OBJECTS = [{}, [], [[]], { Ticks: 1e12 }, { Name: { Name: 'x' } }]
const ENUMS = [{ value: 2, Value: 'Running' }, { value: { value: [1] } }]
const value = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom<unknown>('', ' ', ...WORDS, ...NUMBERS, ...OBJECTS, ...ENUMS),
)

/** Names of fields of the cmdlets. */
const KEYS = `Name State MemoryAssigned MemoryStartup ComputerName OwnerNode Priority RuleType OwnerNodes ClusterObject
  Groups Enabled Role Address AddressMask Subnet IPAddress PrefixLength InterfaceDescription LinkSpeed Speed VMId
  VMName CompatibilityForMigrationEnabled MemoryCapacity DrainStatus FreePhysicalMemory Manufacturer NumberOfCores
  AntiAffinityClassNames MaximumParallelMigrations __proto__ TotalPhysicalMemory SnapshotType IovUsage Chimney`

/** The collected file with some values replaced, rows repeated and tables dropped. */
const mutated = fc
  .array(fc.tuple(fc.nat(), fc.nat(), fc.nat(), value, fc.integer({ min: 0, max: 5 })), { maxLength: 8 })
  .map((changes) => {
    const document = structuredClone(
      collected({
        Backups: [{ Schedule: 'Daily', Time: '01:00', DurationMinutes: 5, Clock: '2026-01-01T00:00Z' }],
      }),
    )
    const tables = Object.keys(COLLECTED_TABLES)
    for (const [table, row, column, next, how] of changes) {
      const name = tables[table % tables.length]
      document[name] ??= [{}]
      const rows = document[name] as Json[]
      if (!Array.isArray(rows) || rows.length === 0) continue
      const target = rows[row % rows.length]
      if (how === 0) document[name] = next
      else if (how === 1) rows.push(structuredClone(target))
      else if (typeof target === 'object' && target !== null) {
        const keys = Object.keys(target)
        if (how === 2) delete target[keys[column % Math.max(1, keys.length)]]
        else target[keys[column % Math.max(1, keys.length)] ?? 'Name'] = next
      }
    }
    return document
  })

async function survives(files: InputFile[]): Promise<void> {
  const inventory = readHyperV(files)
  for (const { origin, message } of inventory.issues) {
    expect(files.map(({ name }) => name)).toContain(origin.file)
    expect(message).not.toBe('')
  }
  try {
    await importProblem('hyperv', files, {
      start: '2026-11-25T20:00:00+01:00',
      cpu: [{ value: 'Icelake-Server' }],
    })
  } catch (error) {
    expect(error).toBeInstanceOf(ImportError)
    expect(error).not.toBeInstanceOf(InvalidProblemError)
  }
}

describe('the reader', () => {
  it('survives any JSON', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), (json) => survives([file(json)])),
      { numRuns: cases(1100) },
    )
  })

  it('survives any change to a good file', async () => {
    await fc.assert(
      fc.asyncProperty(mutated, (document) => survives([file(document)])),
      { numRuns: cases(1650) },
    )
  })

  it('survives rows of any cmdlet with any values', async () => {
    const keys = fc.constantFrom(...KEYS.split(/\s+/))
    const rows = fc.array(fc.dictionary(keys, value, { maxKeys: 6 }), { maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(fc.array(rows, { minLength: 1, maxLength: 3 }), (each) =>
        survives(each.map((r, i) => file(r, `${i}`))),
      ),
      { numRuns: cases(1650) },
    )
  })

  it('survives any bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), (bytes) => survives([{ name: 'x', bytes }])),
      { numRuns: cases(1100) },
    )
  })

  it('is done in time with many rows', () => {
    const Vms = Array.from({ length: 20_000 }, (_, n) => ({
      Node: 'HV01',
      Name: `v${n}`,
      State: 2,
      MemoryAssigned: 2 ** 30,
      IsClustered: true,
    }))
    const Addresses = Array.from({ length: 20_000 }, (_, n) => ({
      Node: 'HV01',
      IPAddress: `10.${n >> 8}.${n & 255}.1`,
      InterfaceIndex: n,
    }))
    const ClusterNetworks = Array.from({ length: 2_000 }, (_, n) => ({
      Name: `n${n}`,
      Id: `${n}`,
      Role: 1,
      Address: `11.0.${n & 255}.0`,
      AddressMask: '255.255.255.0',
    }))
    const begin = performance.now()
    readHyperV([
      file(
        collected({
          Vms,
          Addresses,
          ClusterNetworks,
          Adapters: [{ Node: 'HV01', Name: 'a', InterfaceIndex: 1, Speed: 1e9 }],
        }),
      ),
    ])
    expect(performance.now() - begin).toBeLessThan(20_000)
  })
})

describe('values', () => {
  it('are read without an exception', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        for (const read of [asText, asTexts, asNumber, asMinutes, asInstant, unwrap]) read(json)
      }),
    )
    fc.assert(fc.property(fc.string(), (text) => void parseCoreinfo(text)))
  })
})
