import { basename, extname, resolve } from 'node:path'
import { contentOf, type LocalFile, localFiles } from './local-files.ts'
import type { SyncClient, SyncedDocument } from './sync-client.ts'

export const GONE_POLICIES = ['keep', 'disable', 'delete'] as const
/** What happens with documents whose files are gone. */
export type GonePolicy = (typeof GONE_POLICIES)[number]

export interface BringFolderOptions {
  readonly folder: string
  /** Under which the server remembers the folder; its own name unless given. */
  readonly name: string | undefined
  readonly gone: GonePolicy
  readonly dryRun: boolean
  readonly print: (line: string) => void
}

interface Counts {
  taken: number
  replaced: number
  unchanged: number
  failed: number
  left: number
}

/**
 * Brings the files of a folder to a server, each as a document: those that are new, and those that hold
 * something else than the document was made of. Returns whether all could be brought there.
 *
 * @throws {SyncError} when the folder cannot be read, or the server refuses what is asked of all
 */
export async function bringFolder(
  client: SyncClient,
  options: BringFolderOptions,
): Promise<boolean> {
  const { folder, gone, dryRun, print } = options
  const name = options.name ?? basename(resolve(folder))
  const files = await localFiles(folder)
  const extensions = await client.extensions()
  const known = await client.documents(name)
  const counts: Counts = { taken: 0, replaced: 0, unchanged: 0, failed: 0, left: 0 }
  const missing = new Map(known)
  for (const file of files) {
    missing.delete(file.path)
    if (extensions.has(extname(file.path).toLowerCase())) {
      await bring(client, file, known.get(file.path), { name, gone, dryRun, print, counts })
    } else counts.left++
  }
  await partWith(client, files.length === 0 ? [] : [...missing.values()], { gone, dryRun, print })
  if (files.length === 0 && missing.size > 0) {
    print('The folder is empty: nothing is done with the documents of before.')
  }
  const { taken, replaced, unchanged, failed, left } = counts
  print(
    `${taken} taken in, ${replaced} replaced, ${unchanged} unchanged, ${failed} failed, ${missing.size} gone, ${left} of other types.`,
  )
  return failed === 0
}

interface Bringing {
  readonly name: string
  readonly gone: GonePolicy
  readonly dryRun: boolean
  readonly print: (line: string) => void
  readonly counts: Counts
}

async function bring(
  client: SyncClient,
  file: LocalFile,
  known: SyncedDocument | undefined,
  { name, gone, dryRun, print, counts }: Bringing,
): Promise<void> {
  try {
    const { sha256, bytes } = await contentOf(file)
    if (known?.sha256 === sha256 && known.status !== 'failed') {
      counts.unchanged++
      await comeBack(client, known, { isGoneDisabled: gone === 'disable', dryRun })
      return
    }
    const metadata = { sync_folder: name, sync_path: file.path, sync_sha256: sha256 }
    const problem =
      bytes === 0 ? 'it is empty' : dryRun ? null : await client.upload(file, metadata)
    if (problem !== null) throw new Error(problem)
    counts[known ? 'replaced' : 'taken']++
    print(`${known ? 'replaced' : 'taken in'}: ${file.path}`)
  } catch (error) {
    counts.failed++
    print(`failed: ${file.path}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** A document that was disabled when its file was gone is shown again when that is back. */
async function comeBack(
  client: SyncClient,
  known: SyncedDocument,
  { isGoneDisabled, dryRun }: { readonly isGoneDisabled: boolean; readonly dryRun: boolean },
): Promise<void> {
  if (isGoneDisabled && !dryRun && !known.enabled) await client.setEnabled(known, true)
}

async function partWith(
  client: SyncClient,
  missing: readonly SyncedDocument[],
  { gone, dryRun, print }: Pick<BringFolderOptions, 'gone' | 'dryRun' | 'print'>,
): Promise<void> {
  for (const { path } of missing) print(`gone: ${path} (${gone})`)
  if (dryRun || gone === 'keep') return
  if (gone === 'delete') await client.delete(missing)
  else for (const one of missing) if (one.enabled) await client.setEnabled(one, false)
}
