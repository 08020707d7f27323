import { beforeAll, describe, expect, it } from 'vitest'
import type { InsertResponse } from '../../src/engine/documents/document-calls.ts'
import {
  QUERY_MODES,
  type QueryData,
  type QueryResponse,
} from '../../src/engine/retrieve/query-calls.ts'
import type { RestClient } from './rest-client.ts'

const HARBOUR =
  'The Northern Harbour of Port Alder was designed by Clara Whitfield. ' +
  'Clara Whitfield worked with the engineer Tomas Berg, who built the granite breakwater.'
const BAKERY =
  'The bakery of Hugo Lindqvist sells rye bread in Market Street. Hugo Lindqvist learned the trade from Ines Moreau.'
const QUESTION = 'Who designed the harbour at Port Alder?'

interface Line {
  readonly response?: string
  readonly references?: readonly { reference_id: string; file_path: string }[]
  readonly error?: string
}

export function describeQueries(client: () => RestClient): void {
  describe('queries', () => {
    let rest: RestClient
    beforeAll(async () => {
      rest = client()
      await rest.clear()
      const { body } = await rest.post<InsertResponse>('/documents/texts', {
        texts: [HARBOUR, BAKERY],
        file_sources: ['harbour.txt', 'bakery.txt'],
      })
      await rest.settled(body.track_id)
    })

    const ask = async (body: object): Promise<QueryResponse> => {
      const reply = await rest.post<QueryResponse>('/query', { query: QUESTION, ...body })
      expect(reply.status).toBe(200)
      return reply.body
    }
    const stream = async (body: object): Promise<Line[]> => {
      const reply = await rest.post('/query/stream', { query: QUESTION, ...body })
      expect(reply.status).toBe(200)
      expect(reply.headers.get('content-type')).toBe('application/x-ndjson')
      expect(reply.headers.get('cache-control')).toBe('no-cache')
      expect(reply.headers.get('x-accel-buffering')).toBe('no')
      expect(reply.text.endsWith('\n')).toBe(true)
      return reply.text
        .slice(0, -1)
        .split('\n')
        .map((line) => JSON.parse(line))
    }

    describe.each(QUERY_MODES.filter((mode) => mode !== 'bypass'))('in mode %s', (mode) => {
      it('answers with references to the files', async () => {
        const { response, references } = await ask({ mode })
        expect(response).toMatch(/\S/)
        expect(references?.map(({ file_path }) => file_path)).toContain('harbour.txt')
        expect(references?.map(({ reference_id }) => reference_id)).toEqual(
          references?.map((_, index) => String(index + 1)),
        )
        expect(references?.some((reference) => 'content' in reference)).toBe(false)
      })

      it('streams the references first, then the answer', async () => {
        const [first, ...rest] = await stream({ mode, stream: true })
        expect(first?.references?.map(({ file_path }) => file_path)).toContain('harbour.txt')
        // An answer from the cache comes whole, with its references.
        const lines = first?.response === undefined ? rest : [first]
        // Who says what is known when the answer is whole, so that stands in a line behind it.
        const pieces = lines.filter((line) => !('statements' in line) || 'response' in line)
        expect(pieces.length).toBeGreaterThan(0)
        expect(pieces.every(({ response }) => response !== undefined && response !== '')).toBe(true)
      })

      it('shows the data behind an answer', async () => {
        const { status, body } = await rest.post<QueryData>('/query/data', {
          query: QUESTION,
          mode,
        })
        expect(status).toBe(200)
        expect(body.status).toBe('success')
        expect(Object.keys(body.data).sort()).toEqual([
          'chunks',
          'entities',
          'references',
          'relationships',
        ])
        expect(body.metadata.query_mode).toBe(mode)
        expect(body.data.references?.map(({ file_path }) => file_path)).toContain('harbour.txt')
        const chunk = body.data.chunks?.find(({ file_path }) => file_path === 'harbour.txt')
        expect(chunk).toMatchObject({
          reference_id: expect.stringMatching(/^[1-9]/),
          chunk_id: expect.stringMatching(/^chunk-[0-9a-f]{32}$/),
        })
        expect(HARBOUR).toContain(chunk?.content)
      })
    })

    it('says where in the file each reference stands', async () => {
      const { references } = await ask({})
      const harbour = references?.find(({ file_path }) => file_path === 'harbour.txt')
      expect(harbour?.citations.length).toBeGreaterThan(0)
      const [citation] = harbour?.citations ?? []
      expect(Object.keys(citation ?? {}).sort()).toEqual([
        'chunk_id',
        'document_id',
        'end',
        'end_page',
        'headings',
        'ordinal',
        'page',
        'sentence',
        'start',
      ])
      expect(HARBOUR.slice(citation?.start, citation?.end)).toContain('Clara Whitfield')
    })

    it('adds the passages to the references when asked to', async () => {
      const { references } = await ask({ include_chunk_content: true })
      const harbour = references?.find(({ file_path }) => file_path === 'harbour.txt')
      expect(harbour?.content?.join('\n')).toContain('Clara Whitfield')
    })

    it.each([false, null, 'false'])(
      'gives null for references when include_references is %s',
      async (include_references) => {
        expect((await ask({ include_references })).references).toBeNull()
      },
    )

    it('answers in bypass mode without looking anything up', async () => {
      const { response, references } = await ask({ mode: 'bypass' })
      expect(response).toBeTypeOf('string')
      expect(references).toEqual([])
    })

    it('accepts every field that LightRAG knows, and skips the others', async () => {
      const { response } = await ask({
        mode: 'mix',
        response_type: 'Single Paragraph',
        top_k: '7',
        chunk_top_k: 5.0,
        max_entity_tokens: 1000,
        max_relation_tokens: 1000,
        max_total_tokens: 8000,
        hl_keywords: ['design'],
        ll_keywords: ['Port Alder'],
        conversation_history: [{ role: 'user', content: 'Hello', name: 'me' }],
        user_prompt: 'Be brief',
        enable_rerank: false,
        include_references: true,
        only_need_context: null,
        only_need_prompt: null,
        stream: false,
        history_turns: 3,
        something_else: { deep: [1, 2] },
      })
      expect(response).toMatch(/\S/)
    })

    it('streams no line of references when they are not wanted', async () => {
      const lines = await stream({ include_references: false })
      expect(lines.every((line) => !('references' in line))).toBe(true)
      expect(lines.map(({ response }) => response).join('')).toMatch(/\S/)
    })

    it('streams a single line when the stream is off', async () => {
      const lines = await stream({ stream: false })
      expect(lines).toHaveLength(1)
      expect(lines[0]?.response).toMatch(/\S/)
      expect(lines[0]?.references?.length).toBeGreaterThan(0)
    })

    it('says so when nothing is found', async () => {
      await rest.clear()
      const { response, references } = await ask({})
      expect(response).toContain('[no-context]')
      expect(references).toEqual([])
      const lines = await stream({})
      expect(lines).toHaveLength(1)
      expect(lines[0]?.response).toContain('[no-context]')
      expect(lines[0]?.references).toEqual([])
      const { status, body } = await rest.post<QueryData>('/query/data', { query: QUESTION })
      expect(status).toBe(200)
      expect(body).toEqual({
        status: 'failure',
        message: expect.any(String),
        data: {},
        metadata: { failure_reason: 'no_results', mode: 'mix' },
      })
    })

    it('survives readers who leave in the middle of a stream', async () => {
      const leave = async () => {
        const controller = new AbortController()
        const response = await rest.fetch('/query/stream', {
          method: 'POST',
          body: JSON.stringify({ query: QUESTION }),
          headers: { 'content-type': 'application/json' },
          signal: controller.signal,
        })
        controller.abort()
        await response.text().catch(() => '')
      }
      await Promise.all(Array.from({ length: 10 }, leave))
      expect((await rest.get('/health')).status).toBe(200)
    })
  })
}
