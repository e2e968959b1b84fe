/** What a night's decoder can be told: how early nodes are emptied, and what counts in choosing targets. No setting is best everywhere. */

export interface Settings {
  /** Nodes that are emptied at once, crews aside. */
  ahead: number
  /** A node begins to be emptied that much of its estimated time before its work could begin. */
  lead: number
  /** Nodes that may be taken before the next one of the order, where their works could begin earlier. */
  skip: number
  /** Weight of the time until a target is in service, … */
  wait: number
  /** … until windows admit the migration, … */
  window: number
  /** … of what is on its way there already, … */
  busy: number
  /** … of having to leave it again, … */
  again: number
  /** … of memory that would be left there, … */
  fit: number
  /** … and of chance. */
  noise: number
  /** Short migrations of a node first (1), or long ones. */
  small: number
  /** Targets are chosen first for VMs that take longest for their memory, not for the largest: never (0), where not all can leave (1), always (2). */
  slowFirst: number
  /** VMs of a node that waits for room trade places with quicker ones. */
  exchange: boolean
  /** VMs go home before others make room. */
  retFirst: boolean
  /** Share of the VMs that go home as soon as their node is done; the others go when they have to, or at the end. */
  homing: number
  /** While all crews work, VMs come home for which others make room that do not belong there. */
  calm: boolean
  /** Targets under work are not waited for. */
  noWork: boolean
  /** A node may be emptied in part, until there is room for the rest. */
  partial: boolean
  /** VMs whose targets are not free take others that are. */
  turn: boolean
  /** Who makes room may wait on the node that is being emptied, until its own target is in service. */
  through: boolean
  /** Which of the nights: what migrations take of the links. */
  width: number
  /** Nodes that are looked at for VMs that could step aside. */
  asideNodes: number
  /** VMs of groups that end together are left where they are. */
  timid: boolean
  seed: number
}

export const FIRST: Settings = {
  ahead: 2,
  lead: 1,
  skip: 1,
  wait: 0.1,
  window: 0.5,
  busy: 0.2,
  again: 0.5,
  fit: 0,
  noise: 0,
  small: 0,
  slowFirst: 1,
  exchange: true,
  retFirst: false,
  homing: 1,
  calm: false,
  noWork: false,
  partial: true,
  turn: true,
  through: false,
  width: 0,
  asideNodes: 6,
  timid: false,
  seed: 0,
}

/** Where memory is short for more works at once: all night is spent on making the next change short, and on coming home between two changes. */
export const TIGHT: Settings = {
  ...FIRST,
  ahead: 1,
  lead: 1e6,
  homing: 0,
  calm: true,
  noWork: true,
}
