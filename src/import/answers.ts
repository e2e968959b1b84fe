/** What the user said for single nodes, or for all of them. */
import { quote } from '../model/issues.js'
import type { FaultList } from './failure.js'
import type { Origin } from './inventory.js'
import type { NodeNames } from './names.js'
import type { ForNode } from './options.js'

export interface Answer<T> {
  value: T
  /** The option as given. */
  origin: Origin
}

/** By node id, and one for all others. */
export interface Answers<T> {
  byNode: ReadonlyMap<string, Answer<T>>
  all: Answer<T> | undefined
}

/** @param option as messages call it, `--cpu` */
export function readAnswers<T extends string | number>(
  option: string,
  list: readonly ForNode<T>[] | undefined,
  names: NodeNames,
  faults: FaultList,
): Answers<T> {
  const byNode = new Map<string, Answer<T>>()
  let all: Answer<T> | undefined
  for (const { node, value } of list ?? []) {
    const origin = { file: `${option} ${node === undefined ? '' : `${node}=`}${value}`, place: '' }
    if (node === undefined) {
      if (all === undefined) all = { value, origin }
      else faults.add(origin, `given for all nodes already, as ${quote(all.origin.file)}; give it once`)
      continue
    }
    const { id, fault } = names.find(node)
    if (id === undefined) faults.add(origin, `${quote(node)} ${fault}`)
    else if (byNode.has(id)) faults.add(origin, `given for ${quote(id)} twice; give it once for each node`)
    else byNode.set(id, { value, origin })
  }
  return { byNode, all }
}
