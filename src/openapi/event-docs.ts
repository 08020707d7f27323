import type { OperationDocs } from './operation-doc.ts'

const EXAMPLE = `id: 1f0c2a7e-12
event: document.status
data: {"document_id":"doc-0b1dfae4e2f5a4c7d7a4fca6dc1d0e11","status":"processed"}

`

export const EVENT_DOCS = {
  'GET /events': {
    tag: 'Documents',
    summary: 'Pushes what happens to documents, as server-sent events',
    description:
      'Events are `hello` at the beginning, `documents.queued`, `document.status`, `document.progress` (twice a second a document at most), `documents.cleared`, `pipeline` when a model is out or back, `reset` when something may have been missed, `access.ended` and `closing`. `Last-Event-ID` makes up for what came meanwhile. The stream ends after EVENT_STREAM_SECONDS; then the client comes back.',
    reply: {
      type: 'text/event-stream',
      schema: { type: 'string', description: 'Server-sent events' },
      example: EXAMPLE,
    },
  },
} satisfies OperationDocs
