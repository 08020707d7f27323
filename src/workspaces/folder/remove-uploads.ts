import { rmdir } from 'node:fs/promises'
import { UploadFolder } from './upload-folder.ts'
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
  const files = new UploadFolder(uploads)
  for (const { name, writtenAt } of await files.list())
    if (writtenAt <= at) await files.remove(name)
  for (const empty of [uploads, inputs]) await rmdir(empty).catch(() => undefined)
}
