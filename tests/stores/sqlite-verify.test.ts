import { cp, mkdtemp, open, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { openSqliteStore } from '../../src/stores/sqlite/sqlite-store.ts'
import { verifyWorkspace } from '../../src/stores/sqlite/verify/verify-workspace.ts'
import {
  OFFLINE,
  openOffline,
  pathsIn,
  soundWorkspace,
  type WorkspacePaths,
} from './sound-workspace.ts'

const NEVER = Number.MAX_SAFE_INTEGER
const nan = Buffer.from(new Float32Array(384).fill(Number.NaN).buffer)

/** What is planted, the check that finds it, and what it says. */
const DAMAGES: readonly (readonly [string, string, string, RegExp])[] = [
  [
    'a chunk without a vector',
    'DELETE FROM chunk_vectors WHERE label = (SELECT max(label) FROM chunk_vectors)',
    'vectors',
    /1 chunks have no vector/,
  ],
  [
    'an entity without a vector',
    'DELETE FROM entity_vectors WHERE label = (SELECT min(label) FROM entity_vectors)',
    'vectors',
    /1 entities have no vector/,
  ],
  [
    'a vector without a row',
    `INSERT INTO relation_vectors VALUES (99999, zeroblob(1536))`,
    'vectors',
    /belong to none of the relations/,
  ],
  [
    'a vector of another dimension',
    'UPDATE chunk_vectors SET vector = zeroblob(16) WHERE label = 1',
    'vectors',
    /1 chunks have a vector of another dimension/,
  ],
  [
    'a vector that is no number',
    `UPDATE entity_vectors SET vector = x'${nan.toString('hex')}' WHERE label = (SELECT min(label) FROM entity_vectors)`,
    'vectors',
    /1 entities have a vector with a value that is no number/,
  ],
  [
    'a chunk without its text',
    'DELETE FROM chunk_texts WHERE chunk = 1',
    'references',
    /chunks have no text: 1/,
  ],
  [
    'a fragment of a chunk that is gone',
    `INSERT INTO entity_fragments (chunk, entity, rank, document, ordinal, position, named, type, description) VALUES (99999, 1, 0, 1, 0, 0, 0, 'x', 'x')`,
    'references',
    /1 entity fragments belong to no chunk/,
  ],
  [
    'an entity without a name',
    'DELETE FROM entity_names WHERE id = 1',
    'references',
    /entities have no name/,
  ],
  [
    'a text of a document that is gone',
    `INSERT INTO document_texts VALUES (99999, 'x')`,
    'references',
    /texts belong to no document/,
  ],
  [
    'an edit of an entity that is gone',
    `INSERT INTO entity_overrides VALUES ('Nobody', '{}')`,
    'references',
    /edits by hand name no entity: Nobody/,
  ],
  [
    'an entity of which nothing speaks',
    `INSERT INTO entity_names (id, name, name_key) VALUES (7777, 'Ghost', 'ghost'); INSERT INTO entity_index (rowid, name) VALUES (7777, 'Ghost'); INSERT INTO entities (entity, born, died, owed, type, description, source_ids, file_paths, spread, created_at, tokens) VALUES (7777, 0, ${NEVER}, 1, 'x', 'x', '[]', '[]', 0, 0, 0); UPDATE workspace SET entities = entities + 1`,
    'graph',
    /of which nothing speaks: Ghost/,
  ],
  [
    'an entity that is lost',
    `DELETE FROM entities WHERE entity = 1; UPDATE workspace SET entities = entities - 1`,
    'graph',
    /1 entities are missing of which fragments speak/,
  ],
  [
    'a relation that is lost',
    `DELETE FROM relations WHERE pair = 1; UPDATE workspace SET relations = relations - 1`,
    'graph',
    /1 relations are missing of which fragments speak/,
  ],
  [
    'a relation without fragments',
    `DELETE FROM relation_fragments WHERE pair = 1`,
    'graph',
    /1 relations are visible of which nothing speaks/,
  ],
  [
    'a weight that nobody gave',
    'UPDATE relations SET weight = weight + 1 WHERE pair = 1',
    'graph',
    /weigh something else/,
  ],
  [
    'a source that says nothing of it',
    `UPDATE entities SET source_ids = json_array('chunk-other'), spread = 1 WHERE entity = 1`,
    'graph',
    /name a source that does not speak of them/,
  ],
  [
    'a chunk that the full-text index lacks',
    'DELETE FROM chunk_index WHERE rowid = 1',
    'full-text',
    /visible chunks are not in the full-text index: 1/,
  ],
  [
    'an entry of the full-text index without a chunk',
    `INSERT INTO chunk_index (rowid, body, title) VALUES (99999, 'x', 'x')`,
    'full-text',
    /belong to no chunk: 99999/,
  ],
  [
    'a name that the full-text index lacks',
    'DELETE FROM entity_index WHERE rowid = 1',
    'full-text',
    /names are not in the full-text index/,
  ],
  [
    'a document that lost its text',
    'DELETE FROM document_texts WHERE document = 1',
    'documents',
    /neither a text nor a file/,
  ],
  [
    'a document with a chunk too few',
    'UPDATE documents SET chunks_count = 5 WHERE seq = 1',
    'documents',
    /another number of chunks/,
  ],
  [
    'a status that nobody knows',
    `UPDATE documents SET status = 'done' WHERE seq = 1`,
    'documents',
    /unknown status/,
  ],
  [
    'fields that are no JSON',
    `UPDATE documents SET metadata = '{' WHERE seq = 1`,
    'documents',
    /no JSON/,
  ],
  [
    'two visible versions of an entity',
    `INSERT INTO entities (entity, born, died, owed, type, description, source_ids, file_paths, spread, created_at, tokens) SELECT entity, born, died, 1, type, description, source_ids, file_paths, spread, created_at, tokens FROM entities WHERE entity = 1; UPDATE workspace SET entities = entities + 1`,
    'generations',
    /entities are visible twice/,
  ],
  [
    'a row of a generation that cannot be',
    'UPDATE chunks SET born = 5000 WHERE label = 1; UPDATE workspace SET chunks = chunks - 1',
    'generations',
    /in a generation that cannot be/,
  ],
  [
    'counters that are wrong',
    'UPDATE workspace SET relations = relations + 7',
    'generations',
    /relations are said to be visible/,
  ],
  ['a missing index', 'DROP INDEX chunks_by_id', 'schema', /chunks_by_id is missing/],
  [
    'a trigger',
    'CREATE TRIGGER planted AFTER INSERT ON documents BEGIN DELETE FROM documents; END',
    'schema',
    /planted does not belong here/,
  ],
  [
    'a stored file that leads elsewhere',
    `UPDATE documents SET stored_file = '../../etc/passwd' WHERE seq = 1`,
    'files',
    /lead out of their folder/,
  ],
]

describe('verifying a workspace', () => {
  let root: string
  let sound: WorkspacePaths
  let paths: WorkspacePaths
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'verify-'))
    sound = await soundWorkspace(root)
    return () => rm(root, { recursive: true, force: true })
  })
  beforeEach(async () => {
    const copy = await mkdtemp(join(tmpdir(), 'verify-copy-'))
    onTestFinished(() => rm(copy, { recursive: true, force: true }))
    paths = pathsIn(copy, 'sound')
    await cp(root, copy, { recursive: true })
  })
  const verify = () => verifyWorkspace(paths.dir, paths.uploadFolder)
  const plant = (sql: string) => {
    const database = new Database(join(paths.dir, 'rag.db'))
    database.exec(sql)
    database.close()
  }

  it('finds nothing wrong with one that the engine made', async () => {
    expect(sound.name).toBe('sound')
    expect(await verify()).toEqual({ inUse: false, findings: [] })
  })

  it('finds nothing wrong after edits by hand, replacements and deletions', async () => {
    const rag = await openOffline(paths)
    const [first = '', second = ''] = await rag.entityNames()
    await rag.entityCreate({
      entity_name: 'By hand',
      entity_data: { description: 'made', entity_type: 'thing' },
    })
    await rag.relationCreate({
      source_entity: 'By hand',
      target_entity: 'Paris',
      relation_data: { description: 'tied', weight: 3 },
    })
    await rag.entityEdit({ entity_name: 'Paris', updated_data: { description: 'A city.' } })
    await rag.entityEdit({
      entity_name: 'Warsaw',
      updated_data: { entity_name: 'Warszawa' },
      allow_rename: true,
    })
    await rag.mergeEntities({
      entities_to_change: [first],
      entity_to_change_into: second,
    })
    await rag.deleteEntity({ entity_name: 'Vistula' })
    await rag.insertCustomKg({
      chunks: [{ content: 'Basel lies on the Rhine.', source_id: 'b' }],
      entities: [{ entity_name: 'Basel', description: 'A city.', source_id: 'b' }],
      relationships: [
        { src_id: 'Basel', tgt_id: 'Rhine', description: 'lies on', keywords: 'x', source_id: 'b' },
      ],
    })
    await rag.insertTexts({
      texts: ['Marie Curie died in Passy.'],
      file_sources: ['text-0.txt'],
      on_conflict: 'replace',
    })
    await rag.idle()
    await rag.close()
    expect((await verify()).findings).toEqual([])
    const again = await openOffline(paths)
    const { documents } = await again.listDocuments({ page: 1, page_size: 10 })
    await again.deleteDocuments({ doc_ids: documents.map(({ id }) => id) })
    await again.idle()
    expect(await again.entityNames()).toContain('By hand')
    await again.close()
    expect((await verify()).findings).toEqual([])
  })

  it.each(DAMAGES)('finds %s', async (_what, sql, check, text) => {
    plant(sql)
    const { findings } = await verify()
    expect(findings).toContainEqual({ level: 'problem', check, text: expect.stringMatching(text) })
  })

  it('finds damaged pages', async () => {
    const database = new Database(join(paths.dir, 'rag.db'))
    const root = Number(
      database
        .prepare(`SELECT rootpage FROM sqlite_schema WHERE name = 'chunks_by_id'`)
        .pluck()
        .get(),
    )
    const pageBytes = Number(database.pragma('page_size', { simple: true }))
    database.close()
    const file = await open(join(paths.dir, 'rag.db'), 'r+')
    await file.write(Buffer.alloc(2000, 0x5a), 0, 2000, (root - 1) * pageBytes)
    await file.close()
    const { findings } = await verify()
    expect(findings[0]).toMatchObject({ level: 'problem', check: 'integrity' })
  })

  it('finds a file that is no database', async () => {
    await rm(join(paths.dir, 'rag.db-wal'), { force: true })
    await writeFile(join(paths.dir, 'rag.db'), 'x'.repeat(9000))
    const { findings } = await verify()
    expect(findings).toEqual([
      { level: 'problem', check: 'integrity', text: expect.stringMatching(/damaged/) },
    ])
  })

  it('finds a stored file that is missing, and notes one that belongs to nobody', async () => {
    const [name = ''] = await readdir(paths.uploadFolder)
    await writeFile(join(paths.uploadFolder, 'stray.txt'), 'x')
    expect((await verify()).findings).toEqual([
      { level: 'note', check: 'files', text: expect.stringContaining('stray.txt') },
    ])
    await rm(join(paths.uploadFolder, name))
    expect((await verify()).findings).toContainEqual({
      level: 'problem',
      check: 'files',
      text: expect.stringContaining(name),
    })
  })

  it('lists what is pending as pending, and what is on its way as that', async () => {
    plant(`DELETE FROM entity_vectors WHERE label = (SELECT label FROM entities WHERE entity = 1);
      UPDATE entities SET owed = 1 WHERE entity = 1;
      INSERT INTO chunks (id, document, ordinal, born, died, tokens, start, "end")
        SELECT 'staged', 1, 50, generation + 1, ${NEVER}, 0, 0, 0 FROM workspace;
      INSERT INTO chunk_texts (chunk, content, headings) SELECT max(label), 'x', '[]' FROM chunks`)
    const { findings } = await verify()
    expect(findings.map(({ level, check }) => `${level} ${check}`).sort()).toEqual([
      'note generations',
      'note vectors',
    ])
  })

  it('looks at one moment of a workspace that is in use, and takes nothing from it', async () => {
    const { id, dimension } = OFFLINE.embedding
    const store = await openSqliteStore({ dir: paths.dir, embedding: { id, dimension } })
    expect(await verify()).toEqual({ inUse: true, findings: [] })
    expect(await store.queue.pendingCount()).toBe(0)
    await store.close()
    expect((await verify()).inUse).toBe(false)
  })
})
