import { Type } from 'typebox'
import type { ProgressResponse } from '../../engine/documents/document-calls.ts'
import { freeObject } from '../../http/validation/free-object.ts'
import {
  LARGEST_COUNT,
  LONGEST,
  MOST,
  NullableInteger,
  NullableObject,
  NullableString,
  nullableText,
  OpenObject,
  StatusMessage,
  Text,
} from '../common-schemas.ts'
import { LONGEST_WAIT } from './wait-for-documents.ts'

export const DOC_STATUSES = [
  'pending',
  'processing',
  'preprocessed',
  'processed',
  'failed',
] as const
const DocStatus = Type.Enum(DOC_STATUSES)

/** An opt-in of ours: what to do when the file name is known already. */
export const InsertOptions = Type.Object({
  on_conflict: Type.Optional(Type.Enum(['keep', 'replace'])),
  /** Seconds to wait for the documents to be processed before the answer. */
  wait: Type.Integer({ minimum: 0, maximum: LONGEST_WAIT, default: 0 }),
})

const ChunkingParams = Type.Refine(
  Type.Object(
    {
      chunk_token_size: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000 })),
      chunk_overlap_token_size: Type.Optional(Type.Integer({ minimum: 0, maximum: 50_000 })),
      split_by_character: Type.Optional(
        Type.Unsafe<string | null>({ type: ['string', 'null'], maxLength: 1000 }),
      ),
      split_by_character_only: Type.Optional(Type.Boolean()),
    },
    { additionalProperties: false },
  ),
  ({ chunk_token_size: size, chunk_overlap_token_size: overlap }) =>
    size === undefined || overlap === undefined || overlap <= size / 2,
  () => 'chunk_overlap_token_size must be at most half of chunk_token_size',
)

const ChunkingBody = Type.Object(
  {
    strategy: Type.Enum(['fixed_token', 'custom', 'markdown']),
    params: Type.Optional(ChunkingParams),
  },
  { additionalProperties: false },
)
export const NullableChunking = Type.Unsafe<Type.Static<typeof ChunkingBody> | null>({
  ...ChunkingBody,
  type: ['object', 'null'],
})

const tags = { items: { type: 'string', maxLength: 128 }, maxItems: 64 }
const Tags = Type.Unsafe<string[]>({ type: 'array', ...tags })
const NullableTags = Type.Unsafe<string[] | null>({ type: ['array', 'null'], ...tags })
const ExternalId = nullableText(512)
const Metadata = freeObject<Record<string, unknown>>({ name: 'metadata' })
const NullableMetadata = freeObject<Record<string, unknown> | null>({
  name: 'metadata',
  nullable: true,
})
const FileSource = Type.String({ maxLength: LONGEST.file })
const list = { maxItems: MOST.texts }

/** What a caller says of a document; all of it is an addition to LightRAG. */
export const AnnotationFields = {
  external_id: Type.Optional(ExternalId),
  metadata: Type.Optional(NullableMetadata),
  tags: Type.Optional(NullableTags),
  chunking: Type.Optional(NullableChunking),
}

export const InsertTextBody = Type.Object({
  text: Text('text', LONGEST.document),
  file_source: Type.Optional(FileSource),
  ...AnnotationFields,
})

export const InsertTextsBody = Type.Object({
  texts: Type.Array(Text('text', LONGEST.document), { minItems: 1, ...list }),
  file_sources: Type.Optional(Type.Array(FileSource, list)),
  external_ids: Type.Optional(Type.Array(ExternalId, list)),
  metadata: Type.Optional(Type.Array(NullableMetadata, list)),
  tags: Type.Optional(Type.Array(NullableTags, list)),
  chunking: Type.Optional(NullableChunking),
})

export const InsertUrlBody = Type.Object({
  url: Text('url', LONGEST.file),
  ...AnnotationFields,
})

export const DocumentParams = Type.Object({
  document_id: Type.String({ maxLength: LONGEST.name }),
})

export const ChangeDocumentBody = Type.Object({
  tags: Type.Optional(Tags),
  metadata: Type.Optional(Metadata),
  enabled: Type.Optional(Type.Boolean()),
})

export const Page = Type.Integer({ minimum: 1, maximum: LARGEST_COUNT, default: 1 })

export const ChunksQuery = Type.Object({
  status: Type.Optional(Type.Enum(['set_aside'])),
  page: Page,
  page_size: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
})

export const Chunk = Type.Object({
  chunk_id: Type.String(),
  ordinal: Type.Integer(),
  start: Type.Integer(),
  end: Type.Integer(),
  headings: Type.Immutable(Type.Array(Type.String())),
  page: NullableInteger,
  content: Type.String(),
  tokens: Type.Integer(),
  status: Type.Enum(['extracted', 'set_aside']),
  error: NullableString,
})
export const Chunks = Type.Immutable(Type.Array(Chunk))

export const ChunksReply = Type.Object({
  document_id: Type.String(),
  chunks: Chunks,
  total_count: Type.Integer(),
})

export const RetryChunksReply = Type.Object({
  status: Type.Enum(['retry_started', 'nothing_to_retry']),
  message: Type.String(),
  chunks: Type.Integer(),
})

const Progress = Type.Unsafe<ProgressResponse | null>({
  type: ['object', 'null'],
  description:
    'Of a document that is not done yet: what is done with it, how much of it, and what it waits for',
  properties: {
    step: { type: ['string', 'null'], enum: ['read', 'extract', 'embed', 'merge', 'store', null] },
    done: { type: 'integer' },
    total: { type: ['integer', 'null'] },
    attempts: { type: 'integer' },
    next_retry_at: { type: ['string', 'null'] },
    queue_position: { type: ['integer', 'null'] },
    tokens: { type: ['integer', 'null'] },
  },
})

export const DocStatusReply = Type.Object({
  id: Type.String(),
  content_summary: Type.String(),
  content_length: Type.Integer(),
  status: DocStatus,
  created_at: Type.String(),
  updated_at: Type.String(),
  track_id: NullableString,
  chunks_count: NullableInteger,
  error_msg: NullableString,
  metadata: NullableObject,
  file_path: Type.String(),
  progress: Progress,
  external_id: NullableString,
  tags: Type.Immutable(Type.Array(Type.String())),
  attributes: Type.Unsafe<Readonly<Record<string, unknown>>>({
    ...OpenObject,
    description: 'The fields of your own, which `metadata` has among others',
  }),
  enabled: Type.Boolean(),
  size: Type.Unsafe<number | null>({
    ...NullableInteger,
    description: 'In bytes; null of what came before it was kept',
  }),
  mime: Type.String(),
  sha256: Type.Unsafe<string | null>({
    ...NullableString,
    description: 'Of the bytes of a file; null of texts',
  }),
  has_file: Type.Boolean({ description: 'Whether it came as a file, which can be sent back' }),
  created_by: Type.Unsafe<string | null>({
    ...NullableString,
    description: 'Id of who sent it first',
  }),
  created_by_name: NullableString,
  revision: Type.Integer({ description: 'From 1; one more with each replacement' }),
})

export const Documents = Type.Immutable(Type.Array(DocStatusReply))

export const InsertReply = Type.Object({
  status: Type.Enum(['success', 'duplicated', 'partial_success', 'failure']),
  message: Type.String(),
  track_id: Type.String(),
  documents: Type.Optional(
    Type.Unsafe<Type.Static<typeof Documents> | undefined>({
      ...Documents,
      description: 'How far the documents came; only with `wait`; an addition to LightRAG',
    }),
  ),
})

export const Counts = Type.Record(Type.String(), Type.Integer())

export const StatusesReply = Type.Object({ statuses: Type.Record(Type.String(), Documents) })

export const StatusCountsReply = Type.Object({ status_counts: Counts })

export const TrackParams = Type.Object({
  track_id: Type.String({ maxLength: LONGEST.name }),
})

export const TrackReply = Type.Object({
  track_id: Type.String(),
  documents: Documents,
  total_count: Type.Integer(),
  status_summary: Counts,
})

export const PipelineReply = Type.Object(
  {
    autoscanned: Type.Boolean(),
    busy: Type.Boolean(),
    job_name: Type.String(),
    job_start: NullableString,
    docs: Type.Integer(),
    batchs: Type.Integer(),
    cur_batch: Type.Integer(),
    request_pending: Type.Boolean(),
    cancellation_requested: Type.Boolean(),
    latest_message: Type.String(),
    history_messages: Type.Immutable(Type.Array(Type.String())),
    update_status: Type.Record(Type.String(), Type.Array(Type.Boolean())),
  },
  { additionalProperties: true },
)

const some = { minItems: 1, maxItems: MOST.ids }
const DocumentIds = Type.Refine(
  Type.Array(Text('a document id', LONGEST.name), some),
  (ids) => !Array.isArray(ids) || new Set(ids.map(trimmed)).size === ids.length,
  () => 'document ids must be unique',
)

const NAMING = ['doc_ids', 'external_ids', 'file_paths'] as const

export const DeleteBody = Type.Refine(
  Type.Object({
    doc_ids: Type.Optional(DocumentIds),
    external_ids: Type.Optional(Type.Array(Text('an external id', LONGEST.name), some)),
    file_paths: Type.Optional(Type.Array(Text('a file path', LONGEST.file), some)),
    delete_file: Type.Boolean({ default: false }),
    delete_llm_cache: Type.Boolean({ default: false }),
  }),
  (body) => typeof body !== 'object' || body === null || NAMING.some((name) => name in body),
  () => `documents are named by ${NAMING.join(', ')}`,
)

export const DeleteReply = Type.Object({
  status: Type.Enum(['deletion_started', 'busy', 'not_allowed']),
  message: Type.String(),
  doc_id: Type.String(),
  taken: Type.Immutable(Type.Array(Type.String())),
  not_found: Type.Immutable(Type.Array(Type.String())),
})

export const ResetStatusBody = Type.Object({
  doc_ids: DocumentIds,
  target_status: Type.Enum(['pending', 'failed'], { default: 'pending' }),
})

export const ResetStatusReply = Type.Object({
  status: Type.Enum(['success', 'partial', 'failed']),
  message: Type.String(),
  reset_count: Type.Integer(),
  failed_ids: Type.Immutable(Type.Array(Type.String())),
})

/** Its content means nothing, but clients must send it. */
export const ClearCacheBody = Type.Object({})

export const ReprocessReply = Type.Object({
  ...StatusMessage.properties,
  track_id: Type.String(),
})

function trimmed(id: unknown): unknown {
  return typeof id === 'string' ? id.trim() : id
}
