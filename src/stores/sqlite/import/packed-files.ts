import { createHash } from 'node:crypto'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { EngineError } from '../../../engine/ports/engine-error.ts'
import { syncFolder } from '../../../files/sync-folder.ts'
import { EXPORT_TABLES, PIECE_BYTES, SETTINGS_FILE } from '../export/export-format.ts'
import { isStoredName, storedNames } from '../verify/stored-files.ts'

interface PackedFile {
  readonly id: number
  readonly kind: string
  readonly name: string
  readonly bytes: number
  readonly sha256: string
}

const ALL = 'SELECT id, kind, name, bytes, sha256 FROM export_files ORDER BY id'

/**
 * Looks at the files in an export before one of them is written.
 *
 * @throws {EngineError} `invalid_argument`
 */
export function checkPacked(database: Database.Database): void {
  const named = new Set(storedNames(database))
  for (const name of named) {
    if (!isStoredName(name)) throw refused(`a document names the file ${JSON.stringify(name)}`)
  }
  for (const file of database.prepare<[], PackedFile>(ALL).all()) {
    const { kind, name } = file
    const isSettings = kind === 'settings' && name === SETTINGS_FILE
    const isUpload = kind === 'upload' && isStoredName(name)
    if (!isSettings && !isUpload) throw refused(`it holds a file named ${JSON.stringify(name)}`)
    if (isUpload && !named.has(name)) throw refused(`no document names its file ${name}`)
    checkPieces(database, file)
  }
  const sql = 'SELECT 1 FROM export_pieces WHERE file NOT IN (SELECT id FROM export_files) LIMIT 1'
  if (database.prepare(sql).get() !== undefined) throw refused('it holds pieces of no file')
}

function checkPieces(database: Database.Database, file: PackedFile): void {
  const hash = createHash('sha256')
  let bytes = 0
  for (const content of piecesOf(database, file.id)) {
    hash.update(content)
    bytes += content.byteLength
  }
  if (bytes !== file.bytes || hash.digest('hex') !== file.sha256) {
    throw refused(`its file ${file.name} is damaged`)
  }
}

function* piecesOf(database: Database.Database, file: number): Generator<Uint8Array, void, void> {
  const sql = 'SELECT ordinal, content FROM export_pieces WHERE file = ? ORDER BY ordinal'
  let next = 0
  for (const { ordinal, content } of database
    .prepare<[number], { ordinal: number; content: unknown }>(sql)
    .iterate(file)) {
    const fits = content instanceof Uint8Array && content.byteLength <= PIECE_BYTES
    if (!fits || ordinal !== next++) throw refused('a file in it is not whole')
    yield content
  }
}

/**
 * Writes the files of an export that was looked at, and takes them out of its database, which then
 * is that of a workspace.
 *
 * @returns the paths that were written, so that they can be removed if the rest fails
 */
export async function unpackFiles(dir: string, uploadFolder: string): Promise<string[]> {
  const database = new Database(join(dir, 'rag.db'))
  const written: string[] = []
  try {
    for (const file of database.prepare<[], PackedFile>(ALL).all()) {
      const folder = file.kind === 'settings' ? dir : uploadFolder
      await mkdir(folder, { recursive: true })
      written.push(await unpack(database, file, folder))
    }
    if (written.length > 0) await syncFolder(uploadFolder).catch(() => undefined)
    for (const table of EXPORT_TABLES) database.exec(`DROP TABLE ${table}`)
    database.pragma('application_id = 0')
    // What the files took up would stay in the workspace for ever.
    database.exec('VACUUM')
    return written
  } catch (error) {
    for (const path of written) await rm(path, { force: true })
    throw error
  } finally {
    database.close()
  }
}

async function unpack(
  database: Database.Database,
  file: PackedFile,
  folder: string,
): Promise<string> {
  const path = join(folder, file.name)
  const unfinished = `${path}.part`
  const handle = await open(unfinished, 'w', 0o600)
  try {
    for (const content of piecesOf(database, file.id)) await handle.writeFile(content)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(unfinished, path)
  return path
}

function refused(what: string): EngineError {
  return new EngineError('invalid_argument', `This file cannot be imported: ${what}`)
}
