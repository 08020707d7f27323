import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { InsertResponse } from '../../src/engine/documents/document-calls.ts'
import type { Invalid, Refusal, RestClient } from './rest-client.ts'

/** Method, path, body, and the kinds of failure with their places. */
const INVALID: [string, string, unknown, Record<string, string>][] = [
  ['POST', '/documents/text', {}, { 'body.text': 'missing' }],
  ['POST', '/documents/text', { text: '' }, { 'body.text': 'string_too_short' }],
  ['POST', '/documents/text', { text: ' \n ' }, { 'body.text': 'value_error' }],
  ['POST', '/documents/text', { text: 7 }, { 'body.text': 'string_type' }],
  ['POST', '/documents/text', { text: null }, { 'body.text': 'string_type' }],
  [
    'POST',
    '/documents/text',
    { text: 'fine', file_source: null },
    { 'body.file_source': 'string_type' },
  ],
  ['POST', '/documents/text', [], { body: 'model_attributes_type' }],
  ['POST', '/documents/text', 'text', { body: 'model_attributes_type' }],
  ['POST', '/documents/text', null, { body: 'missing' }],
  ['POST', '/documents/texts', { texts: [] }, { 'body.texts': 'too_short' }],
  ['POST', '/documents/texts', { texts: 'one' }, { 'body.texts': 'list_type' }],
  [
    'POST',
    '/documents/texts',
    { texts: ['fine', 3, ''], file_sources: [null] },
    {
      'body.texts.1': 'string_type',
      'body.texts.2': 'string_too_short',
      'body.file_sources.0': 'string_type',
    },
  ],
  [
    'POST',
    '/documents/paginated',
    {
      page: 0,
      page_size: 201,
      status_filter: 'PROCESSED',
      sort_field: 'size',
      sort_direction: null,
      status_filters: ['failed', 'done'],
    },
    {
      'body.page': 'greater_than_equal',
      'body.page_size': 'less_than_equal',
      'body.status_filter': 'literal_error',
      'body.sort_field': 'literal_error',
      'body.sort_direction': 'literal_error',
      'body.status_filters.1': 'literal_error',
    },
  ],
  [
    'POST',
    '/documents/paginated',
    { page: 'two', page_size: 10.5 },
    { 'body.page': 'int_parsing', 'body.page_size': 'int_from_float' },
  ],
  [
    'POST',
    '/documents/paginated',
    { page: null, page_size: [] },
    { 'body.page': 'int_type', 'body.page_size': 'int_type' },
  ],
  ['DELETE', '/documents/delete_document', {}, { body: 'value_error' }],
  ['DELETE', '/documents/delete_document', { doc_ids: [] }, { 'body.doc_ids': 'too_short' }],
  [
    'DELETE',
    '/documents/delete_document',
    { doc_ids: ['doc-1', ' '], delete_file: 'perhaps', delete_llm_cache: {} },
    {
      'body.doc_ids.1': 'value_error',
      'body.delete_file': 'bool_parsing',
      'body.delete_llm_cache': 'bool_type',
    },
  ],
  [
    'DELETE',
    '/documents/delete_document',
    { doc_ids: ['doc-1', ' doc-1'] },
    { 'body.doc_ids': 'value_error' },
  ],
  ['POST', '/query', {}, { 'body.query': 'missing' }],
  ['POST', '/query', { query: 'ab' }, { 'body.query': 'string_too_short' }],
  ['POST', '/query', { query: '    ' }, { 'body.query': 'value_error' }],
  [
    'POST',
    '/query',
    {
      query: 'x'.repeat(65_537),
      top_k: 1001,
      max_total_tokens: 1_000_001,
      hl_keywords: Array.from({ length: 101 }, () => 'x'),
      ll_keywords: ['y'.repeat(1025)],
      user_prompt: 'z'.repeat(65_537),
      filters: { tags: Array.from({ length: 5001 }, () => 't') },
    },
    {
      'body.query': 'string_too_long',
      'body.top_k': 'less_than_equal',
      'body.max_total_tokens': 'less_than_equal',
      'body.hl_keywords': 'too_long',
      'body.ll_keywords.0': 'string_too_long',
      'body.user_prompt': 'string_too_long',
      'body.filters.tags': 'too_long',
    },
  ],
  [
    'POST',
    '/documents/text',
    {
      text: 'fine',
      chunking: {
        strategy: 'fixed_token',
        params: { chunk_token_size: 1000, chunk_overlap_token_size: 999 },
      },
    },
    { 'body.chunking.params': 'value_error' },
  ],
  [
    'POST',
    '/query',
    { query: 'Who is it?', filters: { tag: ['a'], document_ids: ['b'] } },
    { 'body.filters.tag': 'extra_forbidden' },
  ],
  [
    'POST',
    '/query/stream',
    {
      query: ['who'],
      mode: null,
      top_k: 0,
      chunk_top_k: 'x',
      only_need_context: 'maybe',
      hl_keywords: null,
      ll_keywords: 'word',
      response_type: '',
      conversation_history: [{ content: 'no role' }, { role: ' ' }, 'text'],
      include_references: 3,
      user_prompt: 5,
    },
    {
      'body.query': 'string_type',
      'body.mode': 'literal_error',
      'body.top_k': 'greater_than_equal',
      'body.chunk_top_k': 'int_parsing',
      'body.only_need_context': 'bool_parsing',
      'body.hl_keywords': 'list_type',
      'body.ll_keywords': 'list_type',
      'body.response_type': 'string_too_short',
      'body.conversation_history.0.role': 'missing',
      'body.conversation_history.1.role': 'value_error',
      'body.conversation_history.2': 'dict_type',
      'body.include_references': 'bool_parsing',
      'body.user_prompt': 'string_type',
    },
  ],
]

export function describeBadInput(client: () => RestClient): void {
  describe('bad input', () => {
    let rest: RestClient
    beforeAll(() => {
      rest = client()
    })
    afterAll(() => rest.clear())

    it.each(INVALID)('%s %s refuses %j, naming each fault', async (method, path, body, faults) => {
      const reply =
        method === 'POST'
          ? await rest.post<Invalid>(path, body)
          : await rest.delete<Invalid>(path, body)
      expect(reply.status).toBe(422)
      const found = reply.body.detail.map(({ loc, type }) => [loc.join('.'), type])
      expect(Object.fromEntries(found)).toEqual(faults)
      expect(found).toHaveLength(Object.keys(faults).length)
      for (const issue of reply.body.detail) {
        expect(issue.msg).toMatch(/\S/)
        expect(issue).toHaveProperty('input')
      }
    })

    it('names the filters that there are beside one that is none', async () => {
      const filters = { tag: ['a'] }
      const { body } = await rest.post<Invalid>('/query', { query: 'Who is it?', filters })
      expect(body.detail[0]?.msg).toBe(
        'Extra inputs are not permitted; there are document_ids, external_ids, file_paths, tags, metadata',
      )
    })

    it('shows the name of a refused field in short', async () => {
      const filters = { metadata: { ['x'.repeat(10_000)]: {} } }
      const { status, text } = await rest.post('/query', { query: 'Who is it?', filters })
      expect(status).toBe(422)
      expect(text.length).toBeLessThan(2000)
    })

    it('refuses a question for data in the shape of its answer', async () => {
      const { status, body } = await rest.post('/query/data', { query: 'a', mode: 'fast' })
      expect(status).toBe(400)
      expect(body).toEqual({
        status: 'failure',
        message: expect.stringMatching(/^Validation error: body -> query: .*; body -> mode: /),
        data: {},
        metadata: {},
      })
      expect((await rest.postRaw('/query/data', '{')).status).toBe(400)
    })

    it.each([
      ['{"query": x}', 10],
      ['{"query": "who', 10],
      ['{"query": "who",}', 16],
      ['[1, 2', 5],
      ['nonsense', 0],
      ['{"query": "a\u0001b"}', 10],
    ])('refuses the broken JSON %j and says where it breaks', async (text, position) => {
      const { status, body } = await rest.postRaw<Invalid>('/query', text)
      expect(status).toBe(422)
      expect(body.detail).toEqual([
        {
          type: 'json_invalid',
          loc: ['body', position],
          msg: 'JSON decode error',
          input: {},
          ctx: { error: expect.any(String) },
        },
      ])
    })

    it('refuses bytes that are no UTF-8', async () => {
      const bytes = Buffer.concat([
        Buffer.from('{"text": "'),
        Buffer.of(0xff, 0xfe),
        Buffer.from('"}'),
      ])
      const { status, body } = await rest.postRaw<Invalid>('/documents/text', bytes)
      expect(status).toBe(422)
      expect(body.detail[0]?.type).toBe('json_invalid')
    })

    it.each(['/documents/text', '/documents/paginated', '/documents/clear_cache', '/query'])(
      'asks for the body that %s needs',
      async (path) => {
        for (const reply of [
          await rest.send<Invalid>(path, { method: 'POST' }),
          await rest.postRaw<Invalid>(path, ''),
        ]) {
          expect(reply.status).toBe(422)
          expect(reply.body.detail).toEqual([
            { type: 'missing', loc: ['body'], msg: 'Field required', input: null },
          ])
        }
      },
    )

    it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/octet-stream'])(
      'refuses JSON that is sent as %s',
      async (type) => {
        const { status, body } = await rest.send<Invalid>('/query', {
          method: 'POST',
          body: '{"query": "Who are you?"}',
          headers: { 'content-type': type },
        })
        expect(status).toBe(422)
        expect(body.detail[0]?.loc).toEqual(['body'])
        expect(body.detail[0]?.msg).toContain(
          `Content-Type: application/json; it was sent as ${type}`,
        )
      },
    )

    it('ignores a body where none is needed', async () => {
      const { status } = await rest.post('/documents/cancel_pipeline', { any: 'thing' })
      expect(status).toBe(200)
      const empty = await rest.postRaw('/documents/reprocess_failed', '')
      expect(empty.status).toBe(200)
    })

    it('is not impressed by __proto__, deep nesting or huge numbers', async () => {
      const deep = '['.repeat(50_000) + ']'.repeat(50_000)
      for (const text of [
        '{"query": "Who are you?", "__proto__": {"mode": "bypass"}, "constructor": 1}',
        `{"query": "Who are you?", "extra": ${'['.repeat(60)}${']'.repeat(60)}}`,
        '{"query": "Who are you?", "top_k": 1e3}',
      ]) {
        expect((await rest.postRaw('/query', text)).status).toBe(200)
      }
      for (const text of [`{"query": ${deep}}`, `{"query": "Who are you?", "extra": ${deep}}`]) {
        const { status, body } = await rest.postRaw<Invalid>('/query', text)
        expect(status).toBe(422)
        expect(body.detail[0]?.ctx).toEqual({ error: 'the body is nested more than 64 deep' })
      }
    })

    it('says what to send in place of a packed body', async () => {
      const { status, body } = await rest.send<Refusal>('/query', {
        method: 'POST',
        body: gzipSync('{"query": "Who are you?"}'),
        headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      })
      expect(status).toBe(415)
      expect(body.detail).toContain('without Content-Encoding: gzip')
    })

    it('refuses a body without end with 413', async () => {
      const head = rest.head('POST', '/query', {
        'content-type': 'application/json',
        'content-length': String(10 * 1024 ** 3),
      })
      const answer = await rest.raw(`${head}{"query": "`, 'wait')
      expect(answer).toMatch(/^HTTP\/1\.1 413 /)
      expect(answer).toContain('"detail"')
    })

    it('shows a refused value of megabytes in short', async () => {
      const { status, text } = await rest.post('/documents/texts', { texts: 'x'.repeat(3_000_000) })
      expect(status).toBe(422)
      expect(text.length).toBeLessThan(2000)
    })

    it.each([
      ['GET', '/nowhere', 404, 'Not Found'],
      ['POST', '/documents/nothing/here', 404, 'Not Found'],
      ['GET', '/query', 405, 'Method Not Allowed'],
      ['PUT', '/documents', 405, 'Method Not Allowed'],
      ['DELETE', '/documents/track_status/x', 405, 'Method Not Allowed'],
    ])('answers %s %s with %i', async (method, path, status, detail) => {
      const reply = await rest.send<Refusal>(path, { method })
      expect(reply.status).toBe(status)
      expect(reply.body).toEqual({ detail })
    })

    it('names the methods that a path has', async () => {
      const { headers } = await rest.send('/documents', { method: 'PUT' })
      expect(headers.get('allow')).toMatch(/DELETE.*GET/)
    })

    it('sends clients with a slash too many to the right path', async () => {
      const reply = await rest.send('/graphs/?label=*', { method: 'GET' })
      expect(reply.status).toBe(307)
      expect(reply.headers.get('location')).toMatch(/\/graphs\?label=\*$/)
      expect((await rest.send('/query/', { method: 'POST', body: '{}' })).status).toBe(307)
    })

    it.each(['/documents/track_status/%ff', '/documents/track_status/%', '/%2e%2e/%2e%2e/etc'])(
      'takes the odd path %s calmly',
      async (path) => {
        const { status } = await rest.get(path)
        expect(status).toBeLessThan(500)
      },
    )

    it.each([
      ['a broken header', 'GET /health HTTP/1.1\r\nbroken\r\n\r\n', 400],
      ['headers without end', `GET /health HTTP/1.1\r\nx: ${'y'.repeat(100_000)}\r\n\r\n`, 431],
      ['no HTTP at all', 'hello\r\n\r\n', 400],
    ])('refuses %s', async (_what, bytes, status) => {
      const answer = await rest.raw(bytes, 'wait')
      expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
      expect(answer).toMatch(/\r\n\r\n\{"detail":".+"\}$/)
    })

    it('takes in a text of ten megabytes', async () => {
      const text = 'Clara Whitfield surveyed the coast near Port Alder. '.repeat(200_000)
      const { status, body } = await rest.post<InsertResponse>('/documents/text', {
        text,
        file_source: 'long.txt',
      })
      expect(status).toBe(200)
      expect(body.status).toBe('success')
    })
  })
}
