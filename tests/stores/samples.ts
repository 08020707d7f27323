import type {
  Change,
  EntityState,
  NewChunk,
  NewEntityFragment,
  RelationState,
} from '../../src/engine/ports/change.ts'
import type { NewDocument } from '../../src/engine/ports/document-record.ts'
import { NO_EDIT } from '../../src/engine/ports/graph-edit.ts'
import type { Store } from '../../src/engine/ports/store.ts'

export const DIMENSION = 4
export const EMBEDDING = { id: 'test/four', dimension: DIMENSION }

/** A vector of length one. */
export function vector(...values: number[]): Float32Array {
  const padded = Array.from({ length: DIMENSION }, (_, index) => values[index] ?? 0)
  const length = Math.hypot(...padded)
  return Float32Array.from(padded, (value) => value / length)
}

export function newDocument(id: string, overrides: Partial<NewDocument> = {}): NewDocument {
  return {
    id,
    filePath: `${id}.txt`,
    trackId: 'track',
    contentSummary: `About ${id}`,
    contentLength: 10,
    contentHash: `hash of ${id}`,
    metadata: {},
    text: `Text of ${id}`,
    storedFile: null,
    ...overrides,
  }
}

export function newChunk(id: string, overrides: Partial<NewChunk> = {}): NewChunk {
  return {
    id,
    ordinal: 0,
    content: `Content of ${id}`,
    tokens: 3,
    start: 0,
    end: 10,
    headings: [],
    page: null,
    outline: null,
    vector: vector(1),
    entities: [],
    relations: [],
    error: null,
    ...overrides,
  }
}

export function entity(name: string, overrides: Partial<EntityState> = {}): EntityState {
  return {
    name,
    type: 'person',
    description: `${name} is somebody`,
    sourceIds: [],
    filePaths: [],
    createdAt: 1,
    tokens: 5,
    vector: vector(1),
    ...overrides,
  }
}

export function relation(
  source: string,
  target: string,
  overrides: Partial<RelationState> = {},
): RelationState {
  return {
    source,
    target,
    keywords: 'work',
    description: `${source} knows ${target}`,
    weight: 1,
    sourceIds: [],
    filePaths: [],
    createdAt: 1,
    tokens: 5,
    vector: vector(1),
    ...overrides,
  }
}

export function change(overrides: Partial<Change>): Change {
  return {
    removes: [],
    publishes: null,
    entities: [],
    relations: [],
    deadEntities: [],
    deadRelations: [],
    edit: NO_EDIT,
    ...overrides,
  }
}

/** Whoever claims documents in tests, and for how long. */
export const OWNER = 'the test'
export const LEASE_MS = 60_000

/** Enqueues a document, claims it, and publishes it with these chunks. */
export async function publish(
  store: Store,
  document: NewDocument,
  chunks: readonly NewChunk[],
  rest: Partial<Change> = {},
): Promise<void> {
  await store.queue.enqueue([document], { onConflict: 'keep' })
  const claimed = await store.queue.claim(OWNER, LEASE_MS)
  if (claimed?.id !== document.id) throw new Error('another document was waiting')
  const applied = await store.graph.apply(
    change({
      publishes: {
        documentId: claimed.id,
        revision: claimed.revision,
        owner: OWNER,
        chunks,
        metadata: {},
      },
      ...rest,
    }),
  )
  if (!applied) throw new Error('the change was refused')
}

/** That a chunk speaks of an entity. */
export function said(
  name: string,
  description = 'said so',
  overrides: Partial<NewEntityFragment> = {},
): NewEntityFragment {
  return { name, type: 'person', description, named: false, ...overrides }
}
