import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { WorkspacePlaces } from './workspace-places.ts'

/** A workspace that was renamed away and is not removed in full. */
export interface Trashed {
  readonly name: string
  readonly folder: string
  /** When, in milliseconds. */
  readonly at: number
}

/** Deletions that are not finished: all, or those of one name. */
export async function trashed(places: WorkspacePlaces, name?: string): Promise<Trashed[]> {
  const entries = await readdir(places.trash).catch((): string[] => [])
  return entries.flatMap((entry) => {
    const [own = '', at = ''] = entry.split('.')
    const isOurs = /^\d+$/.test(at) && (name === undefined || own === name)
    return isOurs ? [{ name: own, folder: join(places.trash, entry), at: Number(at) }] : []
  })
}
