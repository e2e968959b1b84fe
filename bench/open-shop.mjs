/** An open-shop instance as migrations: jobs send, machines receive, each operation is one VM's move of the given duration. */
export function openShopProblem({ name, durations }) {
  const cpu = { vendor: 'Intel', features: [] }
  const node = (id) => ({ id, cpu, memoryMiB: 1e9, migrationMbps: 10000 })
  const nodes = [
    ...durations.map((_, j) => node(`job-${j}`)),
    ...durations[0].map((_, m) => node(`machine-${m}`)),
  ]
  const vms = []
  const moves = []
  durations.forEach((row, j) => {
    row.forEach((durationSeconds, m) => {
      if (durationSeconds === 0) return
      const vm = `operation-${j}-${m}`
      vms.push({ id: vm, node: `job-${j}`, memoryMiB: 1 })
      moves.push({ vm, to: `machine-${m}`, durationSeconds })
    })
  })
  return { version: 1, name, nodes, vms, request: { moves }, policy: { horizonSeconds: 2_000_000 } }
}
