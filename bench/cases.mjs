/** The cases that a benchmark is run on: problems, folders of problems, files of open-shop instances. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { openShopProblem } from './open-shop.mjs'

const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'))

/** Undefined where there is no such file; a file that is no JSON is an error. */
function readIfThere(path) {
  return statSync(path, { throwIfNoEntry: false }) === undefined ? undefined : readJson(path)
}

/** What is known of a problem: a cost that was reached, and a bound. Seconds. */
function bestKnown(path) {
  const name = basename(path, '.json')
  const best =
    readIfThere(path.replace(/\.json$/, '.best.json')) ??
    readIfThere(join(dirname(path), 'best.json'))?.[name]
  if (best === undefined) return {}
  return {
    cost: best.cost ?? best.optimumSeconds ?? best.makespanSeconds,
    bound: best.bound ?? best.lowerBoundSeconds,
    unplaced: best.unplacedCount,
  }
}

/**
 * Every case of the paths, in natural order of file names: `{ name, problem, best }`. A path is a problem, a folder of problems, or
 * a JSON array of open-shop instances (`{ name, durations, optimum }`). Best-known values stand in NAME.best.json beside a
 * problem, or under its name in best.json of its folder.
 *
 * @param filter only cases whose name contains this text
 */
export function* casesOf(paths, filter = '') {
  for (const path of paths) {
    const files = statSync(path).isDirectory()
      ? readdirSync(path)
          .filter((f) => f.endsWith('.json') && !f.endsWith('best.json'))
          .sort(new Intl.Collator('en', { numeric: true }).compare)
          .map((f) => join(path, f))
      : [path]
    for (const file of files) {
      const content = readJson(file)
      if (Array.isArray(content)) {
        for (const instance of content) {
          if (!instance.name.includes(filter)) continue
          const best = { cost: instance.optimum, bound: instance.optimum }
          yield { name: instance.name, problem: openShopProblem(instance), best }
        }
      } else if (basename(file, '.json').includes(filter)) {
        yield { name: basename(file, '.json'), problem: content, best: bestKnown(file) }
      }
    }
  }
}

/** Middle value, or the mean of the two in the middle; NaN of none. */
export function median(list) {
  const sorted = [...list].sort((a, b) => a - b)
  if (sorted.length === 0) return Number.NaN
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2
}
