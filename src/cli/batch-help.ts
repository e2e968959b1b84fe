/** The texts around the generated help of the commands that make many plans, set for 80 columns. */

const QUEUE_ENVIRONMENT = `Environment:
  VMFERRY_QUEUE           URL of the Redis, where --queue has none
  VMFERRY_REDIS_USERNAME, VMFERRY_REDIS_PASSWORD
                          where the URL has none: a command line is seen by others
  VMFERRY_REDIS_CA        with rediss://: a file of the authority's certificate`

export const BATCH_DESCRIPTION =
  'Plans every problem, several at once, each as "vmferry plan" would. A bad problem stops no other. Stopped, by the ' +
  'first interrupt (Ctrl-C) or by anything else, and started again, a batch into a folder goes on where it was.'

export const BATCH_HELP = `
Into a folder (-o plans/), each problem NAME.json gets NAME.plan.json, or
NAME.error.json where it is none; folders within folders are kept. What is there
already, made of the same problem with the same options by the same version, is
not planned again. Into JSON Lines (-o plans.jsonl, or standard output) each
problem gets a line {"index", "name", "plan" or "error"}, in their order. A
problem of JSON Lines is one line, and is named after its number.

Examples:
  $ vmferry batch clusters/ -o plans/             as many at once as cores
  $ vmferry batch clusters/ -o plans/ --effort 4 --jobs 8
  $ vmferry batch a.json b.json -o plans/ --timeout 600
  $ cat problems.jsonl | vmferry batch - > plans.jsonl
  $ vmferry batch clusters/ -o plans/ --queue redis://queue:6379   by workers

Exit codes:
  0  all problems are planned, and no plan leaves a VM
  1  internal error
  2  bad input or usage; nothing is planned
  3  some problem has no plan, some plan leaves VMs, or it was interrupted

${QUEUE_ENVIRONMENT}

docs/batch.md in this package has all of it.`

export const WORKER_DESCRIPTION =
  'Takes problems of a queue (BullMQ over Redis), plans them, and puts the plans in their place, until it is stopped. ' +
  'As many may listen to one queue as there are machines; each takes what is next.'

export const WORKER_HELP = `
It needs the packages bullmq and ioredis, and prom-client with --listen:
npm install bullmq ioredis prom-client

SIGTERM (Ctrl-C) ends it: it takes no more, and ends with the jobs that are
under way. One that dies with a job loses it to another worker. Batches and
workers of one version of vmferry meet, since plans of two versions may differ.

Examples:
  $ vmferry worker --queue redis://localhost:6379
  $ vmferry worker --queue rediss://queue.example.com:6380 --jobs 8
  $ vmferry worker --queue --listen 0.0.0.0:9464   in a container

${QUEUE_ENVIRONMENT}

docs/batch.md in this package has all of it.`

export const SWEEP_DESCRIPTION =
  'Plans PROBLEM.json under every combination of the settings of --vary, several at once, and compares the plans: the ' +
  'best, and those that no other beats in makespan, penalties, migrations and free memory at once.'

export const SWEEP_HELP = `
What can be varied, the last changing fastest:
  slots=1,2           migrations that every node takes part in at once
  start=20:00..23:00/30m    second 0: times of the problem's day and zone
                      (--zone keeps a zone's clock), with dates, or instants
  night=7             so many nights, from that of the problem on
  drain=HV01|HV02+HV03    nodes to empty: | between alternatives, + between nodes
  policy.KEY=VALUES   any key of the policy, as policy.allowParking=true,false
  effort=1..5  seed=0..9  schedule=timeline,rounds
Numbers are lists and ranges: 1,2,4 or 1..4 or 10..50/10. Windows that are
instants stay where they are when the start moves.

Without --format the comparison is a table; in a file the name decides: .txt or
.log for a table, .json, .csv, .svg for a chart.

Examples:
  $ vmferry sweep cluster.json --vary night=7 --zone Europe/Berlin
                                          when is the best night this week?
  $ vmferry sweep cluster.json --vary slots=1,2 --vary start=20:00..23:00/30m
  $ vmferry sweep cluster.json --vary 'drain=HV01|HV02+HV03' -o sweep.svg

Exit codes:
  0  every plan places all VMs
  1  internal error
  2  bad input or usage; nothing is planned
  3  some plan leaves VMs or has failed, or it was interrupted

docs/batch.md in this package has all of it.`
