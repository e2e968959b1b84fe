/** Outputs of Proxmox VE that are easily taken for those that an import needs: what they are, and the command for the right one. */
import { importFault } from '../failure.js'
import type { JsonObject } from '../json.js'

const RESOURCES = 'pvesh get /cluster/resources --output-format json'
const RULES = 'pvesh get /cluster/ha/rules --output-format json'

const TEXTS: readonly (readonly [pattern: RegExp, what: string, right: string])[] = [
  [/^(?:resource|node)-affinity[ \t]*:/m, 'the HA rules as /etc/pve/ha/rules.cfg has them', RULES],
  [
    /^group[ \t]*:[ \t]*\S+[ \t\r]*\n[ \t]+nodes[ \t]/m,
    'the HA groups as /etc/pve/ha/groups.cfg has them',
    RULES,
  ],
  [/^(?:vm|ct)[ \t]*:[ \t]*\d+[ \t\r]*$/m, 'the HA resources as /etc/pve/ha/resources.cfg has them', RULES],
  [
    /^(?:dir|lvm|lvmthin|zfspool|rbd|cephfs|nfs|cifs|iscsi|pbs|btrfs)[ \t]*:[ \t]*[\w.-]+[ \t\r]*\n[ \t]+\S/m,
    'the storages as /etc/pve/storage.cfg has them',
    RESOURCES,
  ],
  [/^[ \t]*(?:totem|nodelist|quorum)[ \t]*\{/m, 'the configuration of corosync', RESOURCES],
  [/^[ \t]*[┌╔╒]/m, 'a table as pvesh prints it for people', 'the same with --output-format json behind it'],
  [/^[ \t]*VMID[ \t]+NAME[ \t]+STATUS\b/m, 'the output of qm list, which has the VMs of one node', RESOURCES],
  [/^Cluster information[ \t\r]*$/m, 'the output of pvecm status', RESOURCES],
  [/^quorum[ \t]+OK[ \t\r]*$/m, 'the output of ha-manager status', RULES],
]

const has =
  (...keys: string[]) =>
  (row: JsonObject): boolean =>
    keys.every((key) => Object.hasOwn(row, key))

const LISTS: readonly (readonly [test: (row: JsonObject) => boolean, what: string, right: string])[] = [
  [has('type', 'quorate'), 'the output of pvesh get /cluster/status', RESOURCES],
  [has('nodeid', 'online'), 'the output of pvesh get /cluster/status', RESOURCES],
  [has('ssl_fingerprint'), 'the output of pvesh get /nodes, which has no VMs', RESOURCES],
  [(row) => has('vmid')(row) && !has('type')(row), 'the guests of one node', RESOURCES],
  [(row) => has('sid')(row) && !has('rule')(row), 'the output of pvesh get /cluster/ha/resources', RULES],
  [has('group', 'nodes'), 'the output of pvesh get /cluster/ha/groups', RULES],
  [has('storage', 'content', 'avail'), 'the storages of one node', RESOURCES],
]

/** @throws ImportError */
export function refuseForeignText(file: string, text: string): void {
  const found = TEXTS.find(([pattern]) => pattern.test(text))
  if (found !== undefined) throw importFault(file, `${found[1]}; give ${found[2]}`)
}

/** @throws ImportError */
export function refuseForeignRows(file: string, rows: readonly JsonObject[]): void {
  const found = LISTS.find(([test]) => rows.some(test))
  if (found !== undefined) throw importFault(file, `${found[1]}; give ${found[2]}`)
}
