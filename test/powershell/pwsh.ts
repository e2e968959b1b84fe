/** A real PowerShell, in which scripts run against stand-ins for the cmdlets of a Hyper-V cluster (standins/, host.ps1). */
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** Of PowerShell 7: the one that `PWSH` names, that of .ci/run, or one on the path; undefined where there is none. */
export const pwshPath: string | undefined = [
  process.env.PWSH ?? '',
  join(import.meta.dirname, '../../build/powershell/pwsh'),
  'pwsh',
].find(
  // On Windows the scripts go on in Windows PowerShell, which has no stand-ins.
  (path) =>
    path !== '' &&
    process.platform !== 'win32' &&
    spawnSync(path, ['-Version'], { stdio: 'ignore' }).status === 0,
)

if (pwshPath === undefined)
  console.warn('no PowerShell 7 (pwsh) here, or this is Windows: what needs it is not tested')

/** The cluster, as standins/World.cs has it; what is left out has its default there. */
export interface World {
  now: number
  nodes: Partial<WorldNode>[]
  vms: Partial<WorldVm>[]
  trace: TraceEntry[]
  refusals: { atSeconds: number; message: string }[]
  /** What was set of the cluster and of its nodes, in order: `HV03 Paused`, `AutoBalancerMode 0`. */
  settings: string[]
  happenings: Happening[]
  courses: Record<string, Partial<Course>[]>
  /** By node: of each call of the administrator's script in order. */
  workCourses: Record<string, Partial<WorkCourse>[]>
  workTrace: WorkEntry[]
  /** Seconds by `vm from to`, or by `vm`; else 60. */
  planned: Record<string, number>
  spread: number
  seed: number
  version: number
  maximumParallelMigrations: number
  autoBalancerMode: number
  answers: boolean
  uncancellable: string[]
  incompatible: Record<string, Record<number, string>>
  costs: Record<string, number>
  jobsHaveReasons: boolean
  tables: Record<string, Record<string, unknown>[]>
  errors: Record<string, string>
}

export interface WorldNode {
  name: string
  memoryMiB: number
  state: 'Up' | 'Down' | 'Paused'
  answers: boolean
  statusInformation: string
  maximumVirtualMachineMigrations: number
}

export interface WorldVm {
  name: string
  id: string
  node: string
  memoryMiB: number
  state: 'Running' | 'Off' | 'Saved' | 'Paused'
  busy: string
  phase: number
  failed: boolean
  compatibility: boolean
  allowedNodes: string[]
}

export interface WorkCourse {
  /** `down`: the script ends, and the node does not come back. */
  fate: 'ends' | 'fails' | 'down'
  seconds: number
  code: number
}

export interface WorkEntry {
  node: string
  startSeconds: number
  endSeconds?: number | null
  outcome?: string | null
}

export interface Course {
  fate: 'ends' | 'fails' | 'sticks' | 'refused' | 'thrown' | 'saved' | 'broken'
  seconds: number
  queue: number
  message: string
}

/**
 * What happens by itself at an instant: `set` to the VM, the node or the cluster; `move`: somebody migrates the VM there; `full`: the disk of
 * the file is full, until `free`.
 */
export interface Happening {
  at: number
  vm?: string
  node?: string
  move?: string
  full?: string
  free?: string
  set?: Record<string, unknown>
}

export interface TraceEntry {
  vm: string
  kind: 'live' | 'quick' | 'stop' | 'start' | 'save'
  from: string
  to: string
  startSeconds: number
  endSeconds?: number | null | undefined
  outcome?: 'ended' | 'failed' | 'cancelled' | null
  foreign?: boolean
}

export type ScriptArguments = Record<string, string | number | boolean | string[]>

export interface ScriptRequest {
  path: string
  arguments: ScriptArguments
  prelude?: string
  dotSource?: boolean
  constrained?: boolean
  /** Modules that are missing. */
  without?: string[]
  answers?: string[]
  endAtCall?: number
  endAtSeconds?: number
  endBy?: 'kill' | 'stop' | 'process'
  folder?: string
  saveTo?: string
}

export interface ScriptResult {
  exitCode: number | null
  error: string | null
  /** It was ended before its end. */
  ended: boolean
  calls: number
  shown: { stream: 'host' | 'warning' | 'error' | 'question'; text: string; atSeconds: number }[]
  output: string[]
  /** Variables and functions that it left behind in the session. */
  left: string[]
}

/** One process for many runs. Requests wait for each other. */
export class Pwsh {
  readonly #process: ChildProcessWithoutNullStreams
  readonly #waiting: { resolve: (text: string) => void; reject: (error: Error) => void }[] = []
  #errors = ''

  constructor() {
    if (pwshPath === undefined) throw new Error('there is no pwsh')
    const cache = join(tmpdir(), 'vmferry-stand-ins')
    const host = join(import.meta.dirname, 'host.ps1')
    this.#process = spawn(pwshPath, ['-NoProfile', '-File', host, '-Cache', cache], {
      // Local times in what is shown are those of the examples.
      env: { ...process.env, TZ: 'Europe/Berlin', LC_ALL: 'C.UTF-8', POWERSHELL_UPDATECHECK: 'Off' },
    })
    this.#process.stderr.on('data', (data) => {
      this.#errors += data
    })
    createInterface({ input: this.#process.stdout }).on('line', (line) => {
      if (line.startsWith('\u0001')) this.#waiting.shift()?.resolve(line.slice(1))
      else if (line.startsWith('\u0002')) this.#waiting.shift()?.reject(new Error(line.slice(1)))
      else this.#errors += `${line}\n`
    })
    this.#process.on('exit', () => {
      for (const { reject } of this.#waiting.splice(0)) reject(new Ended(`pwsh has ended ${this.#errors}`))
    })
  }

  async #ask<T>(request: object): Promise<T> {
    const answer = await new Promise<string>((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
      this.#process.stdin.write(`${JSON.stringify(request)}\n`)
    })
    return JSON.parse(answer)
  }

  build = (world: Partial<World>) => this.#ask<null>({ world })
  load = (path: string) => this.#ask<null>({ load: path })
  look = () => this.#ask<World>({ look: true })
  advance = (seconds: number) => this.#ask<null>({ advance: seconds })
  set = (change: Omit<Happening, 'at'>) => this.#ask<null>({ set: { at: 0, ...change } })
  run = (run: ScriptRequest) => this.#ask<ScriptResult>({ run })

  end(): void {
    this.#process.stdin.end()
  }
}

/** The process has ended, as by SIGKILL. */
export class Ended extends Error {}
