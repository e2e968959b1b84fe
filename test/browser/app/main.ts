// Plans in the page (the LP in the library's own worker) and in a worker of the page's own; the test reads both off the window.
import { type Plan, type PlanOptions, type Problem, plan } from 'vmferry'

declare global {
  interface Window {
    planInPage(problem: Problem, options?: PlanOptions): Promise<Plan>
    planInWorker(problem: Problem, options?: PlanOptions): Promise<Plan>
  }
}

window.planInPage = (problem, options) => plan(problem, options)
window.planInWorker = (problem, options) =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./planner.ts', import.meta.url), { type: 'module' })
    worker.onmessage = ({ data }) => resolve(data as Plan)
    worker.onerror = (event) => reject(new Error(event.message))
    worker.postMessage({ problem, options })
  })
