import type { OperationDocs } from './operation-doc.ts'

const QUESTION = 'How long is the warranty of the AquaLine 400?'
const ANSWER = 'The AquaLine 400 has a warranty of 24 months [1].'

const citation = {
  chunk_id: 'chunk-5f2d8a90c1b34e7f8d6a5b4c3d2e1f00',
  document_id: 'doc-9c1e2f7a5b3d4c6e8f0a1b2c3d4e5f60',
  ordinal: 0,
  start: 0,
  end: 290,
  sentence: { start: 12, end: 62 },
  headings: ['Warranty'],
  page: null,
  end_page: null,
}
const statements = [
  {
    start: 0,
    end: 49,
    citations: [{ reference_id: '1', ...citation, by: 'marker', unsupported: false, missing: [] }],
  },
]
const { document_id } = citation
const references = [
  { reference_id: '1', file_path: 'pump-warranty.md', document_id, citations: [citation] },
]

export const QUERY_DOCS = {
  'POST /query': {
    tag: 'Queries',
    summary: 'Answers a question',
    body: { example: { query: QUESTION, mode: 'mix' } },
    reply: { example: { response: ANSWER, references, statements } },
    asksModels: true,
  },
  'POST /query/stream': {
    tag: 'Queries',
    summary: 'Answers a question piece by piece',
    description:
      'Lines of JSON: the references first, then the answer in pieces, then what is known of the whole: `statements`, `no_answer`, `finish_reason`. An answer that breaks off ends with a line that has `error`. What is no stream comes as one line with both.',
    body: { example: { query: QUESTION } },
    reply: {
      type: 'application/x-ndjson',
      schema: { type: 'string', description: 'One JSON object a line' },
      example: `${JSON.stringify({ references })}\n${JSON.stringify({ response: ANSWER })}\n${JSON.stringify({ statements })}\n`,
    },
    asksModels: true,
  },
  'POST /query/data': {
    tag: 'Queries',
    summary: 'Shows what was found, without an answer',
    body: { example: { query: QUESTION } },
    reply: {
      example: {
        status: 'success',
        message: 'Query executed successfully',
        data: {
          entities: [
            {
              entity_name: 'AquaLine 400',
              entity_type: 'product',
              description: 'A pump.',
              source_id: citation.chunk_id,
              file_path: 'pump-warranty.md',
              document_id,
              created_at: 1768469402,
            },
          ],
          relationships: [],
          chunks: [
            {
              reference_id: '1',
              content: 'The AquaLine 400 pump has a warranty of 24 months.',
              file_path: 'pump-warranty.md',
              ...citation,
            },
          ],
          references,
        },
        metadata: { query_mode: 'mix', keywords: { high_level: [], low_level: ['AquaLine 400'] } },
      },
    },
    asksModels: true,
    errors: {
      400: {
        description: 'The request does not fit its schema, in the shape of the reply',
        schema: {
          type: 'object',
          properties: {
            status: { type: 'string', const: 'failure' },
            message: { type: 'string' },
            data: { type: 'object' },
            metadata: { type: 'object' },
            detail: { type: 'string', description: 'In place of these, for any other fault' },
          },
        },
      },
      422: null,
    },
  },
} satisfies OperationDocs
