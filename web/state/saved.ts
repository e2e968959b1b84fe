/** State that survives a reload: in the browser's own database, and nowhere else. */
import { createStore, del, get, set } from 'idb-keyval'
import type { Remark } from '../engine/api.js'
import type { History } from './history.js'

export interface Saved {
  version: 1
  history: History
  assumptions: Remark[]
}

const store = () => createStore('vmferry', 'night')
const KEY = 'night'

/** Undefined where there is nothing, or the browser keeps nothing. */
export async function restore(): Promise<Saved | undefined> {
  try {
    const saved = await get<Saved>(KEY, store())
    return saved?.version === 1 ? saved : undefined
  } catch {
    return undefined
  }
}

/** @returns whether it was kept: private windows may refuse */
export async function keep(saved: Saved): Promise<boolean> {
  try {
    await set(KEY, saved, store())
    return true
  } catch {
    return false
  }
}

export async function forget(): Promise<void> {
  await del(KEY, store()).catch(() => undefined)
}
