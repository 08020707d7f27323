import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import type Database from 'better-sqlite3'
import { ifMissing } from '../../../files/file-errors.ts'
import { type ExportedKind, PIECE_BYTES } from './export-format.ts'

/** Puts the bytes of a file into an export. False when there is no such file. */
export async function packFile(
  copy: Database.Database,
  kind: ExportedKind,
  name: string,
  path: string,
): Promise<boolean> {
  const file = await open(path, 'r').catch(ifMissing(null))
  if (file === null) return false
  try {
    await packPieces(copy, kind, name, file)
    return true
  } finally {
    await file.close()
  }
}

async function packPieces(
  copy: Database.Database,
  kind: ExportedKind,
  name: string,
  file: FileHandle,
): Promise<void> {
  const { lastInsertRowid: id } = copy
    .prepare(`INSERT INTO export_files (kind, name, bytes, sha256) VALUES (?, ?, 0, '')`)
    .run(kind, name)
  const insert = copy.prepare('INSERT INTO export_pieces (file, ordinal, content) VALUES (?, ?, ?)')
  const hash = createHash('sha256')
  const buffer = Buffer.alloc(PIECE_BYTES)
  let bytes = 0
  for (let ordinal = 0; ; ordinal++) {
    const { bytesRead } = await file.read(buffer, 0, PIECE_BYTES, null)
    if (bytesRead === 0) break
    const piece = buffer.subarray(0, bytesRead)
    hash.update(piece)
    insert.run(id, ordinal, piece)
    bytes += bytesRead
  }
  copy
    .prepare('UPDATE export_files SET bytes = ?, sha256 = ? WHERE id = ?')
    .run(bytes, hash.digest('hex'), id)
}
