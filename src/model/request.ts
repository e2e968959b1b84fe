/** What the user wants moved and emptied, in which order and by when. */

import { readBalance } from './balance.js'
import type { IdRegister } from './ids.js'
import { type IssueList, isArray, quote, show } from './issues.js'
import { type Maintenance, readMaintenance } from './maintenance.js'
import { readOrder } from './order.js'
import type { Instant, ResolvedNode, ResolvedProblem } from './problem.js'
import { drainSchema, explainText, isId, moveSchema, requestSchema } from './schema.js'
import { eachElement, parseObject } from './shape.js'
import { type InstantContext, readMoment } from './windows.js'

type Move = ResolvedProblem['moves'][number]
type Drain = ResolvedProblem['drains'][number]

/** Reads `request`; an empty list counts as given. */
export function readRequest(
  raw: unknown,
  nodes: readonly ResolvedNode[],
  nodeIds: IdRegister,
  vmIds: IdRegister,
  context: InstantContext,
): Pick<ResolvedProblem, 'moves' | 'drains' | 'order' | 'balance'> & Maintenance {
  const { issues } = context
  const { value, record } = parseObject(requestSchema, raw, 'request', issues)
  if (
    value !== undefined &&
    (value.moves ?? value.drain ?? value.maintenance ?? value.balance) === undefined
  ) {
    const message =
      'has neither "moves" nor "drain" nor "maintenance" nor "balance"; write at least one of them'
    issues.add('request', message)
  }
  if (record.balance !== undefined && record.maintenance !== undefined)
    issues.add(
      'request.balance',
      'stands beside maintenance, whose works say where VMs go; ask for one of them',
    )
  return {
    balance: readBalance(record.balance, nodes, issues),
    moves: readMoves(record.moves, nodeIds, vmIds, context),
    drains: readDrains(record.drain, nodeIds, context),
    order: readOrder(record.order, vmIds, issues),
    ...readMaintenance(record, nodeIds, context.start, issues),
  }
}

/** `bySeconds` as a property, or none: an instant that is none has been reported. */
function deadline(by: Instant | undefined, path: string, context: InstantContext): { bySeconds?: number } {
  const moment = by === undefined ? undefined : readMoment(by, `${path}.by`, context)
  return moment === undefined ? {} : { bySeconds: moment.seconds }
}

function readMoves(list: unknown, nodeIds: IdRegister, vmIds: IdRegister, context: InstantContext): Move[] {
  const { issues } = context
  const moves: Move[] = []
  const moved = new Map<string, string>()
  eachElement(list, 'request.moves', issues, (raw, path) => {
    const { value, record } = parseObject(moveSchema, raw, path, issues)
    vmIds.check(record.vm, `${path}.vm`)
    const { to, faulty } = readTargets(record.to, `${path}.to`, nodeIds, issues)
    if (value === undefined || faulty) return
    const first = moved.get(value.vm)
    if (first === undefined) moved.set(value.vm, path)
    else
      issues.add(`${path}.vm`, `${quote(value.vm)} is moved by ${first} already; write one move for each VM`)
    const { vm, durationSeconds, by } = value
    const end = deadline(by, path, context)
    moves.push(durationSeconds === undefined ? { vm, to, ...end } : { vm, to, durationSeconds, ...end })
  })
  return moves
}

/** `to`: the id of a node, a list of them, or left out. */
function readTargets(
  raw: unknown,
  path: string,
  nodeIds: IdRegister,
  issues: IssueList,
): { to: readonly string[] | undefined; faulty: boolean } {
  if (raw === undefined) return { to: undefined, faulty: false }
  if (!isArray(raw)) {
    if (isId(raw)) nodeIds.check(raw, path)
    else issues.add(path, explainText(raw, 'the id of a node, or a list of them'))
    return { to: [raw as string], faulty: !isId(raw) }
  }
  const places = new Map<string, string>()
  let faulty = raw.length === 0
  if (faulty) issues.add(path, 'is empty; write the ids of nodes, or leave it out for any')
  eachElement(raw, path, issues, (id, place) => {
    const first = isId(id) ? places.get(id as string) : undefined
    if (first !== undefined)
      issues.add(place, `${quote(id as string)} is ${first} already; name each node once`)
    else if (isId(id)) {
      nodeIds.check(id, place)
      places.set(id as string, place)
      return
    } else issues.add(place, explainText(id, 'the id of a node'))
    faulty = true
  })
  return { to: [...places.keys()], faulty }
}

function readDrains(list: unknown, nodeIds: IdRegister, context: InstantContext): Drain[] {
  const { issues } = context
  const drains: Drain[] = []
  const drained = new Map<string, string>()
  eachElement(list, 'request.drain', issues, (raw, path) => {
    const short = typeof raw === 'string'
    if (!short && (typeof raw !== 'object' || raw === null)) {
      issues.add(path, `${show(raw)} is neither the id of a node nor an object; write one of them`)
      return
    }
    const { value, record } = parseObject(drainSchema, short ? { node: raw } : raw, path, issues)
    const nodePath = short ? path : `${path}.node`
    nodeIds.check(record.node, nodePath)
    if (value === undefined) return
    const first = drained.get(value.node)
    if (first === undefined) drained.set(value.node, path)
    else issues.add(nodePath, `${quote(value.node)} is drained by ${first} already; name each node once`)
    const { node, mode, by } = value
    if (value.to !== undefined && mode === 'save')
      issues.add(
        `${path}.to`,
        'says where VMs go, and a drain with mode "save" leaves them where they are; leave one out',
      )
    const { to, faulty } = readTargets(value.to, `${path}.to`, nodeIds, issues)
    if (!faulty) drains.push({ node, mode, to, ...deadline(by, path, context) })
  })
  return drains
}
