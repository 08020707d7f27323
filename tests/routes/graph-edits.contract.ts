import { beforeAll, describe, expect, it } from 'vitest'
import type { InsertResponse } from '../../src/engine/documents/document-calls.ts'
import type { KnowledgeGraph } from '../../src/engine/graph/graph-calls.ts'
import type { Invalid, Refusal, Reply, RestClient } from './rest-client.ts'

interface Answer {
  readonly status: string
  readonly message: string
  readonly data: Record<string, unknown> & { readonly graph_data: Record<string, unknown> }
  readonly operation_summary?: Record<string, unknown>
}

export function describeGraphEdits(client: () => RestClient): void {
  describe('graph edits', () => {
    let rest: RestClient
    beforeAll(async () => {
      rest = client()
      await rest.clear()
      for (const name of ['Ada Byron', 'Bob Stone', 'Eve Moss']) await create(name)
    })

    const create = (entity_name: string, entity_data = {}) =>
      rest.post<Answer>('/graph/entity/create', { entity_name, entity_data })
    const tie = (source_entity: string, target_entity: string, relation_data: object = {}) =>
      rest.post<Answer>('/graph/relation/create', { source_entity, target_entity, relation_data })
    const edit = (entity_name: string, updated_data: object, allow = {}) =>
      rest.post<Answer>('/graph/entity/edit', { entity_name, updated_data, ...allow })
    const merge = (entities_to_change: unknown, entity_to_change_into: unknown) =>
      rest.post<Answer>('/graph/entities/merge', { entities_to_change, entity_to_change_into })
    const exists = async (name: string) => {
      const reply = await rest.get<{ exists: boolean }>(
        `/graph/entity/exists?name=${encodeURIComponent(name)}`,
      )
      return reply.body.exists
    }
    const refused = ({ status, body }: Reply<unknown>, expected: number) => {
      expect(status).toBe(expected)
      expect(body).toEqual({ detail: expect.any(String) })
    }

    it('creates an entity, once', async () => {
      const { status, body } = await create('Max Power', { entity_type: 'person' })
      expect(status).toBe(200)
      expect(body).toMatchObject({
        status: 'success',
        message: expect.any(String),
        data: {
          entity_name: 'Max Power',
          source_id: 'manual_creation',
          graph_data: { entity_id: 'Max Power', entity_type: 'person', description: '' },
        },
      })
      expect(await exists('Max Power')).toBe(true)
      refused(await create('Max Power'), 400)
    })

    it('creates a relation, once, between entities that are there', async () => {
      const { status, body } = await tie('Bob Stone', 'Ada Byron', { keywords: 'work' })
      expect(status).toBe(200)
      expect(body.data).toMatchObject({
        src_entity: 'Ada Byron',
        tgt_entity: 'Bob Stone',
        graph_data: { keywords: 'work', weight: 1 },
      })
      refused(await tie('Ada Byron', 'Bob Stone'), 400)
      refused(await tie('Ada Byron', 'Nobody'), 400)
      refused(await tie('Ada Byron', 'Eve Moss', { weight: 'much' }), 400)
    })

    it('edits an entity', async () => {
      const { status, body } = await edit('Ada Byron', { description: 'wrote programs' })
      expect(status).toBe(200)
      const summary = {
        merged: false,
        merge_status: 'not_attempted',
        merge_error: null,
        operation_status: 'success',
        target_entity: null,
        final_entity: 'Ada Byron',
        renamed: false,
      }
      expect(body.operation_summary).toEqual(summary)
      expect(body.data).toMatchObject({
        entity_name: 'Ada Byron',
        operation_summary: summary,
        graph_data: { description: 'wrote programs' },
      })
    })

    it('edits a relation', async () => {
      const pair = { source_id: 'Bob Stone', target_id: 'Ada Byron' }
      const updated_data = { description: 'were friends', weight: 4.5 }
      const { status, body } = await rest.post<Answer>('/graph/relation/edit', {
        ...pair,
        updated_data,
      })
      expect(status).toBe(200)
      expect(body.data).toMatchObject({ src_entity: 'Ada Byron', graph_data: updated_data })
      const unknown = { ...pair, source_id: 'Nobody', updated_data }
      refused(await rest.post('/graph/relation/edit', unknown), 400)
    })

    it('renames an entity when that is allowed', async () => {
      refused(await edit('Nobody', {}), 400)
      refused(await edit('Eve Moss', { entity_name: 'Eve Fern' }), 400)
      refused(await edit('Eve Moss', { entity_name: 'Bob Stone' }, { allow_rename: true }), 400)
      const reply = await edit('Eve Moss', { entity_name: 'Eve Fern' }, { allow_rename: true })
      expect(reply.status).toBe(200)
      expect(reply.body.operation_summary).toMatchObject({
        renamed: true,
        final_entity: 'Eve Fern',
      })
      expect([await exists('Eve Moss'), await exists('Eve Fern')]).toEqual([false, true])
    })

    it('merges when a new name is taken and that is allowed', async () => {
      await create('Eve Twin')
      const allow = { allow_rename: true, allow_merge: true }
      const { status, body } = await edit('Eve Twin', { entity_name: 'Eve Fern' }, allow)
      expect(status).toBe(200)
      expect(body.operation_summary).toMatchObject({
        merged: true,
        merge_status: 'success',
        target_entity: 'Eve Fern',
      })
      expect(await exists('Eve Twin')).toBe(false)
    })

    it('merges entities into one that may be new', async () => {
      await create('Twin One')
      await create('Twin Two')
      refused(await merge(['Twin One', 'Nobody'], 'Twin Both'), 400)
      expect(await exists('Twin One')).toBe(true)
      const { status, body } = await merge(['Twin One', 'Twin Two'], 'Twin Both')
      expect(status).toBe(200)
      expect(body.data.entity_name).toBe('Twin Both')
      expect([await exists('Twin One'), await exists('Twin Both')]).toEqual([false, true])
    })

    it.each([
      ['/documents/delete_relation', '/documents/delete_entity'],
      ['/graph/relation/delete', '/graph/entity/delete'],
    ])('deletes under %s and %s', async (relationPath, entityPath) => {
      await create('Gone Soon')
      await tie('Gone Soon', 'Bob Stone')
      const pair = { source_entity: 'Bob Stone', target_entity: 'Gone Soon' }
      const done = {
        status: 'success',
        doc_id: '',
        message: expect.any(String),
        status_code: 200,
        file_path: null,
      }
      expect((await rest.delete(relationPath, pair)).body).toEqual(done)
      refused(await rest.delete(relationPath, pair), 404)
      expect((await rest.delete(entityPath, { entity_name: ' Gone Soon ' })).body).toEqual(done)
      refused(await rest.delete(entityPath, { entity_name: 'Gone Soon' }), 404)
    })

    it.each([
      ['csv', 'text/csv; charset=utf-8'],
      ['xlsx', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
      ['md', 'text/markdown; charset=utf-8'],
      ['txt', 'text/plain; charset=utf-8'],
      ['graphml', 'application/graphml+xml; charset=utf-8'],
      ['gexf', 'application/gexf+xml; charset=utf-8'],
    ])('exports the graph as %s', async (format, type) => {
      const { status, headers, text } = await rest.send(`/graph/export?format=${format}`)
      expect(status).toBe(200)
      expect(headers.get('content-type')).toBe(type)
      expect(headers.get('content-disposition')).toBe(`attachment; filename="graph.${format}"`)
      expect(text.length).toBeGreaterThan(20)
    })

    it('exports comma-separated values unless told otherwise', async () => {
      const { headers, text } = await rest.send('/graph/export')
      expect(headers.get('content-type')).toBe('text/csv; charset=utf-8')
      expect(text).toContain('Ada Byron')
    })

    it('takes a custom graph in as a document, and deletes it as one', async () => {
      const { status, body } = await rest.post<InsertResponse>('/documents/custom_kg', {
        chunks: [{ content: 'Nora Vale runs the mill.', source_id: 's1' }],
        entities: [{ entity_name: 'Nora Vale', entity_type: 'person', source_id: 's1' }],
        relationships: [{ src_id: 'Nora Vale', tgt_id: 'Old Mill', source_id: 's1' }],
        file_path: 'mills.json',
      })
      expect(status).toBe(200)
      const [document] = await rest.settled(body.track_id)
      expect(document).toMatchObject({ status: 'processed', file_path: 'mills.json' })
      expect([await exists('Nora Vale'), await exists('Old Mill')]).toEqual([true, true])
      await rest.delete('/documents/delete_document', { doc_ids: [document?.id] })
      while (await exists('Old Mill')) await new Promise((resolve) => setTimeout(resolve, 50))
      expect(await exists('Nora Vale')).toBe(false)
    })

    it('refuses an empty custom graph with a code', async () => {
      const { status, body } = await rest.post<Refusal & { error: object }>(
        '/documents/custom_kg',
        {},
      )
      expect(status).toBe(400)
      expect(body.error).toMatchObject({ code: 'invalid_argument', message: body.detail })
    })

    it.each([
      ['/graph/entity/create', { entity_data: {} }, ['body', 'entity_name'], 'missing'],
      [
        '/graph/entity/create',
        { entity_name: '', entity_data: {} },
        ['body', 'entity_name'],
        'string_too_short',
      ],
      ['/graph/entity/create', { entity_name: 'X' }, ['body', 'entity_data'], 'missing'],
      ['/graph/entity/edit', { entity_name: 'X' }, ['body', 'updated_data'], 'missing'],
      [
        '/graph/relation/create',
        { source_entity: 'X', target_entity: '', relation_data: {} },
        ['body', 'target_entity'],
        'string_too_short',
      ],
      [
        '/graph/relation/edit',
        { source_id: 'X', updated_data: {} },
        ['body', 'target_id'],
        'missing',
      ],
      [
        '/graph/entities/merge',
        { entities_to_change: [], entity_to_change_into: 'X' },
        ['body', 'entities_to_change'],
        'too_short',
      ],
    ])('refuses %s with %j', async (path, body, loc, type) => {
      const reply = await rest.post<Invalid>(path, body)
      expect(reply.status).toBe(422)
      expect(reply.body.detail[0]).toMatchObject({ loc, type })
    })

    it('refuses blank names of what shall be deleted, and unknown formats', async () => {
      for (const path of ['/documents/delete_entity', '/graph/entity/delete']) {
        expect((await rest.delete(path, { entity_name: ' ' })).status).toBe(422)
      }
      const pair = { source_entity: 'X', target_entity: '' }
      expect((await rest.delete('/graph/relation/delete', pair)).status).toBe(422)
      expect((await rest.get('/graph/export?format=pdf')).status).toBe(422)
    })

    it('shows edits in the graph', async () => {
      const { body } = await rest.get<KnowledgeGraph>('/graphs?label=Ada%20Byron&max_depth=1')
      expect(body.nodes.map(({ id }) => id)).toContain('Ada Byron')
    })
  })
}
