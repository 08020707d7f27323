import { beforeEach, describe, expect, it } from 'vitest'
import type {
  ClearDocumentsResponse,
  DeleteDocumentsResponse,
  DocStatusResponse,
  InsertResponse,
  PaginatedDocuments,
  PipelineStatus,
  TrackStatus,
} from '../../src/engine/documents/document-calls.ts'
import type { Refusal, RestClient } from './rest-client.ts'

const CURIE = 'Marie Curie discovered radium together with Pierre Curie in Paris.'
const TURING = 'Alan Turing described the universal machine at Princeton University.'
const DOCUMENT_FIELDS = [
  'attributes',
  'chunks_count',
  'content_length',
  'content_summary',
  'created_at',
  'created_by',
  'created_by_name',
  'enabled',
  'error_msg',
  'external_id',
  'file_path',
  'has_file',
  'id',
  'metadata',
  'mime',
  'progress',
  'revision',
  'sha256',
  'size',
  'status',
  'tags',
  'track_id',
  'updated_at',
]

export function describeDocuments(client: () => RestClient): void {
  describe('documents', () => {
    let rest: RestClient
    beforeEach(async () => {
      rest = client()
      await rest.clear()
    })

    const insert = async (text: string, file_source?: string): Promise<InsertResponse> => {
      const { status, body } = await rest.post<InsertResponse>('/documents/text', {
        text,
        file_source,
      })
      expect(status).toBe(200)
      return body
    }
    const page = async (query: object): Promise<PaginatedDocuments> => {
      const { status, body } = await rest.post<PaginatedDocuments>('/documents/paginated', query)
      expect(status).toBe(200)
      return body
    }

    it('takes in a text and tells under its track id how it went', async () => {
      const { status, track_id } = await insert(CURIE, 'curie.txt')
      expect(status).toBe('success')
      expect(track_id).toMatch(/^insert_\d{8}_\d{6}_[0-9a-f]{8}$/)
      const [document] = await rest.settled(track_id)
      expect(Object.keys(document ?? {}).sort()).toEqual(DOCUMENT_FIELDS)
      expect(document).toMatchObject({
        status: 'processed',
        file_path: 'curie.txt',
        track_id,
        content_summary: CURIE,
        content_length: CURIE.length,
      })
      expect(document?.id).toMatch(/^doc-[0-9a-f]{32}$/)
      expect(document?.chunks_count).toBeGreaterThan(0)
      expect(document?.created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00$/)
    })

    it('counts the documents of a track by status', async () => {
      const { track_id } = await insert(CURIE)
      await rest.settled(track_id)
      const { body } = await rest.get<TrackStatus>(`/documents/track_status/${track_id}`)
      expect(body).toMatchObject({
        track_id,
        total_count: 1,
        status_summary: { processed: 1 },
      })
    })

    it('calls a text without a source unknown_source', async () => {
      const [document] = await rest.settled((await insert(CURIE)).track_id)
      expect(document?.file_path).toBe('unknown_source')
    })

    it('takes in several texts under one track id, padding their sources', async () => {
      const { body } = await rest.post<InsertResponse>('/documents/texts', {
        texts: [CURIE, TURING],
        file_sources: ['curie.txt'],
      })
      const documents = await rest.settled(body.track_id)
      expect(documents.map(({ file_path }) => file_path).sort()).toEqual([
        'curie.txt',
        'unknown_source',
      ])
    })

    it('refuses more sources than texts', async () => {
      const { status, body } = await rest.post<Refusal>('/documents/texts', {
        texts: [CURIE],
        file_sources: ['curie.txt', 'turing.txt'],
      })
      expect(status).toBe(400)
      expect(body.detail).toMatch(/\S/)
      expect((await page({})).documents).toEqual([])
    })

    it('answers a text that it holds with the track id of the first', async () => {
      const first = await insert(CURIE)
      await rest.settled(first.track_id)
      expect(await insert(CURIE)).toMatchObject({
        status: 'duplicated',
        track_id: first.track_id,
      })
    })

    it('answers a source that it holds as duplicated, whatever the text', async () => {
      const first = await insert(CURIE, 'people.txt')
      await rest.settled(first.track_id)
      expect(await insert(TURING, 'people.txt')).toMatchObject({
        status: 'duplicated',
        track_id: first.track_id,
      })
    })

    it('takes the others of a batch of which it knows a text or a source', async () => {
      const { track_id: known } = await insert(CURIE, 'people.txt')
      await rest.settled(known)
      const send = async (texts: readonly string[], file_sources: readonly string[]) => {
        const body = { texts, file_sources }
        return (await rest.post<InsertResponse>('/documents/texts', body)).body
      }
      const sent = await send(
        [CURIE, TURING, `${TURING} again`, `${CURIE} again`],
        ['curie.txt', 'turing.txt', 'people.txt', 'more.txt'],
      )
      expect(sent).toMatchObject({
        status: 'partial_success',
        message: expect.stringContaining('2 of them were here already'),
      })
      const taken = await rest.settled(sent.track_id)
      expect(taken.map(({ file_path }) => file_path).sort()).toEqual(['more.txt', 'turing.txt'])
      expect(await send([CURIE, TURING], ['curie.txt', 'turing.txt'])).toMatchObject({
        status: 'duplicated',
        track_id: known,
      })
    })

    it('replaces the text of a known source when asked to', async () => {
      await rest.settled((await insert(CURIE, 'people.txt')).track_id)
      const { body } = await rest.post<InsertResponse>('/documents/text?on_conflict=replace', {
        text: TURING,
        file_source: 'people.txt',
      })
      expect(body.status).toBe('success')
      await rest.settled(body.track_id)
      const { documents } = await page({})
      expect(documents.map(({ content_summary }) => content_summary)).toEqual([TURING])
    })

    it('keeps a text of the Basic Multilingual Plane and beyond as it is', async () => {
      const text = 'Zürich, 東京 und 👩‍🚀: Grüße von Ada Lovelace.'
      const [document] = await rest.settled((await insert(text, '東京.txt')).track_id)
      expect(document).toMatchObject({ content_summary: text, file_path: '東京.txt' })
    })

    it('takes NUL characters and lone surrogates without harm', async () => {
      const { status, body } = await rest.postRaw<InsertResponse>(
        '/documents/text',
        '{"text": "Grace Hopper \\u0000 wrote \\ud800 a compiler.", "file_source": "a\\udc00.txt"}',
      )
      expect(status).toBeLessThan(500)
      if (status === 200) {
        const [document] = await rest.settled(body.track_id)
        expect(document?.status).toBe('processed')
      }
    })

    it('gives an empty list for a track that it does not know', async () => {
      const { status, body } = await rest.get<TrackStatus>('/documents/track_status/insert_x')
      expect(status).toBe(200)
      expect(body).toEqual({
        track_id: 'insert_x',
        documents: [],
        total_count: 0,
        status_summary: {},
      })
    })

    it('refuses a blank track id', async () => {
      const { status, body } = await rest.get<Refusal>('/documents/track_status/%20%20')
      expect(status).toBe(400)
      expect(body.detail).toBeTypeOf('string')
    })

    it('lists documents page by page', async () => {
      const texts = Array.from({ length: 12 }, (_, index) => `Ada Lovelace wrote note ${index}.`)
      const file_sources = texts.map((_, index) => `note-${String(index).padStart(2, '0')}.txt`)
      const { body } = await rest.post<InsertResponse>('/documents/texts', { texts, file_sources })
      await rest.settled(body.track_id)
      const sorted = { page_size: 10, sort_field: 'file_path', sort_direction: 'asc' }

      const first = await page({ ...sorted, page: 1 })
      expect(first.documents.map(({ file_path }) => file_path)).toEqual(file_sources.slice(0, 10))
      expect(first.pagination).toEqual({
        page: 1,
        page_size: 10,
        total_count: 12,
        total_pages: 2,
        has_next: true,
        has_prev: false,
      })
      const second = await page({ ...sorted, page: '2' })
      expect(second.documents.map(({ file_path }) => file_path)).toEqual(file_sources.slice(10))
      expect(second.pagination).toMatchObject({ has_next: false, has_prev: true })
      const down = await page({ ...sorted, sort_direction: 'desc' })
      expect(down.documents[0]?.file_path).toBe('note-11.txt')
      const past = await page({ ...sorted, page: 9 })
      expect(past.documents).toEqual([])
      expect(past.pagination.total_count).toBe(12)
      const far = await page({ ...sorted, page: 1_000_000_000, page_size: 200 })
      expect(far.documents).toEqual([])
    })

    it('lists by status, and counts every status whatever the filter', async () => {
      await rest.settled((await insert(CURIE)).track_id)
      const failed = await page({ status_filter: 'failed' })
      expect(failed.documents).toEqual([])
      expect(failed.pagination).toMatchObject({ total_count: 0, total_pages: 0 })
      expect(failed.status_counts).toMatchObject({ processed: 1, failed: 0, pending: 0, all: 1 })
      const several = await page({
        status_filter: 'failed',
        status_filters: ['failed', 'processed'],
      })
      expect(several.pagination.total_count).toBe(1)
      const all = await page({ status_filter: null, page_size: 50 })
      expect(all.pagination).toMatchObject({ page: 1, page_size: 50, total_count: 1 })
    })

    it('takes the statuses that newer clients ask for, which nothing has here', async () => {
      await rest.settled((await insert(CURIE)).track_id)
      const both = await page({ status_filters: ['parsing', 'processed'] })
      expect(both.pagination.total_count).toBe(1)
      const none = await page({ status_filters: ['parsing', 'analyzing'] })
      expect(none.documents).toEqual([])
    })

    it('counts documents by status', async () => {
      await rest.settled((await insert(CURIE)).track_id)
      const { body } = await rest.get<object>('/documents/status_counts')
      expect(body).toMatchObject({
        status_counts: {
          pending: 0,
          processing: 0,
          preprocessed: 0,
          processed: 1,
          failed: 0,
          all: 1,
        },
      })
    })

    it('still lists all documents by status in one piece', async () => {
      await rest.settled((await insert(CURIE, 'curie.txt')).track_id)
      const { body } = await rest.get<{ statuses: Record<string, DocStatusResponse[]> }>(
        '/documents',
      )
      expect(Object.keys(body.statuses)).toEqual(['processed'])
      const [document] = body.statuses.processed ?? []
      expect(Object.keys(document ?? {}).sort()).toEqual(DOCUMENT_FIELDS)
      expect(document?.file_path).toBe('curie.txt')
    })

    it('shows an idle pipeline', async () => {
      const { status, body } = await rest.get<PipelineStatus>('/documents/pipeline_status')
      expect(status).toBe(200)
      expect(body).toMatchObject({
        autoscanned: expect.any(Boolean),
        busy: false,
        job_name: expect.any(String),
        docs: expect.any(Number),
        batchs: expect.any(Number),
        cur_batch: expect.any(Number),
        request_pending: false,
        cancellation_requested: false,
        latest_message: expect.any(String),
        history_messages: expect.any(Array),
        update_status: expect.any(Object),
      })
      expect(body).toHaveProperty('job_start')
    })

    it('deletes documents, known or not', async () => {
      const [curie] = await rest.settled((await insert(CURIE)).track_id)
      await rest.settled((await insert(TURING)).track_id)
      const unknown = `doc-${'0'.repeat(32)}`
      const doc_ids = [curie?.id, unknown]
      const { body: reply } = await rest.delete<DeleteDocumentsResponse>(
        '/documents/delete_document',
        { doc_ids, delete_file: true, delete_llm_cache: 'true' },
      )
      expect(reply).toEqual({
        status: 'deletion_started',
        message: expect.any(String),
        doc_id: doc_ids.join(', '),
        taken: [curie?.id],
        not_found: [unknown],
      })
      await expect
        .poll(async () => (await page({})).documents.map(({ content_summary }) => content_summary))
        .toEqual([TURING])
    })

    it('clears the workspace, and clears it again', async () => {
      await rest.settled((await insert(CURIE)).track_id)
      for (let times = 0; times < 2; times += 1) {
        const { body: reply } = await rest.send<ClearDocumentsResponse>('/documents', {
          method: 'DELETE',
        })
        expect(reply).toEqual({ status: 'success', message: expect.any(String) })
        expect((await page({})).pagination.total_count).toBe(0)
      }
    })

    it('clears the cache of model answers', async () => {
      const { status, body } = await rest.post('/documents/clear_cache', {})
      expect(status).toBe(200)
      expect(body).toEqual({ status: 'success', message: expect.any(String) })
    })

    it('starts over with failed documents', async () => {
      const { status, body } = await rest.send('/documents/reprocess_failed', { method: 'POST' })
      expect(status).toBe(200)
      expect(body).toEqual({
        status: 'reprocessing_started',
        message: expect.any(String),
        track_id: '',
      })
    })

    it('has nothing to cancel when idle', async () => {
      const reply = () =>
        rest.send<{ status: string }>('/documents/cancel_pipeline', { method: 'POST' })
      await expect.poll(async () => (await reply()).body.status).toBe('not_busy')
    })
  })
}
