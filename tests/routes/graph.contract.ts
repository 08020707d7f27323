import { beforeAll, describe, expect, it } from 'vitest'
import type { InsertResponse } from '../../src/engine/documents/document-calls.ts'
import type { KnowledgeGraph } from '../../src/engine/graph/graph-calls.ts'
import type { Invalid, RestClient } from './rest-client.ts'

const TEXT =
  'Clara Whitfield designed the harbour together with Tomas Berg. ' +
  'Tomas Berg lives in Port Alder with Ines Moreau. Ines Moreau admires Clara Whitfield.'

export function describeGraph(client: () => RestClient): void {
  describe('graph', () => {
    let rest: RestClient
    let entityNames: string[]
    beforeAll(async () => {
      rest = client()
      await rest.clear()
      const { body } = await rest.post<InsertResponse>('/documents/text', { text: TEXT })
      await rest.settled(body.track_id)
      entityNames = (await rest.get<string[]>('/graph/label/list')).body
    })

    const graph = async (query: string): Promise<KnowledgeGraph> => {
      const { status, body } = await rest.get<KnowledgeGraph>(`/graphs?${query}`)
      expect(status).toBe(200)
      return body
    }

    it('lists the names of all entities in order', () => {
      expect(entityNames.length).toBeGreaterThan(1)
      expect(entityNames).toEqual([...entityNames].sort())
    })

    it('lists the best connected entities, as many as wanted', async () => {
      const all = await rest.get<string[]>('/graph/label/popular')
      expect([...all.body].sort()).toEqual(entityNames)
      const one = await rest.get<string[]>('/graph/label/popular?limit=1')
      expect(one.body).toEqual(all.body.slice(0, 1))
    })

    it('finds entities by a part of their name, whatever its case', async () => {
      const [name = ''] = entityNames
      const found = await rest.get<string[]>(
        `/graph/label/search?q=${encodeURIComponent(name.toUpperCase())}`,
      )
      expect(found.body[0]).toBe(name)
      expect((await rest.get('/graph/label/search?q=%20')).body).toEqual([])
      expect((await rest.get('/graph/label/search?q=zzzzqqqq&limit=5')).body).toEqual([])
    })

    it('tells whether an entity exists', async () => {
      const name = encodeURIComponent(entityNames[0] ?? '')
      expect((await rest.get(`/graph/entity/exists?name=${name}`)).body).toEqual({ exists: true })
      expect((await rest.get('/graph/entity/exists?name=Nobody')).body).toEqual({ exists: false })
    })

    it('shows the whole graph, its edges between nodes that it shows', async () => {
      const { nodes, edges, is_truncated } = await graph('label=*')
      expect(nodes.map(({ id }) => id).sort()).toEqual(entityNames)
      expect(is_truncated).toBe(false)
      const ids = new Set(nodes.map(({ id }) => id))
      expect(edges.every(({ source, target }) => ids.has(source) && ids.has(target))).toBe(true)
      expect(nodes[0]?.labels).toEqual([nodes[0]?.id])
      expect(nodes[0]?.properties).toMatchObject({
        entity_id: nodes[0]?.id,
        entity_type: expect.any(String),
        description: expect.any(String),
      })
    })

    it('shows what lies around one entity', async () => {
      const [name = ''] = entityNames
      const { nodes } = await graph(`label=${encodeURIComponent(name)}&max_depth=1`)
      expect(nodes.map(({ id }) => id)).toContain(name)
    })

    it('says when nodes had to be left out', async () => {
      const { nodes, is_truncated } = await graph('label=*&max_nodes=1')
      expect(nodes).toHaveLength(1)
      expect(is_truncated).toBe(true)
    })

    it('shows an empty graph for a name that it does not know', async () => {
      expect(await graph('label=Nobody')).toEqual({ nodes: [], edges: [], is_truncated: false })
    })

    it.each([
      ['/graphs', ['query', 'label'], 'missing'],
      ['/graphs?label=*&max_depth=0', ['query', 'max_depth'], 'greater_than_equal'],
      ['/graphs?label=*&max_nodes=many', ['query', 'max_nodes'], 'int_parsing'],
      ['/graph/label/popular?limit=1001', ['query', 'limit'], 'less_than_equal'],
      ['/graph/label/popular?limit=', ['query', 'limit'], 'int_parsing'],
      ['/graph/label/search?limit=5', ['query', 'q'], 'missing'],
      ['/graph/label/search?q=a&limit=101', ['query', 'limit'], 'less_than_equal'],
      ['/graph/entity/exists', ['query', 'name'], 'missing'],
    ])('refuses %s', async (path, loc, type) => {
      const { status, body } = await rest.get<Invalid>(path)
      expect(status).toBe(422)
      expect(body.detail).toHaveLength(1)
      expect(body.detail[0]).toMatchObject({ loc, type })
    })
  })
}
