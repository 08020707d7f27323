import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isSliceOver, nextTurn } from '../../engine/work/turns.ts'
import { makeFolderPrivate } from '../../files/private-files.ts'

/** A folder that the server cannot use as it is; the message says what to do. */
export class StorageError extends Error {
  override readonly name = 'StorageError'
}

/** Files of Python LightRAG's default stores. */
const PYTHON_FILE = /^(kv_store_.*\.json|vdb_.*\.json|graph_.*\.graphml)$/

/**
 * Makes a folder if need be, private to this account, and writes to it once, so that a start fails
 * and not an upload.
 *
 * @throws {StorageError}
 */
export async function ensureWritable(folder: string): Promise<void> {
  const probe = join(folder, `.writable-${randomUUID()}`)
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await makeFolderPrivate(folder)
    await writeFile(probe, '')
    await rm(probe)
  } catch (cause) {
    const uid = process.getuid?.()
    const who = uid === undefined ? 'this user' : `uid ${uid}`
    throw new StorageError(
      `The folder ${folder} is not writable by ${who}. Give it to that user (chown -R ${uid ?? 'USER'} ${folder}), or mount another folder.`,
      { cause },
    )
  }
}

/**
 * Refuses a folder that Python LightRAG wrote: it would be served as if it were empty.
 *
 * @throws {StorageError}
 */
export async function refusePythonFiles(workingDir: string): Promise<void> {
  const entries = await readdir(workingDir)
  const foreign: string[] = entries.some((entry) => PYTHON_FILE.test(entry)) ? ['.'] : []
  for (const entry of entries) {
    // Of ten thousand folders nearly all are told by this, in a fraction of the time of a listing.
    if (isOurs(workingDir, entry)) continue
    const names = await filesIn(join(workingDir, entry))
    if (names.some((name) => PYTHON_FILE.test(name))) foreign.push(entry)
  }
  if (foreign.length === 0) return
  throw new StorageError(
    `The storage folder ${workingDir} holds files of Python LightRAG (in ${foreign.join(', ')}), which this server does not read. Set WORKING_DIR to another folder, or move those files away; the command \`workspace import-lightrag FOLDER\` brings them in.`,
  )
}

/** Names of the folders that hold a workspace of ours. */
export async function workspacesIn(workingDir: string): Promise<string[]> {
  const entries = await readdir(workingDir, { withFileTypes: true })
  const found: string[] = []
  for (const entry of entries) {
    if (!entry.isDirectory() || entry.name.startsWith('_') || entry.name.startsWith('.')) continue
    if (isSliceOver()) await nextTurn()
    if (isOurs(workingDir, entry.name)) found.push(entry.name)
  }
  return found
}

function isOurs(workingDir: string, folder: string): boolean {
  // Not joined, which would take longer than the look.
  return existsSync(`${workingDir}/${folder}/rag.db`)
}

/** Empty for what is no folder, went away or may not be read. */
function filesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((): string[] => [])
}
