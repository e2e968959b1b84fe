/** Source `proxmox`: not built yet. */
import { importFault } from '../failure.js'
import type { InventoryReader } from '../inventory.js'

export const readProxmox: InventoryReader = ([file]) => {
  throw importFault(file.name, 'this version of vmferry has no reader for proxmox')
}
