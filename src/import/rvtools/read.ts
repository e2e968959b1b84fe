/** Source `rvtools`: not built yet. */
import { importFault } from '../failure.js'
import type { InventoryReader } from '../inventory.js'

export const readRvTools: InventoryReader = ([file]) => {
  throw importFault(file.name, 'this version of vmferry has no reader for rvtools')
}
