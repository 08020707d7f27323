import type { OperationDoc, OperationDocs } from './operation-doc.ts'

const TRACK = 'insert_20260115_093000_1f0c2a7e'

const document = {
  id: 'doc-0b1dfae4e2f5a4c7d7a4fca6dc1d0e11',
  content_summary: 'The AquaLine 400 pump has a warranty of 24 months.',
  content_length: 50,
  status: 'processed',
  created_at: '2026-01-15T09:30:00.000000+00:00',
  updated_at: '2026-01-15T09:30:02.000000+00:00',
  track_id: TRACK,
  chunks_count: 1,
  error_msg: null,
  metadata: { attempts: 1 },
  file_path: 'pump-warranty.md',
  progress: null,
  external_id: null,
  tags: ['pumps'],
  attributes: { year: 2026 },
  enabled: true,
  size: 50,
  mime: 'text/markdown',
  sha256: '0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0',
  has_file: true,
  created_by: 'acme',
  created_by_name: 'acme',
  revision: 1,
}
const chunk = {
  chunk_id: 'chunk-5f2d8a90c1b34e7f8d6a5b4c3d2e1f00',
  ordinal: 0,
  start: 0,
  end: 50,
  headings: ['Warranty'],
  page: null,
  content: document.content_summary,
  tokens: 13,
  status: 'extracted',
  error: null,
}
const applied = {
  q: null,
  tags: ['pumps'],
  types: null,
  enabled: null,
  owner: null,
  created_from: null,
  created_to: null,
  metadata: null,
}
/** Some of those that files are sent back as. */
const FILE_TYPES = ['application/pdf', 'text/html', 'text/markdown', 'text/plain', 'text/csv']
const NO_DOCUMENT = { 404: 'There is no document of this id' }
const counts = { pending: 0, processing: 0, preprocessed: 0, processed: 1, failed: 0, all: 1 }
const inserted = {
  status: 'success',
  message: 'Accepted. Processing goes on in the background.',
  track_id: TRACK,
}
const about = (summary: string): Pick<OperationDoc, 'tag' | 'summary'> => ({
  tag: 'Documents',
  summary,
})
const message = (status: string, text: string) => ({ example: { status, message: text } })

const intake = {
  'POST /documents/upload': {
    ...about('Takes in one file'),
    description: 'Answers once the file is durable; processing goes on in the background.',
    body: {
      type: 'multipart/form-data',
      schema: {
        type: 'object',
        required: ['file'],
        properties: { file: { type: 'string', format: 'binary' } },
      },
      example: { file: 'pump-warranty.md' },
    },
    reply: { example: inserted },
  },
  'POST /documents/text': {
    ...about('Takes in one text'),
    body: {
      example: { text: 'The pump house opens at six.', file_source: 'hours.txt' },
    },
    reply: { example: inserted },
  },
  'POST /documents/texts': {
    ...about('Takes in several texts, all or none'),
    body: { example: { texts: ['One text.', 'Another.'], file_sources: ['one.txt', 'two.txt'] } },
    reply: { example: inserted },
  },
  'POST /documents/url': {
    ...about('Takes in a page of the web'),
    description:
      'The page is fetched before the answer, as its robots.txt allows, from addresses of the public ' +
      'internet alone. Sent again with on_conflict=replace it is taken in anew where it has changed.',
    body: { example: { url: 'https://pumps.example/warranty.html' } },
    reply: { example: inserted },
  },
} satisfies OperationDocs

const lists = {
  'GET /documents': {
    ...about('Lists documents by status, at most 1000'),
    deprecated: true,
    reply: { example: { statuses: { processed: [document] } } },
  },
  'POST /documents/paginated': {
    ...about('Lists documents page by page'),
    description:
      'Pages by number shift when documents come and go. With `cursor` and an order by `created_at`, `id` or `file_path` each document comes once.',
    body: { example: { page: 1, page_size: 50, status_filter: 'processed', tags: ['pumps'] } },
    reply: {
      example: {
        documents: [document],
        pagination: {
          page: 1,
          page_size: 50,
          total_count: 1,
          total_pages: 1,
          has_next: false,
          has_prev: false,
        },
        status_counts: counts,
        next_cursor: null,
        applied: {
          ...applied,
          status_filters: ['processed'],
          sort_field: 'updated_at',
          sort_direction: 'desc',
        },
      },
    },
  },
  'GET /documents/facets': {
    ...about('Counts what documents could be chosen by'),
    description:
      'Of the documents that the same filter leaves in a list: statuses, and the 200 most frequent tags, types and owners.',
    reply: {
      example: {
        total_count: 1,
        status: { pending: 0, processing: 0, preprocessed: 0, processed: 1, failed: 0 },
        tags: [{ tag: 'pumps', n: 1 }],
        types: [{ type: 'md', n: 1 }],
        owners: [{ owner: 'acme', name: 'acme', n: 1 }],
        applied: { ...applied, status_filters: null },
      },
    },
  },
  'GET /documents/status_counts': {
    ...about('Counts documents by status'),
    reply: { example: { status_counts: counts } },
  },
  'GET /documents/track_status/:track_id': {
    ...about('Shows the documents of one insert'),
    description: 'An unknown track id has no documents, and is no error.',
    reply: {
      example: {
        track_id: TRACK,
        documents: [document],
        total_count: 1,
        status_summary: { processed: 1 },
      },
    },
  },
  'GET /documents/pipeline_status': {
    ...about('Tells what is being processed'),
    reply: {
      example: {
        autoscanned: false,
        busy: true,
        job_name: 'Indexing',
        job_start: '2026-01-15T09:30:00.000000+00:00',
        docs: 2,
        batchs: 2,
        cur_batch: 1,
        request_pending: false,
        cancellation_requested: false,
        latest_message: 'Processing pump-warranty.md',
        history_messages: ['Processing pump-warranty.md'],
        update_status: {},
      },
    },
  },
} satisfies OperationDocs

const one = {
  'GET /documents/:document_id': {
    ...about('Shows one document'),
    reply: { example: document },
    errors: NO_DOCUMENT,
  },
  'GET /documents/:document_id/text': {
    ...about('Shows a part of the text of a document, with what begins in it'),
    description:
      'Places count UTF-16 units. A document that is not read yet has no text, and one that is not processed no headings and pages.',
    reply: {
      example: {
        document_id: document.id,
        length: 50,
        from: 0,
        to: 50,
        text: document.content_summary,
        headings: [{ level: 1, title: 'Warranty', start: 0 }],
        pages: [],
        outline_truncated: false,
      },
    },
    errors: NO_DOCUMENT,
  },
  'GET /documents/:document_id/file': {
    ...about('Sends the file that a document came as'),
    description:
      'Whole, or the part that `Range` asks for, with an `ETag`; `inline` lets browsers show what is PDF, PNG, JPEG or plain text.',
    reply: {
      type: 'application/octet-stream',
      schema: { type: 'string', description: 'The bytes as they came; of the type of the file' },
      example: '%PDF-1.7',
    },
    alternatives: FILE_TYPES.map((type) => ({
      type,
      schema: { type: 'string' },
      example: 'The bytes as they came',
    })),
    errors: {
      404: 'There is no document of this id, or it did not come as a file',
      416: 'The part lies beyond the end of the file',
    },
  },
  'GET /documents/chunks/:chunk_id': {
    ...about('Shows a chunk among its neighbours'),
    reply: {
      example: {
        chunk,
        document_id: document.id,
        file_path: document.file_path,
        previous: [],
        next: [],
      },
    },
    errors: { 404: 'There is no chunk of this id' },
  },
  'PATCH /documents/:document_id': {
    ...about('Changes what its sender said of a document'),
    description: 'Tags and metadata take the place of the old; `enabled` hides it from queries.',
    body: { example: { tags: ['pumps'], metadata: { year: 2026 }, enabled: true } },
    reply: { example: document },
    errors: NO_DOCUMENT,
  },
  'GET /documents/:document_id/chunks': {
    ...about('Lists the chunks of a document'),
    reply: {
      example: {
        document_id: document.id,
        chunks: [chunk],
        total_count: 1,
      },
    },
    errors: NO_DOCUMENT,
  },
  'POST /documents/:document_id/retry_chunks': {
    ...about('Extracts those chunks again that were set aside'),
    reply: {
      example: {
        status: 'retry_started',
        message: '1 chunk(s) are extracted again in the background.',
        chunks: 1,
      },
    },
    errors: {
      404: 'There is no document of this id',
      409: 'The document is being processed',
    },
  },
} satisfies OperationDocs

const chosen = {
  example: {
    matched: 2,
    accepted: 1,
    dry_run: false,
    items: [
      { id: document.id, result: 'accepted', reason: null },
      { id: 'doc-1b2c3d4e5f60718293a4b5c6d7e8f901', result: 'skipped', reason: 'It is pending.' },
    ],
    items_truncated: false,
  },
}
const CHOSEN =
  'Documents are named by `doc_ids` or by a `filter` as of the list. `items` tells of the first 1,000; with `dry_run` nothing is done.'

const changes = {
  'POST /documents/precheck': {
    ...about('Tells what would become of files before they are sent'),
    description:
      'A file is the `same` when its very bytes are here, by `sha256`, and `changed` when another is here under its name or id. Nothing is taken in, nor kept free.',
    body: { example: { files: [{ name: 'pump-warranty.md', size: 50 }] } },
    reply: {
      example: {
        items: [
          { name: 'pump-warranty.md', verdict: 'changed', document_id: document.id, reason: null },
        ],
      },
    },
  },
  'POST /documents/retry': {
    ...about('Tries failed documents again'),
    description: CHOSEN,
    body: { example: { filter: { tags: ['pumps'] }, dry_run: false } },
    reply: chosen,
    errors: { 400: 'Neither ids nor a filter, or both' },
  },
  'PATCH /documents': {
    ...about('Changes what senders said of documents'),
    description: `Tags and metadata take the place of the old; \`add_tags\` and \`remove_tags\` leave the others. ${CHOSEN}`,
    body: {
      example: { doc_ids: [document.id], change: { add_tags: ['pumps'], enabled: true } },
    },
    reply: chosen,
    errors: { 400: 'Nothing to change, or a filter that leaves out nothing' },
  },
  'POST /documents/delete': {
    ...about('Deletes documents in the background'),
    description: `As \`DELETE /documents/delete_document\`. ${CHOSEN}`,
    body: { example: { filter: { status_filters: ['failed'] }, dry_run: true } },
    reply: chosen,
    errors: { 400: 'Neither ids nor a filter that leaves out something' },
  },
  'DELETE /documents': {
    ...about('Deletes everything in the workspace'),
    description:
      'Taken whatever is going on: work under way is ended. A crash before the answer takes nothing back.',
    reply: message('success', 'All documents are deleted.'),
  },
  'DELETE /documents/delete_document': {
    ...about('Deletes documents in the background'),
    description:
      'Taken whatever is going on, and kept in order, also after a restart: work on these documents ' +
      'is ended. All documents are meant that one of the lists names; unknown ones are accepted, and ' +
      'told in `not_found`.',
    body: { example: { doc_ids: [document.id] } },
    reply: {
      example: {
        status: 'deletion_started',
        message: 'Deletion of 1 document(s) goes on in the background.',
        doc_id: document.id,
        taken: [document.id],
        not_found: [],
      },
    },
  },
  'POST /documents/clear_cache': {
    ...about('Forgets cached answers of models'),
    body: { example: {} },
    reply: message('success', 'Cleared 12 cached model answers.'),
  },
  'POST /documents/reprocess_failed': {
    ...about('Tries failed documents again'),
    reply: {
      example: {
        status: 'reprocessing_started',
        message: '1 document(s) that failed or wait are processed again in the background.',
        track_id: '',
      },
    },
  },
  'POST /documents/reset_status': {
    ...about('Sets the status of documents'),
    description: 'No work begins, and what a document holds stays.',
    body: { example: { doc_ids: [document.id], target_status: 'pending' } },
    reply: {
      example: {
        status: 'success',
        message: '1 document(s) are pending now.',
        reset_count: 1,
        failed_ids: [],
      },
    },
  },
  'POST /documents/cancel_pipeline': {
    ...about('Stops the current run, and a scan of the input folder'),
    reply: message('not_busy', 'The pipeline is not busy.'),
  },
} satisfies OperationDocs

export const DOCUMENT_DOCS = { ...intake, ...lists, ...one, ...changes }
