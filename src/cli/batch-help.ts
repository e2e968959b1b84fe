/** The texts around the generated help of the commands that make many plans, set for 80 columns. */

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

Exit codes:
  0  all problems are planned, and no plan leaves a VM
  1  internal error
  2  bad input or usage; nothing is planned
  3  some problem has no plan, some plan leaves VMs, or it was interrupted

docs/batch.md in this package has all of it.`
