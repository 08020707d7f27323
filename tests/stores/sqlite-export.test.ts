import {
  appendFile,
  mkdtemp,
  open,
  readdir,
  readFile,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { seal } from '../../src/stores/sqlite/export/export-format.ts'
import { exportWorkspace } from '../../src/stores/sqlite/export/export-workspace.ts'
import { unpackFiles } from '../../src/stores/sqlite/import/packed-files.ts'
import { unpackExport } from '../../src/stores/sqlite/import/unpack-export.ts'
import { openSqliteStore } from '../../src/stores/sqlite/sqlite-store.ts'
import { verifyWorkspace } from '../../src/stores/sqlite/verify/verify-workspace.ts'
import { runChild } from './run-child.ts'
import { EMBEDDING } from './samples.ts'
import { openOffline, soundWorkspace, type WorkspacePaths } from './sound-workspace.ts'

const TRAILER = '\nworkspace-export 1 sha256 '.length + 65

describe('an export', () => {
  let root: string
  let paths: WorkspacePaths
  let file: string
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'export-'))
    onTestFinished(() => rm(root, { recursive: true, force: true }))
    file = join(root, 'out.export')
    paths = await soundWorkspace(root)
  })
  const unpacked = async () => {
    const dir = await mkdtemp(join(root, 'unpacked-'))
    return { dir, found: await unpackExport(file, dir) }
  }
  /** Changes the database in an export, under a checksum that is right again. */
  const forge = async (sql: string) => {
    await truncate(file, (await stat(file)).size - TRAILER)
    const database = new Database(file)
    database.exec(sql)
    database.close()
    await seal(file)
  }

  it('is one file with everything, and nothing beside it', async () => {
    await writeFile(join(paths.dir, 'settings.json'), '{"language":"French"}')
    await writeFile(join(paths.dir, 'chunk.hnsw'), 'a cache')
    const summary = await exportWorkspace(paths, file)
    expect(summary).toMatchObject({ documents: 4, files: 1, missing: [] })
    expect(summary.bytes).toBe((await stat(file)).size)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect((await readdir(root)).sort()).toEqual(['inputs', 'out.export', 'rag_storage'])

    const { dir, found } = await unpacked()
    expect(found).toMatchObject({ name: 'sound', documents: 4, findings: [] })
    const uploads = join(dir, 'uploads')
    await unpackFiles(dir, uploads)
    expect((await readdir(dir)).sort()).toEqual(['rag.db', 'settings.json', 'uploads'])
    const [upload = ''] = await readdir(paths.uploadFolder)
    expect(await readFile(join(uploads, upload))).toEqual(
      await readFile(join(paths.uploadFolder, upload)),
    )
    expect(await verifyWorkspace(dir, uploads)).toEqual({ inUse: false, findings: [] })
    expect(rowsOf(dir)).toEqual(rowsOf(paths.dir))
  })

  it('answers as the workspace did, and goes on from there', async () => {
    await exportWorkspace(paths, file)
    const { dir } = await unpacked()
    const copy = { ...paths, dir, uploadFolder: join(root, 'copy', '__uploads__') }
    await unpackFiles(dir, copy.uploadFolder)
    const question = { query: 'Where was Marie Curie born?', mode: 'mix' } as const
    const [first, second] = [
      await openOffline(paths),
      await openOffline({ ...copy, inputDir: join(root, 'copy') }),
    ]
    expect((await second.query(question)).response).toBe((await first.query(question)).response)
    await second.insertTexts({
      texts: ['Gdynia lies on the Baltic Sea.'],
      file_sources: ['more.txt'],
    })
    await second.idle()
    expect((await second.statusCounts()).status_counts).toMatchObject({ processed: 5 })
    await first.close()
    await second.close()
  })

  it('does not replace a file', async () => {
    await writeFile(file, 'mine')
    await expect(exportWorkspace(paths, file)).rejects.toMatchObject({ code: 'invalid_argument' })
    expect(await readFile(file, 'utf8')).toBe('mine')
  })

  it('names the stored files that are missing', async () => {
    const [upload = ''] = await readdir(paths.uploadFolder)
    await rm(join(paths.uploadFolder, upload))
    expect(await exportWorkspace(paths, file)).toMatchObject({ files: 0, missing: [upload] })
    expect((await unpacked()).found.documents).toBe(4)
  })

  it('shows one moment of a workspace that another process is writing', async () => {
    const dir = join(root, 'busy')
    const child = runChild(new URL('./crash-child.ts', import.meta.url), [dir, '0'])
    await child.line('published 0')
    const source = { dir, uploadFolder: join(root, 'none'), name: 'busy' }
    const counts: number[] = []
    // Until the other process has changed something in between, too.
    while (counts.length < 4 || new Set(counts).size === 1) {
      await rm(file, { force: true })
      await exportWorkspace(source, file)
      const copy = await unpacked()
      expect(copy.found.findings.filter(({ level }) => level === 'problem')).toEqual([])
      await unpackFiles(copy.dir, join(root, 'none'))
      const store = await openSqliteStore({ dir: copy.dir, embedding: EMBEDDING })
      const { chunks, entities } = await store.counts()
      expect(chunks).toBe(entities)
      counts.push(await store.dataVersion())
      await store.close()
    }
    child.process.kill('SIGKILL')
    await child.ended
  })

  it('is refused when any byte was altered, or it was cut off', async () => {
    await exportWorkspace(paths, file)
    const { size } = await stat(file)
    const places = [0, 20, ...Array.from({ length: 12 }, () => Math.floor(Math.random() * size))]
    for (const place of places) {
      const handle = await open(file, 'r+')
      const before = Buffer.alloc(1)
      await handle.read(before, 0, 1, place)
      await handle.write(Buffer.of((before[0] ?? 0) ^ 0x10), 0, 1, place)
      await expect(unpacked(), `byte ${place}`).rejects.toMatchObject({ code: 'invalid_argument' })
      await handle.write(before, 0, 1, place)
      await handle.close()
    }
    await unpacked()
    await truncate(file, size - 1)
    await expect(unpacked()).rejects.toMatchObject({ code: 'invalid_argument' })
    await truncate(file, 10)
    await expect(unpacked()).rejects.toThrow(/too short/)
    await appendFile(file, 'x'.repeat(5000))
    await expect(unpacked()).rejects.toThrow(/no export/)
  })

  it.each([
    [
      'a path as the name of a file',
      `UPDATE export_files SET name = '../../evil'`,
      /holds a file named/,
    ],
    ['an absolute path', `UPDATE export_files SET name = '/etc/passwd'`, /holds a file named/],
    [
      'a document whose file is elsewhere',
      `UPDATE documents SET stored_file = '../x' WHERE stored_file IS NOT NULL`,
      /a document names the file/,
    ],
    [
      'a file that no document names',
      `UPDATE documents SET stored_file = NULL`,
      /no document names its file/,
    ],
    ['a file under a foreign kind', `UPDATE export_files SET kind = 'lock'`, /holds a file named/],
    ['a piece too few', 'DELETE FROM export_pieces', /its file .* is damaged/],
    ['a piece too many', `INSERT INTO export_pieces VALUES (99, 0, x'00')`, /pieces of no file/],
    ['another size than it says', 'UPDATE export_files SET bytes = 1', /is damaged/],
    [
      'a trigger',
      'CREATE TRIGGER planted AFTER INSERT ON documents BEGIN DELETE FROM documents; END',
      /its tables .*planted/,
    ],
    [
      'a trigger under a name of ours',
      'CREATE TRIGGER reindex_mark AFTER INSERT ON documents BEGIN DELETE FROM documents; END',
      /its tables .*reindex_mark/,
    ],
    [
      'a view in the place of a table',
      'DROP TABLE dead_texts; CREATE VIEW dead_texts AS SELECT 1 AS document',
      /its tables .*dead_texts/,
    ],
    ['a schema of the future', 'PRAGMA user_version = 900', /version 900/],
    ['no mark of an export', 'PRAGMA application_id = 0', /no export/],
  ])('is refused with %s, whatever its checksum says', async (_what, sql, message) => {
    await exportWorkspace(paths, file)
    await forge(sql)
    await expect(unpacked()).rejects.toMatchObject({
      code: 'invalid_argument',
      message: expect.stringMatching(message),
    })
  })

  it('tells what was wrong in the workspace that it was made of', async () => {
    const database = new Database(join(paths.dir, 'rag.db'))
    database.exec('DELETE FROM chunk_vectors WHERE label = 1')
    database.close()
    await exportWorkspace(paths, file)
    expect((await unpacked()).found.findings).toEqual([
      { level: 'problem', check: 'vectors', text: expect.stringMatching(/no vector/) },
    ])
  })
})

/** All rows of the tables that an export carries. */
function rowsOf(dir: string): Record<string, unknown[]> {
  const database = new Database(join(dir, 'rag.db'), { readonly: true })
  const tables = [
    'workspace',
    'documents',
    'document_texts',
    'chunks',
    'chunk_texts',
    'chunk_vectors',
    'entity_vectors',
    'relation_vectors',
    'entity_fragments',
    'relation_fragments',
    'entities',
    'relations',
    'model_cache',
  ]
  const rows = tables.map(
    (table) => [table, database.prepare(`SELECT * FROM ${table}`).all()] as const,
  )
  database.close()
  return Object.fromEntries(rows)
}
