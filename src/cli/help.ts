/** The texts around the generated help. Descriptions are wrapped by commander; the rest is set for 80 columns. */

export const SUMMARY =
  'Plans live migrations for Hyper-V clusters: which VM moves when, to where, in the shortest time and never inside ' +
  'a backup window; and says how far from the best possible the plan is.'

const EXIT_CODES = `Exit codes:
  0  done
  1  internal error
  2  bad input or usage; nothing is written
  3  a valid answer that leaves VMs unplaced, violations found, or no common
     quiet span`

const FORMAT_POINTER = `docs/format.md in this package documents the format of PROBLEM and PLAN;
examples/ has problems to start from.`

export const MAIN_HELP = `
Examples:
  $ vmferry plan cluster.json                 the plan as a table
  $ vmferry plan cluster.json -o plan.json    the plan as JSON
  $ vmferry check cluster.json plan.json      does that plan keep every rule?
  $ vmferry export cluster.json plan.json -o night.ps1   a script that runs it
  $ vmferry explain cluster.json              why so long, why there, what would help?
  $ vmferry quiet cluster.json plan.json --duration 2h   when can backups run?
  $ vmferry cpu Cascadelake..Icelake          can a VM move between these CPUs?
  $ vmferry help plan                         all options of a command

${EXIT_CODES}

${FORMAT_POINTER}`

export const PLAN_DESCRIPTION =
  'Plans the moves and drains that PROBLEM.json requests. The first interrupt (Ctrl-C) ends the search, and the best ' +
  'plan found so far is written; a second one quits.'

export const PLAN_HELP = `
Without --format a plan is a table on standard output; in a file the name
decides: .txt or .log for a table, .csv and .ics for these, .ps1 for PowerShell,
anything else JSON.

Formats:
  json        the plan as docs/format.md has it; all of it
  table       for reading
  csv         one line a migration, safe to open in a spreadsheet
  ics         a calendar, one event a migration; the problem needs a start
  ics-rounds  a calendar, one event a round; likewise
  cau         a command line for Cluster-Aware Updating: drained nodes in the
              order in which they are empty
  powershell  a script from which the night is run, stopped and resumed;
              docs/runbook.md

Examples:
  $ vmferry plan cluster.json -o night.ics        for the calendar
  $ vmferry plan cluster.json --time-limit 30     half a minute at most
  $ vmferry plan cluster.json --schedule rounds   a barrier after each round
  $ vmferry plan cluster.json --effort 5 -o plan.json
  $ some-export | vmferry plan - --format json > plan.json

${EXIT_CODES}

Environment:
  NO_COLOR, FORCE_COLOR  no colours, colours even where there is no terminal
  VMFERRY_DEBUG=1        internal errors show where they happened

${FORMAT_POINTER}`

export const EXPLAIN_DESCRIPTION =
  'Plans PROBLEM.json as "plan" does, and explains the plan: what its makespan rests on, where each VM can go and what ' +
  "keeps it from elsewhere, what fills each node's time. Then it changes the problem, one thing at a time, plans each " +
  'changed problem and says what would help most. The first interrupt (Ctrl-C) ends the search, and what has been ' +
  'found so far is written; a second one quits.'

export const EXPLAIN_HELP = `
It answers:
  Why does it take so long?   the node, set of nodes, VM or window that decides
  Why does sql-07 go there?   each node: the ways there, or what is missing:
                              CPU features, MiB, the VM in the way, the window
  What does HV02 do all night?  sending, receiving, windows, idle, in order
  What would help most?       one more slot, a faster link, a window moved, more
                              memory, a VM that may be restarted, ...: each is
                              planned, none is guessed

Every change is one more plan, so this takes as many times as long as "plan":
--relaxations 0 leaves the changes out, --effort 1 makes each of them quick.
A time limit is shared: 40 % for the plan, the rest for the changes in turn;
what it cut is marked. The same problem, seed and effort give the same answer,
and "plan" with a change's patch applied gives the figures shown for it.

Without --format an explanation is a table on standard output; in a file the
name decides: .txt or .log for a table, anything else JSON.

Examples:
  $ vmferry explain cluster.json
  $ vmferry explain cluster.json --vm sql-07 --relaxations 0   just this VM
  $ vmferry explain cluster.json --node HV02                   just this node
  $ vmferry explain cluster.json --format json -o why.json

${EXIT_CODES}

docs/explain.md in this package documents what an explanation holds.
${FORMAT_POINTER}`

export const CHECK_DESCRIPTION =
  'Lists every rule that PLAN.json breaks: rule, subject, instant, excess. It judges any plan, whoever made it, and ' +
  "shares no code with the planner's search."

export const CHECK_HELP = `
Examples:
  $ vmferry check cluster.json plan.json
  $ vmferry check cluster.json plan.json --format json
  $ vmferry plan cluster.json --format json | vmferry check cluster.json -

${EXIT_CODES}

${FORMAT_POINTER}`

export const EXPORT_DESCRIPTION =
  'Writes PLAN.json in another format, so that the plan that was reviewed is the plan that is run. A plan that breaks a ' +
  'rule of PROBLEM.json is refused.'

export const EXPORT_HELP = `
The formats are those of "vmferry plan"; without --format the same rules hold.
Violations are listed on standard error, and nothing is written then.

Examples:
  $ vmferry export cluster.json plan.json -o night.ps1       to run it
  $ vmferry export cluster.json plan.json --format table
  $ vmferry export cluster.json plan.json -o night.ics

${EXIT_CODES}

docs/runbook.md in this package documents the PowerShell script.
${FORMAT_POINTER}`

export const CPU_DESCRIPTION =
  'Shows the built-in table of server CPUs: all models, one of them, or what a VM loses and gains between two and whether ' +
  'it can move live.'

export const CPU_HELP = `
CPU is one of
  LIST      every model
  NAME      one model: its features, and what processor compatibility hides
  A..B      two: what a VM that was started on A lacks on B, and the other way

A model is named as in a problem ("Icelake-Server", "Haswell-noTSX"), by another
common name ("Cascade Lake", "Bergamo"), by family, model and stepping
("6-85-7", "Intel64 Family 6 Model 85 Stepping 7", "0x50657"), or by a brand
name where it tells the generation for certain. It never guesses: what may be
several models, or none, is an error that says what is missing.

Examples:
  $ vmferry cpu LIST
  $ vmferry cpu EPYC-Rome
  $ vmferry cpu 6-85-7..Icelake-Server-noTSX
  $ vmferry cpu "Intel(R) Xeon(R) Gold 6248 CPU @ 2.50GHz"
  $ vmferry cpu LIST --format json

Exit codes:
  0  done, also where no VM can move between the two
  1  internal error
  2  no such model, or bad usage

docs/cpu.md in this package has the table's sources and its limits.`

export const QUIET_DESCRIPTION =
  'Says when PLAN.json migrates nothing, so that backups can be put there: for each node and VM the spans of at least ' +
  '--duration, and the first one that all of them share.'

export const QUIET_HELP = `
Without --node and --vm all nodes share the best span; with them, those that
are named, each option as often as needed. Windows of the problem do not count,
but those that the best span meets are named. The plan is taken at its word:
"vmferry check" judges it.

Without --format the answer is a table on standard output; in a file the name
decides: .txt or .log for a table, anything else JSON.

Examples:
  $ vmferry quiet cluster.json plan.json --duration 2h
  $ vmferry quiet cluster.json plan.json --duration 90m --until 8h
  $ vmferry quiet cluster.json plan.json --duration 1h30m --node HV01 --vm sql-07
  $ vmferry plan cluster.json --format json |
      vmferry quiet cluster.json - --duration 2h --format json

${EXIT_CODES}

docs/library.md in this package documents the JSON.
${FORMAT_POINTER}`
