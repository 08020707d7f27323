import { describe, expect, it } from 'vitest'
import type { InsertResponse } from '../../src/engine/ingest/document-calls.ts'
import type { Extraction } from '../../src/engine/models.ts'
import { JSON_FORMAT } from '../../src/engine/roles/json-format.ts'
import { ROW_FORMAT } from '../../src/engine/roles/row-format.ts'
import { OfflineExtractor } from '../../src/models/offline/offline-extractor.ts'
import { ENTITY_FORMS, LABEL_FORMS } from './name-forms.ts'
import { openEngine, type TestEngine } from './open-engine.ts'

const NAME = 'Café Azúl & Söhne'
const OTHER = 'Vetch mill'
const FORMS = Object.entries(ENTITY_FORMS)

/** Ways for a name into the graph: each takes one form of it and gives the name that is there then. */
const NAMING: Readonly<Record<string, (engine: TestEngine, form: string) => Promise<string>>> = {
  'created by hand': async ({ rag }, form) =>
    (await rag.entityCreate({ entity_name: form, entity_data: {} })).data.entity_name,
  'renamed by hand': async ({ rag }, form) => {
    await rag.entityCreate({ entity_name: 'Old', entity_data: {} })
    const updated_data = { entity_name: form }
    const edit = { entity_name: 'Old', updated_data, allow_rename: true, allow_merge: false }
    return (await rag.entityEdit(edit)).data.entity_name
  },
  'merged by hand': async ({ rag }, form) => {
    await rag.entityCreate({ entity_name: 'Old', entity_data: {} })
    const merge = { entities_to_change: ['Old'], entity_to_change_into: form }
    return (await rag.mergeEntities(merge)).data.entity_name
  },
  'of a custom graph': async ({ rag }, form) => {
    await rag.insertCustomKg({ entities: [{ entity_name: form, description: 'd' }] })
    await rag.idle()
    return (await rag.graphLabels()).join('; ')
  },
  'at the end of a relation of a custom graph': async ({ rag }, form) => {
    const relation = { src_id: OTHER, tgt_id: form, description: 'd', keywords: 'k' }
    await rag.insertCustomKg({ relationships: [relation] })
    await rag.idle()
    return (await rag.graphLabels()).filter((label) => label !== OTHER).join('; ')
  },
  'in a row of a model': async (_, form) =>
    namesIn(ROW_FORMAT.read(`entity<|#|>${oneLine(form)}<|#|>shop<|#|>d\n`)),
  'in a relation of a model': async (_, form) => {
    const row = ['relation', OTHER, oneLine(form), 'k', 'd'].join('<|#|>')
    return ROW_FORMAT.read(row).relations[0]?.target ?? ''
  },
  'in JSON of a model': async (_, form) => {
    const entities = [{ name: form, type: 'shop', description: 'd' }]
    return namesIn(JSON_FORMAT.read(JSON.stringify({ entities, relationships: [] })))
  },
}

const oneLine = (form: string) => form.replace('\r\n', ' ')
const namesIn = ({ entities }: Extraction) => entities.map(({ name }) => name).join('; ')

describe('a name in any form', () => {
  it.each(Object.entries(NAMING))('is one name %s', async (_, put) => {
    const engine = await openEngine()
    const { rag } = engine
    try {
      const kept: [form: string, name: string][] = []
      for (const [form, of] of FORMS) {
        kept.push([form, await put(engine, of(NAME))])
        for (const entity_name of await rag.graphLabels()) await rag.deleteEntity({ entity_name })
        await rag.clearDocuments()
      }
      expect(kept).toEqual(FORMS.map(([form]) => [form, NAME]))
    } finally {
      await engine.close()
    }
  })
})

/** Ways to ask for what is there under its name. */
const ASKING: Readonly<Record<string, (engine: TestEngine, form: string) => Promise<unknown>>> = {
  'whether it exists': async ({ rag }, form) => (await rag.entityExists(form)).exists,
  'for what surrounds it': async ({ rag }, form) =>
    (await rag.subgraph({ label: form })).nodes.some(({ id }) => id === NAME),
  'for labels like it': async ({ rag }, form) => (await rag.searchLabels(form, 9)).includes(NAME),
  'to edit it': async ({ rag }, form) =>
    (await rag.entityEdit({ entity_name: form, updated_data: { description: 'new' } })).status ===
    'success',
  'to create it again': async ({ rag }, form) =>
    rag.entityCreate({ entity_name: form, entity_data: {} }).then(
      () => false,
      (error: unknown) =>
        error instanceof Error && 'code' in error && error.code === 'entity_exists',
    ),
  'to edit its relation': async ({ rag }, form) => {
    const edit = { source_id: form, target_id: OTHER, updated_data: { description: 'new' } }
    return (await rag.relationEdit(edit)).status === 'success'
  },
  'to delete it': async ({ rag }, form) => {
    const reply = await rag.deleteEntity({ entity_name: form })
    await rag.entityCreate({ entity_name: NAME, entity_data: {} })
    const ends = { source_entity: NAME, target_entity: OTHER }
    await rag.relationCreate({ ...ends, relation_data: { description: 'd' } })
    return reply.status === 'success'
  },
}

describe('whoever asks by any form of a name', () => {
  it.each(Object.entries(ASKING))('is understood who asks %s', async (name, ask) => {
    const engine = await openEngine()
    const forms = FORMS.filter(([form]) => name !== 'for labels like it' || form in LABEL_FORMS)
    try {
      for (const entity_name of [NAME, OTHER]) {
        await engine.rag.entityCreate({ entity_name, entity_data: {} })
      }
      const ends = { source_entity: NAME, target_entity: OTHER }
      await engine.rag.relationCreate({ ...ends, relation_data: { description: 'd' } })
      const understood: string[] = []
      for (const [form, of] of forms) if (await ask(engine, of(NAME))) understood.push(form)
      expect(understood).toEqual(forms.map(([form]) => form))
    } finally {
      await engine.close()
    }
  })

  it('finds an entity that an earlier version kept in another form', async () => {
    const names = ['"Quoted"', 'Cafe\u0301']
    const entities = names.map((name) => ({ name, type: 't', description: 'd' }))
    const extract = async () => ({ entities, relations: [] })
    const engine = await openEngine({ extractor: { id: 'earlier', extract } })
    try {
      await engine.insert({ texts: ['A text.'] })
      for (const name of [...names, 'Caf\u00e9']) {
        expect(await engine.rag.entityExists(name)).toEqual({ exists: true })
      }
    } finally {
      await engine.close()
    }
  })
})

describe('a name by hand', () => {
  it('that names nothing is refused', async () => {
    const engine = await openEngine()
    try {
      for (const entity_name of ['""', ' \u200b ', '42', '1.2', '<p></p>', '\u3164']) {
        await expect(
          engine.rag.entityCreate({ entity_name, entity_data: {} }),
        ).rejects.toMatchObject({
          code: 'invalid_argument',
          message: expect.stringMatching(/must name something/),
        })
      }
    } finally {
      await engine.close()
    }
  })
})

it('keeps the joiners of scripts and pictures that are written with them', async () => {
  const engine = await openEngine()
  try {
    for (const name of ['می\u200cخواهم', 'क्\u200dष', '\u{1f469}\u200d\u{1f467} Club']) {
      const { data } = await engine.rag.entityCreate({ entity_name: name, entity_data: {} })
      expect(data.entity_name).toBe(name)
    }
  } finally {
    await engine.close()
  }
})

/** What a text loses when it is taken in, and what breaks a sentence off. */
const OF_TEXTS = FORMS.filter(([form]) => !/surrogate|zero byte|line break/.test(form))

it.each(OF_TEXTS)('finds a name without a model %s', async (_, form) => {
  const text = `We met at ${form('Kestrel Works')} and then at the harbour.`
  const { entities } = await new OfflineExtractor().extract(
    { text, filePath: 'a', headings: [] },
    { lane: 'extract' },
  )
  expect(entities.map(({ name }) => name)).toEqual(['Kestrel Works'])
})

const FILE = 'Prüfplan Azúl.md'

/** Ways for a document to get its names. */
const DOCUMENTS: Readonly<
  Record<string, (engine: TestEngine, form: (name: string) => string) => Promise<InsertResponse>>
> = {
  'a text': ({ rag }, form) =>
    rag.insertTexts({
      texts: ['Some words.'],
      file_sources: [form(FILE)],
      external_ids: [form('Ä-1')],
      tags: [[form('grün')]],
      metadata: [{ autor: 'José', größe: 3 }],
    }),
  'an upload': ({ rag }, form) =>
    rag.insertFile(
      {
        file_name: form(FILE),
        external_id: form('Ä-1'),
        tags: [form('grün')],
        metadata: { autor: 'José', größe: 3 },
      },
      bytes('Some words.'),
    ),
  'a custom graph': ({ rag }, form) =>
    rag.insertCustomKg({
      chunks: [{ content: 'Some words.', source_id: '1' }],
      file_path: form(FILE),
      external_id: form('Ä-1'),
      tags: [form('grün')],
      metadata: { autor: 'José', größe: 3 },
    }),
}

async function* bytes(text: string) {
  yield Buffer.from(text)
}

describe('a document in any form of its names', () => {
  it.each(Object.entries(DOCUMENTS))('has one name, one id and one tag as %s', async (_, send) => {
    const engine = await openEngine()
    const { rag } = engine
    try {
      for (const [form, of] of Object.entries(LABEL_FORMS)) {
        expect([form, (await send(engine, of)).status]).toEqual([form, 'success'])
        await rag.idle()
        const [document] = (await rag.listDocuments({})).documents
        expect([form, document?.file_path]).toEqual([form, FILE])
        expect(document?.metadata).toMatchObject({ external_id: 'Ä-1', tags: ['grün'] })
        const again = await send(engine, (name) => name.normalize('NFD'))
        expect([form, again.status]).toEqual([form, 'duplicated'])
        await rag.clearDocuments()
      }
    } finally {
      await engine.close()
    }
  })
})

describe('a document', () => {
  it('is found and deleted by any form of its names', async () => {
    const engine = await openEngine()
    const send = DOCUMENTS['a text']
    if (!send) throw new Error('no text')
    try {
      await send(engine, (name) => name)
      await engine.rag.idle()
      const filters = (form: (name: string) => string) => [
        { file_paths: [form(FILE)] },
        { external_ids: [form('Ä-1')] },
        { tags: [form('grün')] },
        { metadata: { autor: 'José'.normalize('NFD') } },
        { metadata: { ['größe'.normalize('NFD')]: 3 } },
      ]
      for (const [form, of] of Object.entries(LABEL_FORMS)) {
        for (const filter of filters(of)) {
          const { chunks } = await engine.find({ query: 'words', mode: 'naive', filters: filter })
          expect([form, filter, chunks.length]).toEqual([form, filter, 1])
        }
      }
      for (const [form, of] of Object.entries(LABEL_FORMS)) {
        for (const names of [{ external_ids: [of('Ä-1')] }, { file_paths: [of(FILE)] }]) {
          const { taken, not_found } = await engine.rag.deleteDocuments(names)
          expect([form, taken?.length, not_found]).toEqual([form, 1, []])
          await send(engine, (name) => name)
        }
      }
      await engine.rag.idle()
    } finally {
      await engine.close()
    }
  })
})
