// Runs every example as its reader would and fails on the first that does not do what its README says.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const folder = mkdtempSync(join(tmpdir(), 'vmferry-examples-'))
const run = (...args) =>
  execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
const expect = (what, is, should) => {
  if (is !== should) throw new Error(`${what} is ${is}, expected ${should}`)
}

try {
  for (const name of ['four-nodes', 'maintenance-night']) {
    const problem = join('examples', name, 'problem.json')
    const file = join(folder, `${name}.json`)
    console.log(run('dist/cli/main.js', 'plan', problem))
    run('dist/cli/main.js', 'plan', problem, '-o', file)
    console.log(run('dist/cli/main.js', 'check', problem, file))
    const plan = JSON.parse(readFileSync(file, 'utf8'))
    expect(`${name}: status`, plan.status, 'optimal')
    if (name === 'four-nodes') expect('four-nodes: makespan', plan.makespanSeconds, 105)
    else expect('maintenance-night: restarts', plan.migrations.filter((m) => m.kind === 'restart').length, 1)
  }
  const night = join('examples', 'maintenance-night', 'problem.json')
  const planned = join(folder, 'maintenance-night.json')
  for (const [format, lines] of Object.entries({
    csv: /^vm,from,to,/,
    ics: /^BEGIN:VEVENT\r$/m,
    cau: /^Invoke-CauRun /m,
  })) {
    expect(
      `maintenance-night as ${format}`,
      lines.test(run('dist/cli/main.js', 'plan', night, '--format', format)),
      true,
    )
  }
  console.log(run('dist/cli/main.js', 'quiet', night, planned, '--duration', '2h'))
  console.log(run('dist/cli/main.js', 'explain', 'examples/four-nodes/problem.json', '--effort', '1'))
  const imported = join(folder, 'imported.json')
  const tables = ['nodes.csv', 'vms.csv'].map((name) => join('examples', 'import', name))
  const extras = ['moves', 'windows'].flatMap((name) => [
    `--${name}`,
    join('examples', 'import', `${name}.csv`),
  ])
  run('dist/cli/main.js', 'import', 'csv', ...tables, '--drain', 'HV01', '-q', '-o', imported)
  console.log(run('dist/cli/main.js', 'plan', imported))
  run(
    ...['dist/cli/main.js', 'import', 'csv', ...tables, ...extras],
    ...['--start', '2026-11-24T20:00:00+01:00', '-q', '-o', imported],
  )
  const moved = JSON.parse(run('dist/cli/main.js', 'plan', imported, '--format', 'json', '-q'))
  expect('import: status', moved.status, 'optimal')
  expect('import: makespan', moved.makespanSeconds, 395)
  const before = readFileSync(join(root, 'examples/maintenance-night/problem.json'), 'utf8')
  run('examples/maintenance-night/generate.mjs')
  const again = readFileSync(join(root, 'examples/maintenance-night/problem.json'), 'utf8')
  expect('maintenance-night: the generated file', again === before, true)
  console.log(run('examples/plan-folder.mjs', 'examples/batch', folder))
} finally {
  rmSync(folder, { recursive: true, force: true })
}
