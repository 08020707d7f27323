import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { CustomKg } from '../../../src/engine/graph/graph-calls.ts'
import { openEngine, type TestEngine } from '../open-engine.ts'

/** A graph as columns, as it comes over the wire. */
interface Overview {
  readonly version: number
  readonly ids: readonly number[]
  readonly names: readonly string[]
  readonly types: { readonly dict: readonly string[]; readonly idx: readonly number[] }
  readonly degree: readonly number[]
  readonly community: readonly number[]
  readonly edges: readonly [readonly number[], readonly number[], readonly number[]]
  readonly total_relations: number
  readonly truncated: boolean
}

const name = (group: number, i: number) => `Group ${group} Member ${i}`

/** Three groups of ten, all tied within and hardly between; and one entity alone. */
function threeGroups(): CustomKg {
  const relationships: { src_id: string; tgt_id: string; weight: number }[] = []
  for (const group of [0, 1, 2]) {
    for (let i = 0; i < 10; i++) {
      for (let j = i + 1; j < 10; j++) {
        relationships.push({ src_id: name(group, i), tgt_id: name(group, j), weight: 1 })
      }
    }
  }
  relationships.push({ src_id: name(0, 0), tgt_id: name(1, 0), weight: 5 })
  const entities = [0, 1, 2].flatMap((group) =>
    Array.from({ length: 10 }, (_, i) => ({
      entity_name: name(group, i),
      entity_type: group === 2 ? 'place' : 'person',
      description: `${name(group, i)} is here.`,
      source_id: 'all',
    })),
  )
  return {
    chunks: [{ content: 'All of them stand here.', source_id: 'all' }],
    entities: [...entities, { entity_name: 'Hermit Alone', entity_type: 'person' }],
    relationships: relationships.map((one) => ({ ...one, keywords: 'knows', source_id: 'all' })),
    file_path: 'groups.json',
  }
}

describe('a view of the graph', () => {
  let engine: TestEngine
  beforeEach(async () => {
    engine = await openEngine()
    await engine.rag.insertCustomKg(threeGroups())
    await engine.rag.idle()
  })
  afterEach(() => engine.close())

  const overview = async (limit?: number): Promise<Overview> => {
    const pieces: Uint8Array[] = []
    for await (const piece of engine.rag.graphOverview({ limit })) pieces.push(piece)
    return JSON.parse(Buffer.concat(pieces).toString())
  }
  const pairsOf = ({ names, edges: [sources, targets] }: Overview) =>
    sources.map((source, i) => [names[source], names[targets[i] ?? -1]].sort().join(' – ')).sort()

  it('has all entities with their types, degrees and edges', async () => {
    const graph = await overview()
    const shown = await engine.rag.subgraph({ label: '*', max_nodes: 1000 })
    expect([...graph.names].sort()).toEqual(shown.nodes.map(({ id }) => id).sort())
    expect(pairsOf(graph)).toEqual(
      shown.edges.map(({ source, target }) => [source, target].sort().join(' – ')).sort(),
    )
    expect(graph).toMatchObject({ total_relations: 136, truncated: false })
    expect(graph.version).toBe((await engine.rag.graphVersion()).version)
    for (const [at, node] of graph.names.entries()) {
      const type = shown.nodes.find(({ id }) => id === node)?.properties.entity_type
      expect(graph.types.dict[graph.types.idx[at] ?? -1]).toBe(type)
      const ties = shown.edges.filter(({ source, target }) => source === node || target === node)
      expect([node, graph.degree[at]]).toEqual([node, ties.length])
    }
  })

  it('finds out which entities belong together', async () => {
    const { names, community } = await overview()
    const of = (group: number, i: number) => community[names.indexOf(name(group, i))]
    for (const group of [0, 1, 2]) {
      for (let i = 1; i < 10; i++) expect(of(group, i)).toBe(of(group, 0))
    }
    expect(of(2, 0)).not.toBe(of(0, 0))
    const hermit = community[names.indexOf('Hermit Alone')]
    expect(community.filter((one) => one === hermit)).toHaveLength(1)
    expect((await overview()).community).toEqual(community)
  })

  it('keeps to the entities of highest degree, and the edges between them', async () => {
    const graph = await overview(2)
    expect([...graph.names].sort()).toEqual([name(0, 0), name(1, 0)])
    expect(graph).toMatchObject({ truncated: true, degree: [10, 10], total_relations: 136 })
    expect(pairsOf(graph)).toEqual([`${name(0, 0)} – ${name(1, 0)}`])
  })

  it('has another version when an entity has changed', async () => {
    const { version } = await engine.rag.graphVersion()
    await engine.rag.entityEdit({
      entity_name: name(0, 0),
      updated_data: { description: 'changed' },
    })
    expect((await engine.rag.graphVersion()).version).not.toBe(version)
  })

  it('lists neighbours page by page, the heaviest first, each once', async () => {
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = await engine.rag.neighbours({
        name: name(0, 0),
        limit: 3,
        ...(cursor === undefined ? {} : { cursor }),
      })
      expect(page.total).toBe(10)
      seen.push(...page.items.map(({ entity }) => entity.name))
      for (const { entity, relation } of page.items) {
        expect([relation.source, relation.target].sort()).toEqual([name(0, 0), entity.name].sort())
        expect(relation.document_id).toMatch(/^doc-/)
      }
      cursor = page.next_cursor ?? undefined
    } while (cursor !== undefined)
    expect(seen[0]).toBe(name(1, 0))
    expect([...seen].sort()).toEqual(
      [...Array.from({ length: 9 }, (_, i) => name(0, i + 1)), name(1, 0)].sort(),
    )
  })

  it('lists neighbours of some types alone', async () => {
    await engine.rag.relationCreate({
      source_entity: name(0, 0),
      target_entity: name(2, 0),
      relation_data: {},
    })
    const { total, items } = await engine.rag.neighbours({ name: name(0, 0), types: ['Place'] })
    expect([total, items.map(({ entity }) => entity.name)]).toEqual([1, [name(2, 0)]])
  })

  it('refuses a cursor that is none, and an entity that is not there', async () => {
    const asked = { name: name(0, 0), cursor: 'x' }
    await expect(engine.rag.neighbours(asked)).rejects.toMatchObject({ code: 'invalid_argument' })
    for (const lost of [
      engine.rag.neighbours({ name: 'Nobody' }),
      engine.rag.entityDetails('Nobody'),
    ]) {
      await expect(lost).rejects.toMatchObject({ code: 'entity_not_found' })
    }
  })

  it('shows an entity with its passages, and what a person set of it', async () => {
    const text =
      'Clara Whitfield surveyed the coast near Port Alder. Clara Whitfield met Max Power.'
    await engine.insert({ texts: [text], file_sources: ['coast.txt'] })
    const { documents } = await engine.rag.listDocuments({ q: 'coast' })
    const before = await engine.rag.entityDetails('Clara Whitfield')
    expect(before).toMatchObject({ name: 'Clara Whitfield', edited_fields: [], sources_total: 1 })
    const [source] = before.sources
    expect(source).toMatchObject({
      document_id: documents[0]?.id,
      file_path: 'coast.txt',
      ordinal: 0,
      page: null,
    })
    expect(text.slice(source?.start, source?.end)).toContain('Clara Whitfield')
    const updated_data = { description: 'A surveyor.' }
    await engine.rag.entityEdit({ entity_name: 'Clara Whitfield', updated_data })
    expect(await engine.rag.entityDetails('Clara Whitfield')).toMatchObject({
      description: 'A surveyor.',
      edited_fields: ['description'],
    })
  })

  it('tells more than the name of what a search found', async () => {
    const found = await engine.rag.searchEntities('group 2 member 1', 5)
    expect(found).toEqual([
      {
        name: name(2, 1),
        type: 'place',
        degree: 9,
        snippet: `${name(2, 1)} is here.`,
      },
    ])
  })

  it('counts types, degrees, parts and orphans', async () => {
    expect(await engine.rag.graphStats()).toMatchObject({
      entities: 31,
      relations: 136,
      types: [
        { type: 'person', n: 21 },
        { type: 'place', n: 10 },
      ],
      degrees: [
        { from: 0, n: 1 },
        { from: 1, n: 0 },
        { from: 2, n: 0 },
        { from: 4, n: 0 },
        { from: 8, n: 30 },
      ],
      components: 3,
      largest_component: 20,
      orphans: 1,
    })
    await engine.rag.deleteRelation({ source_entity: name(0, 0), target_entity: name(1, 0) })
    expect(await engine.rag.graphStats()).toMatchObject({ components: 4, largest_component: 10 })
  })

  it('finds the shortest ways, the heaviest first', async () => {
    const { paths, truncated } = await engine.rag.findPaths({ from: name(0, 3), to: name(1, 4) })
    expect(truncated).toBe(false)
    expect(paths.map(({ nodes }) => nodes.map((node) => node.name))).toEqual([
      [name(0, 3), name(0, 0), name(1, 0), name(1, 4)],
    ])
    expect(paths[0]?.edges.map(({ weight }) => weight)).toEqual([1, 5, 1])
    await engine.rag.relationCreate({
      source_entity: name(0, 3),
      target_entity: name(1, 9),
      relation_data: { weight: 9 },
    })
    const shorter = await engine.rag.findPaths({ from: name(0, 3), to: name(1, 4) })
    expect(shorter.paths.map(({ nodes }) => nodes.map((node) => node.name))).toEqual([
      [name(0, 3), name(1, 9), name(1, 4)],
    ])
  })

  it('finds no way where there is none, or it is longer than asked for', async () => {
    const none = await engine.rag.findPaths({ from: name(0, 3), to: 'Hermit Alone' })
    expect(none).toEqual({ paths: [], truncated: false })
    const short = await engine.rag.findPaths({ from: name(0, 3), to: name(1, 4), max: 2 })
    expect(short).toEqual({ paths: [], truncated: true })
    const self = await engine.rag.findPaths({ from: name(0, 3), to: name(0, 3) })
    expect(self.paths.map(({ nodes, edges }) => [nodes.length, edges.length])).toEqual([[1, 0]])
  })

  it('leaves out what only hidden documents say', async () => {
    const { documents } = await engine.rag.listDocuments({})
    await engine.rag.updateDocument(documents[0]?.id ?? '', { enabled: false })
    expect(await overview()).toMatchObject({ names: [], total_relations: 0, truncated: false })
    expect(await engine.rag.graphStats()).toMatchObject({ entities: 0, relations: 0 })
    expect(await engine.rag.searchEntities('Group', 5)).toEqual([])
    await expect(engine.rag.entityDetails(name(0, 0))).rejects.toMatchObject({
      code: 'entity_not_found',
    })
    await expect(engine.rag.neighbours({ name: name(0, 0) })).rejects.toMatchObject({
      code: 'entity_not_found',
    })
  })
})
