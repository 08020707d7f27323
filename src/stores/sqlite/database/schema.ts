import { FOLDED_FORMS } from '../tables/folded-forms.ts'
import { NEVER } from './visibility.ts'

const FULL_TEXT_INDEXES = ['chunk_index', 'entity_index', 'relation_index'] as const

/**
 * `documents.seq` is the order of intake. Texts stand apart from the rows that lists and joins read.
 */
const DOCUMENTS = `
CREATE TABLE workspace (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  generation INTEGER NOT NULL,
  chunks INTEGER NOT NULL,
  entities INTEGER NOT NULL,
  relations INTEGER NOT NULL,
  embedding_id TEXT NOT NULL,
  embedding_dimension INTEGER NOT NULL
);
CREATE TABLE documents (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  file_path TEXT NOT NULL,
  status TEXT NOT NULL,
  content_summary TEXT NOT NULL,
  content_length INTEGER NOT NULL,
  content_hash TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  track_id TEXT NOT NULL,
  chunks_count INTEGER,
  error_msg TEXT,
  metadata TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  stored_file TEXT
);
CREATE INDEX documents_by_status ON documents (status, seq);
CREATE INDEX documents_by_hash ON documents (content_hash);
CREATE INDEX documents_by_track ON documents (track_id);
CREATE INDEX documents_by_path ON documents (file_path, id);
CREATE INDEX documents_by_creation ON documents (created_at, id);
CREATE INDEX documents_by_update ON documents (updated_at, id);
CREATE TABLE document_texts (document INTEGER PRIMARY KEY, text TEXT NOT NULL);
CREATE TABLE scheduled_deletions (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  document INTEGER NOT NULL UNIQUE
);
CREATE TABLE dead_texts (document INTEGER PRIMARY KEY);
`

/**
 * A fragment is visible when its chunk is. Its index is in canonical order, so that the first of many
 * are found without reading the rest; `rank` is that of its document.
 */
const CHUNKS = `
CREATE TABLE chunks (
  label INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL,
  document INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  born INTEGER NOT NULL,
  died INTEGER NOT NULL,
  tokens INTEGER NOT NULL,
  start INTEGER NOT NULL,
  "end" INTEGER NOT NULL,
  page INTEGER,
  error TEXT
);
CREATE INDEX chunks_by_id ON chunks (id);
CREATE INDEX chunks_by_document ON chunks (document, ordinal);
CREATE INDEX chunks_dead ON chunks (died) WHERE died < ${NEVER};
CREATE TABLE chunk_texts (
  chunk INTEGER PRIMARY KEY,
  content TEXT NOT NULL,
  headings TEXT NOT NULL
);
CREATE TABLE chunk_vectors (label INTEGER PRIMARY KEY, vector BLOB NOT NULL);
CREATE VIRTUAL TABLE chunk_index USING fts5(
  body, title,
  content = '', contentless_delete = 1,
  tokenize = "porter unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'"
);
CREATE TABLE entity_fragments (
  id INTEGER PRIMARY KEY,
  chunk INTEGER NOT NULL,
  entity INTEGER NOT NULL,
  rank INTEGER NOT NULL,
  document INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  position INTEGER NOT NULL,
  named INTEGER NOT NULL,
  type TEXT NOT NULL,
  description TEXT NOT NULL
);
CREATE INDEX entity_fragments_by_chunk ON entity_fragments (chunk, entity);
CREATE INDEX entity_fragments_in_order
  ON entity_fragments (entity, rank, document, ordinal, position);
CREATE TABLE relation_fragments (
  id INTEGER PRIMARY KEY,
  chunk INTEGER NOT NULL,
  pair INTEGER NOT NULL,
  rank INTEGER NOT NULL,
  document INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  position INTEGER NOT NULL,
  keywords TEXT NOT NULL,
  description TEXT NOT NULL,
  weight REAL NOT NULL
);
CREATE INDEX relation_fragments_by_chunk ON relation_fragments (chunk, pair);
CREATE INDEX relation_fragments_in_order
  ON relation_fragments (pair, rank, document, ordinal, position);
CREATE VIRTUAL TABLE relation_index USING fts5(
  title, description,
  content = '', contentless_delete = 1,
  tokenize = "porter unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'"
);
`

/**
 * A name or a pair is the stable key; each version of what it stands for is a row of its own, whose
 * label is also that of its vector.
 */
const GRAPH = `
CREATE TABLE entity_names (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  name_key TEXT NOT NULL
);
CREATE INDEX entity_names_by_key ON entity_names (name_key);
CREATE VIRTUAL TABLE entity_index USING fts5(
  name,
  content = '', contentless_delete = 1,
  tokenize = "porter unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'"
);
CREATE TABLE entities (
  label INTEGER PRIMARY KEY AUTOINCREMENT,
  entity INTEGER NOT NULL,
  born INTEGER NOT NULL,
  died INTEGER NOT NULL,
  owed INTEGER NOT NULL,
  type TEXT NOT NULL,
  description TEXT NOT NULL,
  source_ids TEXT NOT NULL,
  file_paths TEXT NOT NULL,
  spread INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  tokens INTEGER NOT NULL
);
CREATE INDEX entities_by_entity ON entities (entity, died);
CREATE INDEX entities_dead ON entities (died) WHERE died < ${NEVER};
CREATE INDEX entities_owed ON entities (label) WHERE owed = 1;
CREATE TABLE entity_vectors (label INTEGER PRIMARY KEY, vector BLOB NOT NULL);
CREATE TABLE relation_pairs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  source INTEGER NOT NULL,
  target INTEGER NOT NULL,
  UNIQUE (source, target)
);
CREATE INDEX relation_pairs_by_target ON relation_pairs (target);
CREATE TABLE relations (
  label INTEGER PRIMARY KEY AUTOINCREMENT,
  pair INTEGER NOT NULL,
  born INTEGER NOT NULL,
  died INTEGER NOT NULL,
  owed INTEGER NOT NULL,
  keywords TEXT NOT NULL,
  description TEXT NOT NULL,
  weight REAL NOT NULL,
  source_ids TEXT NOT NULL,
  file_paths TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  tokens INTEGER NOT NULL
);
CREATE INDEX relations_by_pair ON relations (pair, died);
CREATE INDEX relations_dead ON relations (died) WHERE died < ${NEVER};
CREATE INDEX relations_owed ON relations (label) WHERE owed = 1;
CREATE TABLE relation_vectors (label INTEGER PRIMARY KEY, vector BLOB NOT NULL);
`

const MODEL_CACHE = `
CREATE TABLE model_cache (
  key TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  value TEXT NOT NULL,
  chunk_id TEXT
);
CREATE INDEX model_cache_by_chunk ON model_cache (chunk_id) WHERE chunk_id IS NOT NULL;
`

/**
 * The index would merge its segments within whichever commit finds enough of them, and hold everybody
 * up; we merge a few pages at a time. Its own emergency merge stays as a backstop.
 */
const NO_MERGES = FULL_TEXT_INDEXES.map(
  (index) => `
INSERT INTO ${index} (${index}, rank) VALUES ('automerge', 0);
INSERT INTO ${index} (${index}, rank) VALUES ('crisismerge', 512);
`,
).join('')

/** What callers say of their documents, and what was asked for with them. */
const DOCUMENT_ANNOTATIONS = `
ALTER TABLE documents ADD COLUMN external_id TEXT;
ALTER TABLE documents ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';
ALTER TABLE documents ADD COLUMN attributes TEXT NOT NULL DEFAULT '{}';
ALTER TABLE documents ADD COLUMN enabled INTEGER NOT NULL DEFAULT 1;
ALTER TABLE documents ADD COLUMN chunking TEXT;
CREATE UNIQUE INDEX documents_by_external_id ON documents (external_id)
  WHERE external_id IS NOT NULL;
CREATE INDEX documents_disabled ON documents (seq) WHERE enabled = 0;
CREATE INDEX model_cache_by_kind ON model_cache (kind);
`

/** The chunk of fragments that come from no document: always visible, and without a text. */
export const NO_CHUNK = 0

/**
 * Fragments that a person made or renamed live from `born` to `died` within the life of their chunk.
 * Those that come from no document say themselves where they come from.
 */
const GRAPH_EDITS = `
INSERT INTO chunks (label, id, document, ordinal, born, died, tokens, start, "end")
  VALUES (${NO_CHUNK}, '', 0, 0, 0, ${NEVER}, 0, 0, 0);
${(['entity', 'relation'] as const)
  .map(
    (kind) => `
ALTER TABLE ${kind}_fragments ADD COLUMN born INTEGER NOT NULL DEFAULT 0;
ALTER TABLE ${kind}_fragments ADD COLUMN died INTEGER;
ALTER TABLE ${kind}_fragments ADD COLUMN source_id TEXT;
ALTER TABLE ${kind}_fragments ADD COLUMN file_path TEXT;
ALTER TABLE ${kind}_fragments ADD COLUMN made_at INTEGER;
CREATE INDEX ${kind}_fragments_born ON ${kind}_fragments (born) WHERE born > 0;
CREATE INDEX ${kind}_fragments_died ON ${kind}_fragments (died) WHERE died IS NOT NULL;`,
  )
  .join('')}
CREATE TABLE entity_overrides (name TEXT PRIMARY KEY, override TEXT NOT NULL);
CREATE TABLE relation_overrides (
  source TEXT NOT NULL,
  target TEXT NOT NULL,
  override TEXT NOT NULL,
  PRIMARY KEY (source, target)
);
CREATE TABLE custom_graphs (document INTEGER PRIMARY KEY, graph TEXT NOT NULL);
`

/** Every full-text entry anew, as `indexable_text` has it now. */
const FULL_TEXTS_ANEW = `
${FULL_TEXT_INDEXES.map((index) => `INSERT INTO ${index} (${index}) VALUES ('delete-all');`).join('\n')}
CREATE TEMP TABLE titles AS
  SELECT c.label AS chunk, indexable_text(coalesce(d.file_path, '') || coalesce(
      (SELECT group_concat(char(10) || h.value, '') FROM json_each(t.headings) h), '')) AS title
  FROM chunks c JOIN chunk_texts t ON t.chunk = c.label
    LEFT JOIN documents d ON d.seq = c.document;
CREATE UNIQUE INDEX temp.titles_by_chunk ON titles (chunk);
INSERT INTO chunk_index (rowid, body, title)
  SELECT n.chunk, indexable_text(t.content), n.title
  FROM titles n JOIN chunk_texts t ON t.chunk = n.chunk ORDER BY n.chunk;
INSERT INTO entity_index (rowid, name)
  SELECT id, indexable_text(name) FROM entity_names ORDER BY id;
INSERT INTO relation_index (rowid, title, description)
  SELECT f.id, n.title, indexable_text(f.description)
  FROM relation_fragments f JOIN titles n ON n.chunk = f.chunk
  WHERE f.born > 0 OR f.id IN (
    SELECT min(id) FROM relation_fragments WHERE born = 0 GROUP BY chunk, description
  ) ORDER BY f.id;
DROP TABLE temp.titles;
`

/**
 * A question looks for each of its words in every segment, so that few segments answer twice as fast
 * as many; merged are two of a size, where SQLite would wait for four.
 */
const FEW_SEGMENTS = FULL_TEXT_INDEXES.map(
  (index) => `INSERT INTO ${index} (${index}, rank) VALUES ('usermerge', 2);`,
).join('\n')

/**
 * What walks and the graph read again and again stands in the indexes whole, numbers only; the rows
 * with their texts are not touched.
 */
const COVERING_INDEXES = `
DROP INDEX entity_fragments_by_chunk;
CREATE INDEX entity_fragments_by_chunk
  ON entity_fragments (chunk, entity, named, position, born, died);
DROP INDEX entity_fragments_in_order;
CREATE INDEX entity_fragments_in_order
  ON entity_fragments (entity, rank, document, ordinal, position, chunk, named, born, died);
DROP INDEX entities_by_entity;
CREATE INDEX entities_by_entity ON entities (entity, died, born, spread);
DROP INDEX relations_by_pair;
CREATE INDEX relations_by_pair ON relations (pair, died, born, weight);
`

/**
 * `place` is the order of the queue: of intake, until a document goes behind those who wait. It is
 * taken up when `next_attempt_at` (milliseconds) has come; `blame` is what speaks against it so far.
 */
const QUEUE = `
ALTER TABLE documents ADD COLUMN place INTEGER NOT NULL DEFAULT 0;
ALTER TABLE documents ADD COLUMN next_attempt_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE documents ADD COLUMN blame INTEGER NOT NULL DEFAULT 0;
UPDATE documents SET place = seq;
DROP INDEX documents_by_status;
CREATE INDEX documents_by_status ON documents (status, place, next_attempt_at);
CREATE INDEX documents_by_place ON documents (place);
`

/** How a document is to go, and that all are. */
const SCHEDULED = `
ALTER TABLE scheduled_deletions ADD COLUMN forget_answers INTEGER NOT NULL DEFAULT 0;
ALTER TABLE scheduled_deletions ADD COLUMN delete_files INTEGER NOT NULL DEFAULT 0;
CREATE TABLE promised_clearing (id INTEGER PRIMARY KEY CHECK (id = 1));
`

/** Under which name the workspace is kept; none before it was opened under one. */
const NAMED = `
CREATE TABLE workspace_name (id INTEGER PRIMARY KEY CHECK (id = 1), name TEXT NOT NULL);
`

/**
 * Which process has a document in work and what it does with it, and how many processes have ended by
 * that.
 */
const WORK_MARKS = `
ALTER TABLE documents ADD COLUMN life TEXT NOT NULL DEFAULT '';
ALTER TABLE documents ADD COLUMN step TEXT NOT NULL DEFAULT '';
ALTER TABLE documents ADD COLUMN deaths INTEGER NOT NULL DEFAULT 0;
`

/** From which `documents.seq` on documents are on their way, in several transactions. */
const ARRIVING = `
CREATE TABLE arriving (id INTEGER PRIMARY KEY CHECK (id = 1), first INTEGER NOT NULL);
`

/** Where pages and sections begin within a chunk; null of those that were cut before it was kept. */
const OUTLINES = `
ALTER TABLE chunk_texts ADD COLUMN outline TEXT;
CREATE INDEX chunk_texts_without_outline ON chunk_texts (chunk) WHERE outline IS NULL;
`

/** Workbooks were cut before their sheets were pages: their outlines are made anew. */
const SHEET_PAGES = `
UPDATE chunk_texts SET outline = NULL WHERE chunk IN (
  SELECT c.label FROM documents d JOIN chunks c ON c.document = d.seq
  WHERE d.stored_file IS NOT NULL AND d.file_path LIKE '%.xlsx' AND c.page IS NULL);
`

/** What came, and from whom. The hash is that of the bytes, also once their text has one of its own. */
const ORIGINS = `
ALTER TABLE documents ADD COLUMN size INTEGER;
ALTER TABLE documents ADD COLUMN file_hash TEXT;
ALTER TABLE documents ADD COLUMN author_id TEXT;
ALTER TABLE documents ADD COLUMN author_name TEXT;
CREATE INDEX documents_by_file_hash ON documents (file_hash) WHERE file_hash IS NOT NULL;
`

/** `MIGRATIONS[n]` leads from version n to n + 1. What was released is never edited. */
export const MIGRATIONS: readonly string[] = [
  DOCUMENTS + CHUNKS + GRAPH + NO_MERGES + MODEL_CACHE,
  DOCUMENT_ANNOTATIONS,
  GRAPH_EDITS,
  FULL_TEXTS_ANEW,
  FEW_SEGMENTS,
  COVERING_INDEXES,
  QUEUE,
  SCHEDULED,
  NAMED,
  WORK_MARKS,
  FOLDED_FORMS,
  ARRIVING,
  OUTLINES,
  SHEET_PAGES,
  ORIGINS,
]
