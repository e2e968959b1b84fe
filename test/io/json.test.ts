import { describe, expect, it } from 'vitest'
import { planToJson, violationsToJson } from '../../src/io/json.js'
import type { Plan } from '../../src/model/plan.js'
import { maintenanceNight, migration, plan } from './fixtures.js'

/** The same value with the keys of every object the other way round. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, entry]) => [key, reversed(entry)]),
  )
}

describe('planToJson', () => {
  it('writes keys in the order of the format, two spaces, one newline at the end', () => {
    const text = planToJson(plan([migration('v', 'A', 'B', 0, 31.25, { parking: true })]))
    expect(text).toBe(`{
  "version": 1,
  "problem": "sample",
  "status": "optimal",
  "proven": true,
  "schedule": "timeline",
  "makespanSeconds": 31.25,
  "lowerBoundSeconds": 31.25,
  "gap": 0,
  "cost": 31.25,
  "costLowerBound": 31.25,
  "migrations": [
    {
      "vm": "v",
      "from": "A",
      "to": "B",
      "kind": "live",
      "startSeconds": 0,
      "endSeconds": 31.25,
      "round": 0,
      "blackoutSeconds": 0.1,
      "lostOffloads": [],
      "lostFeatures": [],
      "parking": true
    }
  ],
  "unplaced": [],
  "drained": [],
  "warnings": [],
  "statistics": {
    "runtimeSeconds": 0.21,
    "seed": 0,
    "lpSolves": 12,
    "columns": 340,
    "roundsScored": 2000000,
    "evaluations": 900000,
    "bound": "matching-lp"
  }
}
`)
  })

  it('does not depend on the order in which keys were set, and loses nothing', () => {
    const night = maintenanceNight().plan
    night.statistics.zeta = 1
    night.statistics.alpha = 'x'
    // Node ids are data and keep their order; with one entry there is only one.
    night.unplaced[0].nodes = { HV04: 'cpu-features' }
    const text = planToJson(night)
    expect(planToJson(reversed(night) as Plan)).toBe(text)
    expect(JSON.parse(text)).toEqual(night)
  })

  it('refuses numbers that JSON cannot hold', () => {
    expect(() => planToJson(plan([], { gap: Number.NaN }))).toThrow('"gap" is NaN')
  })

  it('escapes what a terminal would obey, without changing the value', () => {
    const id = '\x1b\u009b\u007f\u202e\u2066x'
    const text = planToJson(plan([migration(id, 'A', 'B', 0, 1)]))
    expect(text).toContain('"\\u001b\\u009b\\u007f\\u202e\\u2066x"')
    expect(JSON.parse(text).migrations[0].vm).toBe(id)
  })
})

describe('violationsToJson', () => {
  it('is an array, empty where the plan is right', () => {
    expect(violationsToJson([])).toBe('[]\n')
    expect(JSON.parse(violationsToJson([{ message: 'm', subject: 's', rule: 'slots' }]))).toEqual([
      { rule: 'slots', subject: 's', message: 'm' },
    ])
  })
})
