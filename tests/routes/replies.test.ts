import { afterEach, describe, expect, it } from 'vitest'
import type {
  DocStatusResponse,
  PipelineStatus,
} from '../../src/engine/documents/document-calls.ts'
import { ModelUnavailable } from '../../src/engine/ports/engine-error.ts'
import type {
  QueryParams,
  QueryResponse,
  Reference,
} from '../../src/engine/retrieve/query-calls.ts'
import { FakeRag } from './fake-rag.ts'
import { startServer } from './fake-server.ts'
import { RestClient, type TestServer } from './rest-client.ts'

const ODD_TEXT = 'NUL \0, lone \ud800 surrogate, "quotes", \u2028 and 👩‍🚀'
const DOCUMENT: DocStatusResponse = {
  id: 'doc-1',
  content_summary: ODD_TEXT,
  content_length: 12,
  status: 'failed',
  created_at: '2026-01-02T03:04:05.000006+00:00',
  updated_at: '2026-01-02T03:04:05.000006+00:00',
  track_id: null,
  chunks_count: null,
  error_msg: null,
  metadata: null,
  progress: null,
  file_path: ODD_TEXT,
  external_id: ODD_TEXT,
  tags: [ODD_TEXT],
  attributes: { [ODD_TEXT]: [1, null] },
  enabled: false,
  size: 12,
  mime: 'text/plain',
  sha256: null,
  has_file: false,
  created_by: null,
  created_by_name: ODD_TEXT,
  revision: 1,
}
const METADATA = { processing_start_time: 1.5, nested: { list: [1, null, 'x'] } }
const REFERENCE: Reference = {
  reference_id: '1',
  file_path: 'a.md',
  document_id: 'd',
  citations: [
    {
      chunk_id: 'c',
      document_id: 'd',
      ordinal: 0,
      start: 1,
      end: 9,
      sentence: { start: 2, end: 4 },
      headings: ['H'],
      page: 1,
      end_page: 2,
    },
  ],
}

describe('replies', () => {
  let server: TestServer
  afterEach(() => server.close())

  const client = async (rag: FakeRag): Promise<RestClient> => {
    server = await startServer(rag)
    return new RestClient(server)
  }

  it('carry a document field by field, null where there is nothing', async () => {
    const documents = [DOCUMENT, { ...DOCUMENT, metadata: METADATA, chunks_count: 3 }]
    class OneTrackRag extends FakeRag {
      override async trackStatus(trackId: string) {
        return { track_id: trackId, documents, total_count: 2, status_summary: { failed: 2 } }
      }
    }
    const rest = await client(new OneTrackRag())
    const { body } = await rest.get('/documents/track_status/t')
    expect(body).toEqual({
      track_id: 't',
      documents,
      total_count: 2,
      status_summary: { failed: 2 },
    })
  })

  it('pass on what an engine tells of its pipeline beyond the usual', async () => {
    class TalkativeRag extends FakeRag {
      override async pipelineStatus(): Promise<PipelineStatus> {
        return { ...(await super.pipelineStatus()), ...{ pending_enqueues: 4 } }
      }
    }
    const { body } = await (await client(new TalkativeRag())).get('/documents/pipeline_status')
    expect(body).toEqual({ ...(await new TalkativeRag().pipelineStatus()) })
  })

  it.each<[string, readonly Reference[] | null]>([
    ['no references', null],
    ['an empty list', []],
    ['references', [REFERENCE, { ...REFERENCE, reference_id: '2' }]],
    ['references with passages', [{ ...REFERENCE, content: [ODD_TEXT, 'two'] }]],
  ])('carry %s', async (_what, references) => {
    class RefRag extends FakeRag {
      override async query(): Promise<QueryResponse> {
        return { response: ODD_TEXT, references }
      }
    }
    const rest = await client(new RefRag())
    const { body } = await rest.post('/query', { query: 'Who are you?' })
    expect(body).toEqual({ response: ODD_TEXT, references })
  })

  it('carry the properties of nodes and edges as they are', async () => {
    const graph = {
      nodes: [{ id: 'A', labels: ['A'], properties: { entity_id: 'A', created_at: 1, x: [null] } }],
      edges: [
        { id: 'A-B', type: 'DIRECTED', source: 'A', target: 'B', properties: { weight: 0.5 } },
      ],
      is_truncated: true,
    }
    class GraphRag extends FakeRag {
      override async subgraph() {
        return graph
      }
    }
    const { body } = await (await client(new GraphRag())).get('/graphs?label=A')
    expect(body).toEqual(graph)
  })

  it('carry a failure behind /query/data with its own status', async () => {
    class DownRag extends FakeRag {
      override async queryData(): Promise<never> {
        throw new ModelUnavailable('The model is out')
      }
    }
    const rest = await client(new DownRag())
    const { status, body } = await rest.post('/query/data', { query: 'Who are you?' })
    expect(status).toBe(503)
    expect(body).toEqual({ detail: 'The model is out' })
  })

  it('never show a field that the contract does not name', async () => {
    class LeakyRag extends FakeRag {
      override async query(params: QueryParams): Promise<QueryResponse> {
        return { ...(await super.query(params)), ...{ prompt: 'secret' } }
      }
    }
    const rest = await client(new LeakyRag())
    const { text } = await rest.post('/query', { query: 'Who are you?' })
    expect(text).not.toContain('secret')
  })
})
