import { readdir, rm, rmdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { WorkspaceFolder } from './workspace-folders.ts'

/**
 * Removes the bytes of a workspace's uploads that were written until then: one that has been given
 * its name since has newer ones. What people put beside the uploads stays, and so does its folder.
 *
 * @param at milliseconds since 1970
 */
export async function removeUploads(
  { uploads, inputs }: Pick<WorkspaceFolder, 'uploads' | 'inputs'>,
  at: number,
): Promise<void> {
  for (const file of await readdir(uploads).catch((): string[] => [])) {
    const path = join(uploads, file)
    const written = (await stat(path).catch(() => undefined))?.mtimeMs
    if (written !== undefined && written <= at) await rm(path, { force: true })
  }
  for (const empty of [uploads, inputs]) await rmdir(empty).catch(() => undefined)
}
