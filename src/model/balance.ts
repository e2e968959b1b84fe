/** `request.balance`: how even the loads of nodes are to be, and with how many migrations. */
import { type IssueList, quote } from './issues.js'
import type { Balance, BalanceMetric, ResolvedNode } from './problem.js'
import { balanceMetricSchema, balanceSchema } from './schema.js'
import { eachElement, parseObject, parseValue } from './shape.js'

/** @param nodes those without faults: the loads of CPUs need `cores` of each. */
export function readBalance(
  raw: unknown,
  nodes: readonly ResolvedNode[],
  issues: IssueList,
): Balance | undefined {
  if (raw === undefined) return undefined
  const path = 'request.balance'
  const { value, record } = parseObject(balanceSchema, raw, path, issues)
  const of: BalanceMetric[] = []
  eachElement(record.of, `${path}.of`, issues, (each, place) => {
    const metric = parseValue(balanceMetricSchema, each, place, issues)
    if (metric === undefined) return
    if (of.includes(metric)) issues.add(place, `${quote(metric)} is in the list already; write it once`)
    else of.push(metric)
  })
  if (value === undefined) return undefined
  if (value.of.length === 0) issues.add(`${path}.of`, 'is empty; write "memory", "cpu" or both')
  if (of.includes('cpu'))
    nodes.forEach(({ cores, id }, n) => {
      if (cores !== undefined) return
      issues.add(
        `nodes[${n}].cores`,
        `is missing on ${quote(id)}; request.balance asks for "cpu": write its logical processors`,
      )
    })
  return { of, within: value.within, maxMigrations: value.maxMigrations ?? Number.POSITIVE_INFINITY }
}
