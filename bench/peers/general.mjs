/** A general solver behind the interface of `one.mjs`: problem → model → answer → plan. */
import { modelOf, NotModelled } from './model.mjs'
import { planOf } from './to-plan.mjs'

export async function general(file) {
  const { start, solve } = await import(file)
  return {
    start,
    async solve(input, options) {
      let model
      try {
        model = modelOf(input)
      } catch (error) {
        if (error instanceof NotModelled) return { state: 'not modelled', detail: error.message }
        throw error
      }
      if (model.jobs.length === 0) {
        const answer = { chosen: [], start: [], bound: 0, proven: true }
        return { state: 'plan', plan: planOf(model, answer), secondsToBest: 0 }
      }
      const answer = await solve(model, options)
      // These models know no parking: where memory binds, what they prove holds among plans without it.
      const withoutParking = model.problem.policy.allowParking && model.scarce.some(({ departs }) => departs)
      const scope = withoutParking ? { scope: 'no parking' } : {}
      const { secondsToBest, flatSeconds } = answer
      const common = { ...scope, secondsToBest, ...(flatSeconds === undefined ? {} : { flatSeconds }) }
      if (answer.chosen === undefined)
        return { state: answer.infeasible ? 'infeasible' : 'nothing found', ...common }
      return { state: 'plan', ...common, plan: planOf(model, answer) }
    },
  }
}
