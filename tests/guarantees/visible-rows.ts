import { copyFile, mkdir, stat, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import Database from 'better-sqlite3'

const LIVE = (table: string) =>
  `SELECT r.* FROM ${table} r, workspace w
    WHERE r.label > 0 AND r.born <= w.generation AND r.died > w.generation`

/** What must never be found, whenever somebody looks. */
const CONTRADICTIONS: Readonly<Record<string, string>> = {
  'processed without all of its chunks': `SELECT d.id FROM documents d
    WHERE d.status = 'processed' AND d.chunks_count <>
      (SELECT count(*) FROM (${LIVE('chunks')}) c WHERE c.document = d.seq)`,
  'chunk without text or vector': `SELECT c.id FROM (${LIVE('chunks')}) c
    LEFT JOIN chunk_texts t ON t.chunk = c.label LEFT JOIN chunk_vectors v ON v.label = c.label
    WHERE t.chunk IS NULL OR v.label IS NULL`,
  'entity that names a chunk which is not there': `SELECT e.label
    FROM (${LIVE('entities')}) e, json_each(e.source_ids) s
    WHERE NOT EXISTS (SELECT 1 FROM (${LIVE('chunks')}) c WHERE c.id = s.value)`,
  'relation that names a chunk which is not there': `SELECT e.label
    FROM (${LIVE('relations')}) e, json_each(e.source_ids) s
    WHERE NOT EXISTS (SELECT 1 FROM (${LIVE('chunks')}) c WHERE c.id = s.value)`,
  'entity without vector': `SELECT e.label FROM (${LIVE('entities')}) e
    WHERE e.owed = 0 AND e.label NOT IN (SELECT label FROM entity_vectors)`,
  'relation without ends': `SELECT r.label FROM (${LIVE('relations')}) r
    JOIN relation_pairs p ON p.id = r.pair
    WHERE p.source NOT IN (SELECT entity FROM (${LIVE('entities')}) e)
      OR p.target NOT IN (SELECT entity FROM (${LIVE('entities')}) e)`,
}

/** A reader of its own over a workspace that an engine may be changing. */
export class VisibleRows {
  readonly #database: Database.Database

  constructor(dir: string) {
    this.#database = new Database(join(dir, 'rag.db'))
  }

  /** All in one moment. */
  contradictions(): string[] {
    return this.#database.transaction(() =>
      Object.entries(CONTRADICTIONS).flatMap(([what, sql]) =>
        this.#database.prepare(sql).all().length > 0 ? [what] : [],
      ),
    )()
  }

  count(table: 'chunks' | 'entities' | 'relations'): number {
    const sql = `SELECT count(*) AS n FROM (${LIVE(table)})`
    return this.#database.prepare<[], { n: number }>(sql).get()?.n ?? 0
  }

  statuses(): string[] {
    const sql = 'SELECT status FROM documents ORDER BY seq'
    return this.#database.prepare<[], string>(sql).pluck().all()
  }

  integrity(): unknown {
    return this.#database.pragma('integrity_check', { simple: true })
  }

  exec(sql: string): void {
    this.#database.exec(sql)
  }

  close(): void {
    this.#database.close()
  }
}

/**
 * What a crash at this moment would leave, in a folder of its own.
 *
 * @param kept share of the log that reached the disk, from 0 to 1
 */
export async function crashCopy(dir: string, to: string, kept = 1): Promise<void> {
  await mkdir(to, { recursive: true })
  const log = join(to, 'rag.db-wal')
  // Nothing runs between the two: one moment.
  await Promise.all([
    copyFile(join(dir, 'rag.db'), join(to, 'rag.db')),
    copyFile(join(dir, 'rag.db-wal'), log),
  ])
  await truncate(log, Math.floor((await stat(log)).size * kept))
}
