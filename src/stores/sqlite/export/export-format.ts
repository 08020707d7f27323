import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'

/** `PRAGMA application_id` of an export: the letters `wsx1`. */
export const EXPORT_ID = 0x77737831

/** Bytes of a file that one row holds. */
export const PIECE_BYTES = 1024 * 1024

/** Tables that an export has beside those of a workspace. */
export const EXPORT_TABLES = ['export_about', 'export_files', 'export_pieces'] as const

export const EXPORT_SCHEMA = `
CREATE TABLE export_about (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE export_files (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  UNIQUE (kind, name)
);
CREATE TABLE export_pieces (
  file INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  content BLOB NOT NULL,
  PRIMARY KEY (file, ordinal)
);
`

/** `upload`: the bytes of a document. `settings`: the workspace's own `settings.json`. */
export type ExportedKind = 'upload' | 'settings'

/** The name of the one file that is no upload. */
export const SETTINGS_FILE = 'settings.json'

/** The last line of an export: a checksum of all bytes before it. */
const TRAILER = /^\nworkspace-export 1 sha256 ([0-9a-f]{64})\n$/
const TRAILER_BYTES = trailerOf('0'.repeat(64)).length

function trailerOf(digest: string): string {
  return `\nworkspace-export 1 sha256 ${digest}\n`
}

/** Ends a file with its checksum, and syncs it. */
export async function seal(path: string): Promise<void> {
  const hash = createHash('sha256')
  for await (const piece of createReadStream(path)) hash.update(piece)
  const file = await open(path, 'a')
  try {
    await file.writeFile(trailerOf(hash.digest('hex')))
    await file.sync()
  } finally {
    await file.close()
  }
}

/**
 * Copies an export without its last line, and compares the checksum.
 *
 * @returns null when all is well, else what is wrong
 */
export async function copyUnsealed(from: string, to: string): Promise<string | null> {
  const size = (await stat(from)).size
  const end = size - TRAILER_BYTES
  if (end <= 0) return 'it is too short to be an export'
  const digest = TRAILER.exec(await textAt(from, end))?.[1]
  if (digest === undefined) return 'it does not end as an export does: it is cut off, or no export'
  const hash = createHash('sha256')
  const copy = await open(to, 'wx', 0o600)
  try {
    for await (const piece of createReadStream(from, { end: end - 1 })) {
      hash.update(piece)
      await copy.writeFile(piece)
    }
    await copy.sync()
  } finally {
    await copy.close()
  }
  return hash.digest('hex') === digest ? null : 'its bytes were altered: the checksum differs'
}

async function textAt(path: string, position: number): Promise<string> {
  const file = await open(path, 'r')
  try {
    const buffer = Buffer.alloc(TRAILER_BYTES)
    const { bytesRead } = await file.read(buffer, 0, TRAILER_BYTES, position)
    return buffer.toString('latin1', 0, bytesRead)
  } finally {
    await file.close()
  }
}
