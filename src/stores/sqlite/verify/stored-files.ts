import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type Database from 'better-sqlite3'
import { type Finding, note, problem } from './verify-finding.ts'

/** A name that leads to nowhere but its own folder. */
const SAFE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,254}$/

export function isStoredName(name: string): boolean {
  return SAFE_NAME.test(name) && !name.includes('..')
}

/** Names of the files that documents have. */
export function storedNames(database: Database.Database): string[] {
  const sql = 'SELECT DISTINCT stored_file FROM documents WHERE stored_file IS NOT NULL ORDER BY 1'
  return database.prepare<[], string>(sql).pluck().all()
}

/**
 * The files of uploads against the documents.
 *
 * @param stillNamed asked again of what is missing: a document may have been deleted meanwhile
 */
export async function checkStoredFiles(
  names: readonly string[],
  uploadFolder: string,
  stillNamed: (name: string) => boolean,
): Promise<Finding[]> {
  const unsafe = names.filter((name) => !isStoredName(name))
  const missing: string[] = []
  for (const name of names.filter(isStoredName)) {
    const found = await stat(join(uploadFolder, name)).catch(() => undefined)
    if (!found?.isFile() && stillNamed(name)) missing.push(name)
  }
  const known = new Set(names)
  const there = await readdir(uploadFolder).catch((): string[] => [])
  const extra = there.filter((name) => !known.has(name))
  return [
    ...some(unsafe, 'names of stored files lead out of their folder', problem),
    ...some(missing, 'stored files of documents are missing', problem),
    ...some(extra, 'stored files belong to no document', note),
  ]
}

function some(
  names: readonly string[],
  says: string,
  make: (check: 'files', text: string) => Finding,
): Finding[] {
  if (names.length === 0) return []
  const examples = names.slice(0, 3).join(', ')
  return [make('files', `${names.length} ${says}: ${examples}`)]
}
