/** Parameters of explanations: how many changes are planned, and of what. */
import { count, share } from '../solver/dials.js'

export const EXPLAIN = {
  /** Changes that are planned where nothing else is said, … */
  relaxations: count(5, 6, 8, 12, 16),
  /** … of a large request fewer: all of them together plan so many VMs, and one is planned in any case. */
  plannedVms: count(2000),
  /** Share of a time limit that the plan of the problem may take where changes are planned after it. */
  planShare: share(0.4),
  /** Share of today's cost below which a gain is not looked for. */
  leastGain: share(0.01),
  /** Nodes that are changed one by one, whose links are looked at (a partner is often among them already), and that are changed together. */
  nodes: count(3),
  links: count(2),
  nodesTogether: count(8),
  windows: count(6),
  /** Serial groups that are taken apart. */
  serialGroups: count(2),
  /** Networks that get another line. */
  networks: count(2),
  /** Unplaced VMs for which remedies are tried, the heaviest. */
  unplacedVms: count(4),
}
