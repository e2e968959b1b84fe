/** Files that are given in the place of another: what they are, and where they belong. */
import type { DocumentKind } from '../io/document-kind.js'
import { CliError } from './failure.js'

const NAMES: Readonly<Record<DocumentKind, string>> = {
  learned: 'what "vmferry learn" wrote: give it with --learned',
  problem: 'a problem: "vmferry plan" makes a plan of it',
  plan: 'a plan: it goes behind its problem, as in "vmferry check PROBLEM.json PLAN.json"',
  journal: 'the journal of a run: give it with "vmferry replan … --journal"',
  inventory: 'an inventory: import it first, as in "vmferry import hyperv FILE -o problem.json"',
  calendar: 'a calendar: give it with --windows',
  table: 'a table: import it first, as in "vmferry import csv NODES.csv VMS.csv -o problem.json"',
  runbook: 'a PowerShell script',
}

const WANTED: Readonly<Partial<Record<DocumentKind | 'parameters', string>>> = {
  inventory: 'an inventory',
  parameters: 'a file of parameters',
  learned: 'what "vmferry learn" wrote',
}

/** @throws CliError where the file is of another kind than `wanted` */
export function refuseMisplaced(
  label: string,
  found: DocumentKind | undefined,
  wanted: DocumentKind | 'parameters',
): void {
  if (found !== undefined && found !== wanted)
    throw new CliError(`${label}: this is ${NAMES[found]}; here goes ${WANTED[wanted] ?? `a ${wanted}`}`)
}
