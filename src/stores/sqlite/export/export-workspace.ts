import { randomUUID } from 'node:crypto'
import { open, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import Database from 'better-sqlite3'
import { EngineError } from '../../../engine/ports/engine-error.ts'
import { syncFolder } from '../../../files/sync-folder.ts'
import { asStoreError } from '../database/sqlite-errors.ts'
import { REINDEX_TABLES } from '../reindex/new-vectors.ts'
import { openReadOnly, schemaVersion } from '../verify/open-read-only.ts'
import { isStoredName, storedNames } from '../verify/stored-files.ts'
import { EXPORT_ID, EXPORT_SCHEMA, SETTINGS_FILE, seal } from './export-format.ts'
import { packFile } from './pack-file.ts'

export interface ExportSource {
  /** The folder of the workspace. */
  readonly dir: string
  /** Where the files of its uploads are. */
  readonly uploadFolder: string
  /** The name that an import gives it unless told otherwise. */
  readonly name: string
}

export interface ExportSummary {
  readonly documents: number
  readonly files: number
  /** Of the whole export. */
  readonly bytes: number
  /** Files that documents name and that are not there. */
  readonly missing: readonly string[]
}

/** How often a snapshot is taken anew when a document went while its file was being read. */
const ATTEMPTS = 5

/**
 * Writes a workspace into one file, as it is at one moment; it may be in use. The file appears whole
 * and synced, or not at all.
 *
 * @throws {EngineError} `invalid_argument` when `file` exists; `store_unavailable`
 */
export async function exportWorkspace(source: ExportSource, file: string): Promise<ExportSummary> {
  if ((await stat(file).catch(() => undefined)) !== undefined) {
    throw new EngineError('invalid_argument', `${file} exists already; choose another name`)
  }
  const unfinished = `${file}.part-${randomUUID().slice(0, 8)}`
  try {
    const packed = await packWhole(source, unfinished)
    await seal(unfinished)
    const { size } = await stat(unfinished)
    await rename(unfinished, file)
    await syncFolder(dirname(file))
    return { ...packed, bytes: size }
  } catch (error) {
    throw asStoreError(error)
  } finally {
    for (const ending of ['', '-journal']) await rm(unfinished + ending, { force: true })
  }
}

async function packWhole(source: ExportSource, target: string) {
  for (let left = ATTEMPTS; left > 0; left--) {
    const packed = await pack(source, target)
    if (packed !== null) return packed
    await rm(target)
  }
  const busy = 'Documents with files are being deleted all the time; export again when that is over'
  throw new EngineError('store_unavailable', busy)
}

/** Null when a document was deleted between the snapshot and the reading of its file. */
async function pack(
  source: ExportSource,
  target: string,
): Promise<Omit<ExportSummary, 'bytes'> | null> {
  await snapshot(source.dir, target)
  const copy = new Database(target)
  try {
    // Synced as a whole at the end.
    copy.pragma('journal_mode = MEMORY')
    copy.pragma('synchronous = OFF')
    dropUnfinished(copy)
    copy.exec(EXPORT_SCHEMA)
    const missing: string[] = []
    const names = storedNames(copy).filter(isStoredName)
    for (const name of names) {
      if (await packFile(copy, 'upload', name, join(source.uploadFolder, name))) continue
      if (!isStillNamed(source.dir, name)) return null
      missing.push(name)
    }
    await packFile(copy, 'settings', SETTINGS_FILE, join(source.dir, SETTINGS_FILE))
    describe(copy, source.name)
    const documents = Number(copy.prepare('SELECT count(*) FROM documents').pluck().get())
    return { documents, files: names.length - missing.length, missing }
  } finally {
    copy.close()
  }
}

/** All tables at one moment, into a file of our own that only its owner can read. */
async function snapshot(dir: string, target: string): Promise<void> {
  const database = openReadOnly(dir)
  try {
    if (schemaVersion(database) === 0) {
      throw new EngineError('store_unavailable', 'This workspace was never opened')
    }
    await (await open(target, 'wx', 0o600)).close()
    database.prepare('VACUUM INTO ?').run(target)
  } finally {
    database.close()
  }
}

/** What a command that was interrupted has left in the tables. */
function dropUnfinished(copy: Database.Database): void {
  const has = copy.prepare('SELECT 1 FROM sqlite_schema WHERE name = ?')
  const names = REINDEX_TABLES.filter((name) => has.get(name) !== undefined)
  for (const name of names) copy.exec(`DROP TABLE ${name}`)
  if (names.length > 0) copy.exec('VACUUM')
}

function isStillNamed(dir: string, name: string): boolean {
  const database = openReadOnly(dir)
  try {
    return storedNames(database).includes(name)
  } finally {
    database.close()
  }
}

function describe(copy: Database.Database, name: string): void {
  const about = copy.prepare('INSERT INTO export_about (key, value) VALUES (?, ?)')
  about.run('workspace', name)
  about.run('exported_at', new Date().toISOString())
  copy.pragma(`application_id = ${EXPORT_ID}`)
}
