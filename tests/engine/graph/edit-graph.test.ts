import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ModelUnavailable } from '../../../src/engine/ports/engine-error.ts'
import { GraphEngine, readFacts } from '../graph-engine.ts'

let engine: GraphEngine
beforeEach(async () => {
  engine = await GraphEngine.start()
})
afterEach(() => engine.stop())

const create = (name: string, data: Record<string, unknown> = {}) =>
  engine.rag.entityCreate({ entity_name: name, entity_data: data })
const tie = (source: string, target: string, data: Record<string, unknown> = {}) =>
  engine.rag.relationCreate({ source_entity: source, target_entity: target, relation_data: data })
const edit = (name: string, data: Record<string, unknown>, allow = {}) =>
  engine.rag.entityEdit({ entity_name: name, updated_data: data, ...allow })
const rename = (name: string, to: string) => edit(name, { entity_name: to }, { allow_rename: true })
const mergeInto = (to: string, ...names: string[]) =>
  engine.rag.mergeEntities({ entities_to_change: names, entity_to_change_into: to })
const erase = (name: string) => engine.rag.deleteEntity({ entity_name: name })
const untie = (source: string, target: string) =>
  engine.rag.deleteRelation({ source_entity: source, target_entity: target })

describe('creating', () => {
  it('adds an entity with LightRAG’s defaults', async () => {
    const before = Math.floor(Date.now() / 1000)
    const { status, data } = await create('Ada')
    expect(status).toBe('success')
    expect(data).toMatchObject({
      entity_name: 'Ada',
      source_id: 'manual_creation',
      graph_data: {
        entity_id: 'Ada',
        entity_type: 'UNKNOWN',
        description: '',
        source_id: 'manual_creation',
        file_path: 'manual_creation',
      },
      vector_data: { entity_name: 'Ada', content: 'Ada\n' },
    })
    expect(data.graph_data.created_at).toBeGreaterThanOrEqual(before)
    expect(await engine.store.counts()).toEqual({
      documents: 0,
      chunks: 0,
      entities: 1,
      relations: 0,
    })
    expect(await engine.badVectors()).toEqual([])
  })

  it('keeps what it is told, cleaned', async () => {
    await create('  Ada \u0000 Lovelace\n', {
      entity_type: 'person',
      description: 'wrote\u0001 programs',
      source_id: 'letter-1',
      file_path: 'letters.txt',
      shoe_size: 38,
    })
    expect(await engine.entity('Ada Lovelace')).toMatchObject({
      type: 'person',
      description: 'wrote programs',
      sourceIds: ['letter-1'],
      filePaths: ['letters.txt'],
    })
  })

  it('adds a relation between two entities, its names in order', async () => {
    await create('Bob')
    await create('Ada')
    const { data } = await tie('Bob', 'Ada', {
      keywords: 'work',
      description: 'met',
      weight: '2.5',
    })
    expect(data).toMatchObject({
      src_entity: 'Ada',
      tgt_entity: 'Bob',
      source_id: 'manual_creation',
      graph_data: { weight: 2.5, keywords: 'work', description: 'met' },
    })
    expect(engine.embedded).toContain('work\tAda\nBob\nmet')
    expect((await engine.entity('Ada'))?.degree).toBe(1)
    expect(await engine.badVectors()).toEqual([])
  })

  it('refuses what is there already', async () => {
    await create('Ada')
    await create('Bob')
    await tie('Ada', 'Bob')
    await expect(create(' Ada ')).rejects.toMatchObject({ code: 'entity_exists' })
    await expect(tie('Bob', 'Ada')).rejects.toMatchObject({ code: 'relation_exists' })
  })

  it.each([
    ['a blank name', () => create(' \n'), 'invalid_argument'],
    ['a name of 257 characters', () => create('x'.repeat(257)), 'invalid_argument'],
    ['a description that is no text', () => create('X', { description: 1 }), 'invalid_argument'],
    ['a relation of one entity', () => tie('Ada', 'Ada'), 'invalid_argument'],
    ['a relation to nobody', () => tie('Ada', 'Nobody'), 'unknown_entity'],
    ['a weight that is no number', () => tie('Ada', 'Bob', { weight: 'much' }), 'invalid_argument'],
    [
      'an endless weight',
      () => tie('Ada', 'Bob', { weight: Number.POSITIVE_INFINITY }),
      'invalid_argument',
    ],
  ])('refuses %s', async (_what, call, code) => {
    await create('Ada')
    await create('Bob')
    const before = await engine.graph()
    await expect(call()).rejects.toMatchObject({ code })
    expect(await engine.graph()).toEqual(before)
  })
})

describe('editing', () => {
  beforeEach(() => engine.insert('a', 'Ada|person|wrote programs', 'Ada~Bob|work|they met|2'))

  it('sets what an entity is, and embeds it anew', async () => {
    engine.embedded.length = 0
    const reply = await edit('Ada', { description: 'first programmer', entity_type: 'hero' })
    expect(reply.data.graph_data).toMatchObject({
      description: 'first programmer',
      entity_type: 'hero',
    })
    const summary = {
      merged: false,
      merge_status: 'not_attempted',
      merge_error: null,
      operation_status: 'success',
      target_entity: null,
      final_entity: 'Ada',
      renamed: false,
    }
    expect(reply.operation_summary).toEqual(summary)
    expect(reply.data.operation_summary).toEqual(summary)
    expect(engine.embedded).toEqual(['Ada\nfirst programmer'])
    expect(await engine.badVectors()).toEqual([])
  })

  it('sets what a relation is, whatever the order of its names', async () => {
    engine.embedded.length = 0
    const { data } = await engine.rag.relationEdit({
      source_id: 'Bob',
      target_id: 'Ada',
      updated_data: { description: 'were friends', keywords: 'friendship', weight: 7 },
    })
    expect(data.graph_data).toMatchObject({
      description: 'were friends',
      keywords: 'friendship',
      weight: 7,
    })
    expect(engine.embedded).toEqual(['friendship\tAda\nBob\nwere friends'])
    expect(await engine.badVectors()).toEqual([])
  })

  it('leaves alone what is not said, and the vectors with it', async () => {
    engine.embedded.length = 0
    await edit('Ada', {})
    await edit('Ada', { entity_type: 'hero', colour: 'red' })
    expect(await engine.entity('Ada')).toMatchObject({
      type: 'hero',
      description: 'wrote programs',
    })
    expect(engine.embedded).toEqual([])
  })

  it('takes an edit back with null', async () => {
    const before = await engine.graph()
    await edit('Ada', { description: 'x', entity_type: 'y' })
    await edit('Ada', { description: null, entity_type: null })
    expect(await engine.graph()).toEqual(before)
    expect(await engine.badVectors()).toEqual([])
  })

  it('outlives new documents, new versions and a restart', async () => {
    await edit('Ada', { description: 'first programmer' })
    await engine.rag.relationEdit({
      source_id: 'Ada',
      target_id: 'Bob',
      updated_data: { weight: 7 },
    })
    await engine.insert('b', 'Ada|person|was a countess', 'Ada~Bob|play|they played|1')
    await engine.insert('a', 'Ada|person|new version', 'Ada~Bob|work|met again|1')
    await engine.restart()
    expect(await engine.entity('Ada')).toMatchObject({ description: 'first programmer' })
    expect(await engine.relation('Ada', 'Bob')).toMatchObject({ weight: 7, keywords: 'play,work' })
    expect(await engine.badVectors()).toEqual([])
  })

  it('goes with the entity, and does not come back with its name', async () => {
    await edit('Ada', { description: 'first programmer' })
    await engine.rag.relationEdit({
      source_id: 'Ada',
      target_id: 'Bob',
      updated_data: { weight: 7 },
    })
    await engine.remove('a')
    expect(await engine.graph()).toEqual({ entities: [], relations: [] })
    await engine.insert('b', 'Ada|person|was a countess', 'Ada~Bob|play|they played|1')
    expect(await engine.entity('Ada')).toMatchObject({ description: 'was a countess' })
    expect(await engine.relation('Ada', 'Bob')).toMatchObject({ weight: 1 })
  })

  it('takes the origin of an entity back as it was shown, but does not change it', async () => {
    const { data } = await edit('Ada', {})
    await edit('Ada', { ...data.graph_data, description: 'x' })
    expect(await engine.entity('Ada')).toMatchObject({ description: 'x', filePaths: ['a'] })
    await expect(edit('Ada', { source_id: 'chunk-1' })).rejects.toMatchObject({
      code: 'invalid_argument',
    })
  })

  it.each([
    ['an unknown entity', () => edit('Nobody', {}), 'unknown_entity'],
    [
      'a new name that was not allowed',
      () => edit('Ada', { entity_name: 'X' }),
      'invalid_argument',
    ],
    ['a name that is taken', () => rename('Ada', 'Bob'), 'entity_exists'],
    [
      'an unknown relation',
      () => engine.rag.relationEdit({ source_id: 'Ada', target_id: 'X', updated_data: {} }),
      'unknown_relation',
    ],
  ])('refuses %s', async (_what, call, code) => {
    const before = await engine.graph()
    await expect(call()).rejects.toMatchObject({ code })
    expect(await engine.graph()).toEqual(before)
  })
})

describe('renaming', () => {
  beforeEach(async () => {
    await engine.insert('a', 'Ada|person|wrote programs', 'Ada~Bob|work|they met|2')
    await engine.insert('b', 'Ada|person|was a countess', 'Ada~Zoe|play|they played|1')
  })

  it('takes everything along', async () => {
    await edit('Ada', { entity_type: 'hero' })
    const reply = await rename('Ada', 'Yara')
    expect(reply.operation_summary).toMatchObject({ renamed: true, final_entity: 'Yara' })
    expect(await engine.entity('Ada')).toBeUndefined()
    expect(await engine.entity('Yara')).toMatchObject({
      type: 'hero',
      degree: 2,
      filePaths: expect.arrayContaining(['a', 'b']),
    })
    expect(await engine.relation('Bob', 'Yara')).toMatchObject({ weight: 2, filePaths: ['a'] })
    expect(await engine.relation('Yara', 'Zoe')).toMatchObject({ weight: 1, filePaths: ['b'] })
    expect(await engine.store.counts()).toMatchObject({ entities: 3, relations: 2 })
    expect(await engine.badVectors()).toEqual([])
  })

  it('is undone without a trace by the old name', async () => {
    const before = await engine.graph()
    await rename('Ada', 'Yara')
    await rename('Yara', 'Ada')
    expect(await engine.graph()).toEqual(before)
    expect(await engine.badVectors()).toEqual([])
  })

  it('is followed by the deletion of documents: nothing is left', async () => {
    await rename('Ada', 'Yara')
    await rename('Bob', 'Cleo')
    await engine.remove('a')
    expect(await engine.entity('Yara')).toMatchObject({ description: 'was a countess' })
    expect(await engine.entity('Cleo')).toBeUndefined()
    await engine.restart()
    await engine.remove('b')
    expect(await engine.graph()).toEqual({ entities: [], relations: [] })
    expect(await engine.store.counts()).toEqual({
      documents: 0,
      chunks: 0,
      entities: 0,
      relations: 0,
    })
  })

  it('leads questions about the new name to the old passages', async () => {
    await rename('Ada', 'Yara')
    const key = (await engine.store.searches.entityKeys(['Yara'])).get('Yara') ?? 0
    const ties = await engine.store.searches.tiesOfEntities([key], 10)
    const chunks = await engine.store.searches.chunks(ties.map((one) => one.chunk))
    expect(chunks.map((chunk) => chunk.filePath).sort()).toEqual(['a', 'b'])
    const back = await engine.store.searches.tiesOfChunks(
      chunks.map((chunk) => chunk.key),
      1,
      100,
    )
    expect(back.filter((one) => one.entity === key)).toHaveLength(2)
    const names = await engine.store.searches.entities([...new Set(back.map((one) => one.entity))])
    expect(names.map(({ name }) => name).sort()).toEqual(['Bob', 'Yara', 'Zoe'])
  })

  it('merges when the name is taken and merging is allowed, other edits first', async () => {
    const allow = { allow_rename: true, allow_merge: true }
    const reply = await edit('Ada', { entity_name: 'Zoe', description: 'a woman' }, allow)
    expect(reply.operation_summary).toEqual({
      merged: true,
      merge_status: 'success',
      merge_error: null,
      operation_status: 'success',
      target_entity: 'Zoe',
      final_entity: 'Zoe',
      renamed: true,
    })
    // Nobody described Zoe but their common relation.
    expect(reply.data.graph_data.description).toBe('they played<SEP>a woman')
    expect((await engine.relations()).map(({ source, target }) => [source, target])).toEqual([
      ['Bob', 'Zoe'],
    ])
    expect(await engine.badVectors()).toEqual([])
  })
})

describe('merging', () => {
  const DOCUMENTS: [string, ...string[]][] = [
    ['a', 'Ada|person|wrote programs', 'Ada~Bob|work|they met|2'],
    ['b', 'Countess|person|held a salon', 'Countess~Bob|play|they played|1'],
    ['c', 'Lovelace|hero|is on stamps', 'Lovelace~Zoe|kin|sisters|3'],
    ['d', 'Zoe|person|is Zoe'],
  ]

  it('gives what the documents would have given with the merged name', async () => {
    for (const document of DOCUMENTS) await engine.insert(...document)
    await mergeInto('Ada', 'Countess', 'Lovelace')
    // The same texts, from which the merged name is read at once.
    const fresh = await GraphEngine.start({
      extractor: {
        id: 'test/merged-facts',
        extract: async ({ text }) => readFacts(text.replace(/Countess|Lovelace/g, 'Ada')),
      },
    })
    for (const document of DOCUMENTS) await fresh.insert(...document)
    expect(await engine.graph()).toEqual(await fresh.graph())
    expect((await engine.relation('Ada', 'Bob'))?.weight).toBe(3)
    expect(await engine.badVectors()).toEqual([])
    // And so it stays when documents go.
    for (const one of [engine, fresh]) await one.remove('b')
    expect(await engine.graph()).toEqual(await fresh.graph())
    await fresh.stop()
  })

  it('makes the target when it is new, and drops relations among the merged', async () => {
    await engine.insert('a', 'Ada~Bob|work|they met|2', 'Ada~Zoe|kin|sisters|1')
    const { data } = await mergeInto('Both', 'Ada', 'Bob')
    expect(data).toMatchObject({ entity_name: 'Both', graph_data: { file_path: 'a' } })
    const pairs = (await engine.relations()).map(({ source, target }) => [source, target])
    expect(pairs).toEqual([['Both', 'Zoe']])
    await engine.remove('a')
    expect(await engine.graph()).toEqual({ entities: [], relations: [] })
  })

  it('keeps both descriptions of one passage', async () => {
    await engine.insert('a', 'Ada|person|wrote programs', 'Countess|person|held a salon')
    await mergeInto('Ada', 'Countess')
    expect((await engine.entity('Ada'))?.description).toBe('wrote programs<SEP>held a salon')
  })

  it('unites what persons said', async () => {
    for (const document of DOCUMENTS) await engine.insert(...document)
    await edit('Countess', { description: 'by hand', entity_type: 'noble' })
    for (const [name, weight] of [
      ['Ada', 10],
      ['Countess', 5],
    ] as const) {
      const pair = { source_id: name, target_id: 'Bob' }
      await engine.rag.relationEdit({ ...pair, updated_data: { weight } })
    }
    await mergeInto('Ada', 'Countess')
    expect(await engine.entity('Ada')).toMatchObject({
      description: 'wrote programs<SEP>by hand',
      type: 'noble',
    })
    expect((await engine.relation('Ada', 'Bob'))?.weight).toBe(15)
    await engine.insert('e', 'Countess|person|is back')
    expect(await engine.entity('Countess')).toMatchObject({ description: 'is back' })
  })

  it('changes nothing when an entity is missing, or merged into itself', async () => {
    await engine.insert('a', 'Ada~Bob|work|they met|2')
    const before = await engine.graph()
    await expect(mergeInto('Ada', 'Bob', 'Nobody')).rejects.toMatchObject({
      code: 'unknown_entity',
    })
    await expect(mergeInto('Ada')).rejects.toMatchObject({ code: 'invalid_argument' })
    await mergeInto('Ada', 'Ada')
    expect(await engine.graph()).toEqual(before)
  })
})

describe('deleting', () => {
  beforeEach(async () => {
    await engine.insert('a', 'Ada|person|wrote programs', 'Ada~Bob|work|they met|2')
    await engine.insert('b', 'Ada|person|was a countess', 'Ada~Zoe|play|they played|1')
  })

  it('removes an entity with its relations and vectors', async () => {
    expect(await erase('Ada')).toEqual({
      status: 'success',
      doc_id: '',
      message: "Entity 'Ada' and its relations deleted.",
      status_code: 200,
      file_path: null,
    })
    expect((await engine.entities()).map(({ name }) => name).sort()).toEqual(['Bob', 'Zoe'])
    expect(await engine.relations()).toEqual([])
    expect(await engine.badVectors()).toEqual([])
    for (const name of ['a', 'b']) await engine.remove(name)
    expect(await engine.graph()).toEqual({ entities: [], relations: [] })
  })

  it('removes a relation and leaves its ends', async () => {
    await untie('Bob', 'Ada')
    expect(await engine.relation('Ada', 'Bob')).toBeUndefined()
    expect(await engine.entity('Bob')).toMatchObject({ degree: 0 })
    await engine.insert('c', 'Ada~Bob|work|again|1')
    expect(await engine.relation('Ada', 'Bob')).toMatchObject({ weight: 1, description: 'again' })
  })

  it('says when there is nothing to delete', async () => {
    await expect(erase('Nobody')).rejects.toMatchObject({ code: 'entity_not_found' })
    await expect(untie('Ada', 'Nobody')).rejects.toMatchObject({ code: 'relation_not_found' })
    await expect(untie('Bob', 'Zoe')).rejects.toMatchObject({ code: 'relation_not_found' })
  })

  it('works while the embedding model is out', async () => {
    await create('Eve')
    await tie('Eve', 'Zoe')
    engine.models.embedding.embed = () => Promise.reject(new ModelUnavailable('out'))
    await erase('Zoe')
    await expect(create('Max')).rejects.toMatchObject({ code: 'model_unavailable' })
    expect((await engine.entities()).map(({ name }) => name).sort()).toEqual(['Ada', 'Bob', 'Eve'])
  })

  it('keeps what a person tied to an entity when its document goes', async () => {
    await create('Eve', { description: 'by hand' })
    await tie('Ada', 'Eve', { description: 'pen friends' })
    await engine.remove('a')
    await engine.remove('b')
    expect((await engine.entities()).map(({ name }) => name).sort()).toEqual(['Ada', 'Eve'])
    expect(await engine.entity('Ada')).toMatchObject({ type: 'unknown', description: '' })
    expect(await engine.badVectors()).toEqual([])
    await edit('Ada', { description: 'set' })
    await untie('Ada', 'Eve')
    expect((await engine.entities()).map(({ name }) => name)).toEqual(['Eve'])
    await create('Ada')
    expect(await engine.entity('Ada')).toMatchObject({ description: '' })
  })

  it('ends with everything when the workspace is cleared', async () => {
    await create('Eve')
    await tie('Ada', 'Eve')
    await edit('Ada', { description: 'by hand' })
    await engine.rag.clearDocuments()
    expect(await engine.graph()).toEqual({ entities: [], relations: [] })
    await engine.insert('a', 'Ada|person|wrote programs')
    expect(await engine.graph({ sources: false })).toEqual({
      entities: [JSON.stringify(['Ada', 'person', 'wrote programs', 0])],
      relations: [],
    })
  })
})

describe('edits and everything else', () => {
  it('take their turns', async () => {
    await engine.insert('a', ...Array.from({ length: 6 }, (_, i) => `N${i}|person|number ${i}`))
    const merges = Array.from({ length: 6 }, (_, i) => mergeInto('One', `N${i}`))
    const creates = ['X', 'X', 'X'].map((name) => create(name).catch((error) => error.code))
    const edits = Array.from({ length: 5 }, (_, i) =>
      edit('N0', { description: `${i}` }).catch((error) => error.code),
    )
    await Promise.all([...merges, ...edits])
    const created = await Promise.all(creates)
    expect(created.filter((one) => one === 'entity_exists')).toHaveLength(2)
    expect((await engine.entities()).map(({ name }) => name).sort()).toEqual(['One', 'X'])
    expect((await engine.entity('One'))?.description.split('<SEP>')).toHaveLength(6)
  })

  it('work while documents are processed', async () => {
    const texts = Array.from({ length: 20 }, (_, i) => `Text ${i}.\nAda|person|fact ${i}`)
    await engine.insert('a', 'Ada|person|wrote programs', 'Ada~Bob|work|they met|2')
    await engine.rag.insertTexts({ texts, file_sources: texts.map((_, i) => `t${i}`) })
    await create('Eve')
    await tie('Ada', 'Eve')
    await rename('Bob', 'Cleo')
    await edit('Ada', { entity_type: 'hero' })
    await engine.rag.idle()
    expect(await engine.entity('Ada')).toMatchObject({ type: 'hero', degree: 2 })
    expect((await engine.entity('Ada'))?.sourceIds).toHaveLength(21)
    expect(await engine.badVectors()).toEqual([])
  })
})
