/** Source `libvirt`: not built yet. */
import { importFault } from '../failure.js'
import type { InventoryReader } from '../inventory.js'

export const readLibvirt: InventoryReader = ([file]) => {
  throw importFault(file.name, 'this version of vmferry has no reader for libvirt')
}
