/** The texts around the generated help. Descriptions are wrapped by commander; the rest is set for 80 columns. */
import { IMPORT_SOURCES, SOURCES } from '../import/sources.js'

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
  $ vmferry report cluster.json plan.json -o night.html  a page to look at
  $ vmferry explain cluster.json              why so long, why there, what would help?
  $ vmferry quiet cluster.json plan.json --duration 2h   when can backups run?
  $ vmferry replan cluster.json plan.json --journal j --now 45m   what is left?
  $ vmferry back cluster.json plan.json -o back.json   bring everything home
  $ vmferry learn cluster.json plan.json run.journal   how long do they take?
  $ vmferry batch clusters/ -o plans/         many clusters at once
  $ vmferry sweep cluster.json --vary night=7 which night is best?
  $ vmferry cpu Cascadelake..Icelake          can a VM move between these CPUs?
  $ vmferry collect -o Get-VmferryInventory.ps1   a script that reads Hyper-V
  $ vmferry import csv nodes.csv vms.csv --drain HV01 -o cluster.json
                                              a problem from an inventory
  $ vmferry serve --open                      the planner as a page in a browser
  $ vmferry help plan                         all options of a command

${EXIT_CODES}

${FORMAT_POINTER}`

export const PLAN_DESCRIPTION =
  'Plans the moves and drains that PROBLEM.json requests. The first interrupt (Ctrl-C) ends the search, and the best ' +
  'plan found so far is written; a second one quits.'

export const PLAN_HELP = `
Without --format a plan is a table on standard output; in a file the name
decides: .txt or .log for a table, .csv, .ics, .html and .svg for these, .mmd for
Mermaid, .ps1 for PowerShell, .json or no ending for JSON. Other endings are
refused.

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
  html        a page to look at, with a chart: see "vmferry report"
  svg         the chart alone, for light pages
  svg-dark    the same for dark ones
  mermaid     a Gantt chart in Mermaid's notation, for wikis and tickets

Examples:
  $ vmferry plan cluster.json -o night.html       to look at
  $ vmferry plan cluster.json -o night.ics        for the calendar
  $ vmferry plan cluster.json --time-limit 30     half a minute at most
  $ vmferry plan cluster.json --windows backups.ics   and the backups' calendar
  $ vmferry plan cluster.json --schedule rounds   a barrier after each round
  $ vmferry plan cluster.json --effort 5 --threads 0 -o plan.json
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
--relaxations 0 leaves the changes out, --effort 1 makes each of them quick. Of
many VMs fewer changes are planned by themselves, and the page is short: --all
shows all of it.
A time limit is shared: 40 % for the plan, the rest for the changes in turn;
what it cut is marked. The same problem, seed and effort give the same answer,
and "plan" with a change's patch applied gives the figures shown for it.

Without --format an explanation is a table on standard output; in a file the
name decides: .txt or .log for a table, .json or no ending for JSON.

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

export const REPORT_DESCRIPTION =
  'Writes PLAN.json as one HTML file: when the night ends, how sure that is and what is left; a chart; what is lost, warnings, ' +
  'who stays and what would help; nodes and migrations as tables. It needs no network, and no name in it can do anything.'

export const REPORT_HELP = `
The file opens from disk, in light or dark as the system has it, and prints on
A4 landscape. It is what "vmferry export --format html" writes; "vmferry plan"
writes it too, with -o night.html. A plan that breaks a rule is refused.

Examples:
  $ vmferry report cluster.json plan.json -o night.html
  $ vmferry plan cluster.json -o night.html

${EXIT_CODES}

${FORMAT_POINTER}`

export const SERVE_DESCRIPTION =
  'Serves the planner as a page for a browser on this machine: it plans there, in the browser, and nothing leaves it. Ctrl-C stops it.'

export const SERVE_HELP = `
It listens on 127.0.0.1 alone: no other machine reaches it, and pages of other
origins are not answered. What the page keeps, the browser keeps for that port.

With --api other programs of this machine plan by HTTP: docs/api.md. They show
a token, at least 16 letters and digits, which is in a file or in VMFERRY_TOKEN;
a line for each request goes to standard error, without anything of its content.
With --queue workers elsewhere make the plans: docs/batch.md.

Examples:
  $ vmferry serve --open
  $ vmferry serve --api --token-file token.txt --jobs 4

${EXIT_CODES}`
export const COLLECT_DESCRIPTION =
  'Writes Get-VmferryInventory.ps1, a script for Windows PowerShell that reads a Hyper-V cluster and changes nothing; ' +
  '"vmferry import hyperv" takes what it collects.'

export const COLLECT_HELP = `
Examples:
  $ vmferry collect -o Get-VmferryInventory.ps1
  PS> .\\Get-VmferryInventory.ps1 -Cluster CL01
  $ vmferry import hyperv vmferry-inventory.json --drain HV03 -o cluster.json

docs/collect.md in this package says what it reads, and what it needs.`

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
but those that the best span meets are named. Where no span is long enough, the
longest is named. The plan is taken at its word:
"vmferry check" judges it.

Without --format the answer is a table on standard output; in a file the name
decides: .txt or .log for a table, .json or no ending for JSON.

Examples:
  $ vmferry quiet cluster.json plan.json --duration 2h
  $ vmferry quiet cluster.json plan.json --duration 90m --until 8h
  $ vmferry quiet cluster.json plan.json --duration 1h30m --node HV01 --vm sql-07
  $ vmferry plan cluster.json --format json |
      vmferry quiet cluster.json - --duration 2h --format json

${EXIT_CODES}

docs/library.md in this package documents the JSON.
${FORMAT_POINTER}`

export const REHEARSE_DESCRIPTION =
  'Carries PLAN.json out some hundred times, with durations that are drawn: when the night ends, which windows are met, which ' +
  'migrations have to wait until a window is over, and on which of them the end hangs.'

export const REHEARSE_HELP = `
A night goes as the runbook goes: by dependency, each migration as soon as those
before it have ended, and after a window in which it would not end. Every time
is drawn evenly between the spread less and the spread more than planned.

Examples:
  $ vmferry rehearse cluster.json plan.json
  $ vmferry rehearse cluster.json plan.json --spread 40% --format json

${EXIT_CODES}

docs/learn.md in this package has more on how sure a plan is.
${FORMAT_POINTER}`

export const LEARN_DESCRIPTION =
  'Learns from journals how long migrations really take: how much of its links the cluster uses, the set-up, slow nodes, and VMs ' +
  'that take longer than their size says. It shows how far it misses what was left out, and writes nothing that is no better.'

export const LEARN_HELP = `
The nights are of one cluster, the newest last: it is the cluster as it is now.
What is written is a patch of durations by the ids of nodes and VMs: --learned of
the other commands applies it.

Examples:
  $ vmferry learn cluster.json plan.json night.journal -o learned.json
  $ vmferry learn old.json old-plan.json old.journal \\
      new.json new-plan.json new.journal -o learned.json
  $ vmferry plan cluster.json --learned learned.json

Exit codes:
  0  done
  1  internal error
  2  bad input or usage; nothing is written
  3  too little was seen, or nothing better was found: nothing is written

docs/learn.md in this package has the method and its limits.`

export const IMPORT_DESCRIPTION =
  'Makes a problem of the inventory of a cluster, as other tools export it. What the files tell is taken from them; what ' +
  'cannot be left to chance and is not told is asked for, all at once; what is assumed is listed with the file and the ' +
  'place in it. The problem is valid before anything is written.'

const SOURCE_LINES = IMPORT_SOURCES.map((source) => `  ${source.padEnd(8)}  ${SOURCES[source].files}`).join(
  '\n',
)

export const IMPORT_HELP = `
SOURCE is one of
${SOURCE_LINES}

By hand, two tables are enough (commas, semicolons or tabs; any order):
  nodes.csv   id,cpu,memoryMiB,migrationMbps
              HV01,Icelake-Server,786432,25000
  vms.csv     id,node,memoryMiB,state
              web-01,HV01,8192,running

Where the files do not tell a CPU for certain, the import ends with exit code 2,
and says what it read where, and which models are near. An option is the answer:
  --cpu HV03=Icelake-Server   for HV03, whatever the files say
  --cpu Icelake-Server        for every node whose CPU the files do not tell
"vmferry cpu LIST" shows the models. --mbps and --slots work alike, but without
NODE= they hold for all nodes. A value for one node goes before one for all.

Nodes go by any of their names: HV01, hv01, hv01.corp.example. Policies are not
set, but for --reserve; docs/format.md has them. Without --drain, --maintain and --moves the
problem requests nothing, and is there to be completed.

Examples:
  $ vmferry import csv nodes.csv vms.csv --drain HV01 -o cluster.json
  $ vmferry import csv nodes.csv vms.csv --moves moves.csv | vmferry plan -
  $ vmferry import rvtools inventory.xlsx --drain esx07 --cpu Icelake-Server \\
      --mbps 25000 --slots 4 --report assumed.txt -o cluster.json
  $ vmferry import hyperv cluster.json --drain HV01 --drain HV02=save \\
      --windows backups.csv --start 2026-11-24T20:00:00+01:00 -o night.json

Exit codes:
  0  done
  1  internal error
  2  bad input or usage, or a question; nothing is written

docs/import.md in this package documents each source and every column.`
export const REPLAN_DESCRIPTION =
  'Plans what is left of a run that has begun: what has ended stays, what is under way keeps its nodes busy, the rest is ' +
  'planned anew around it, failed migrations with it. The first interrupt (Ctrl-C) ends the search, and the best plan found ' +
  'so far is written; a second one quits.'

export const REPLAN_HELP = `
The journal is what the PowerShell runbook of a plan writes. What is left is an
ordinary problem, of which --now is second 0: --problem-out writes it, and
"vmferry check" judges the new plan by it. The result is no worse than going on
with the old plan, where that still keeps every rule. A VM is not sent again to
a node that it did not come to.

Examples:
  $ vmferry replan cluster.json plan.json --journal run.journal
      --now 2026-11-23T20:45:00+01:00 -o rest.json --problem-out left.json
  $ vmferry check left.json rest.json
  $ vmferry replan cluster.json plan.json --journal run.journal --now 45m
      --skip legacy-02
  $ vmferry replan cluster.json plan.json --journal run.journal --now 45m
      --avoid web-01=HV02 --down HV05

${EXIT_CODES}

docs/replan.md in this package documents the journal and what becomes of it.
${FORMAT_POINTER}`

export const BACK_DESCRIPTION =
  'Makes the problem that brings everything home: the cluster as PLAN.json leaves it, and a move for every VM that it has ' +
  'moved, to the node where PROBLEM.json has it.'

export const BACK_HELP = `
It is an ordinary problem: plan it, look at it, run it. Nodes to which VMs go
home count as up; one that a runbook has paused has to be resumed before
(start the runbook once more, or with -Resume). What was saved in place is home,
and is started by hand.

Examples:
  $ vmferry back cluster.json plan.json -o back.json
  $ vmferry back cluster.json plan.json --start 02:00 | vmferry plan -
  $ vmferry back cluster.json plan.json --journal run.jsonl -o back.json

Exit codes:
  0  done
  1  internal error
  2  bad input or usage; nothing is written

${FORMAT_POINTER}`
