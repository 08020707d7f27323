import { describe, expect, it } from 'vitest'
import { checkedFileName } from '../../../src/engine/documents/file-name.ts'
import type { Extraction } from '../../../src/engine/ports/models.ts'
import { JSON_FORMAT } from '../../../src/engine/roles/json-format.ts'
import { ROW_FORMAT } from '../../../src/engine/roles/row-format.ts'
import { OfflineExtractor } from '../../../src/models/offline/offline-extractor.ts'
import { ENTITY_FORMS, NAME_FORMS } from '../name-forms.ts'
import { type Found, openEngine, type TestEngine } from '../open-engine.ts'

const NAME = 'Café Azúl & Söhne'
/** Names of other scripts, in the form in which they are kept. */
const NAMES = [NAME, '한국 전력', 'Straße ΟΔΟΣ İzmir ısı', '東京電力株式会社']
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
    return (await rag.entityNames()).join('; ')
  },
  'at the end of a relation of a custom graph': async ({ rag }, form) => {
    const relation = { src_id: OTHER, tgt_id: form, description: 'd', keywords: 'k' }
    await rag.insertCustomKg({ relationships: [relation] })
    await rag.idle()
    return (await rag.entityNames()).filter((entityName) => entityName !== OTHER).join('; ')
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

const WAYS = Object.entries(NAMING).flatMap(([way, put]) =>
  NAMES.map((name) => [name, way, put] as const),
)

describe('a name in any form', () => {
  it.each(WAYS)('is one name: %s, %s', async (name, _, put) => {
    const engine = await openEngine()
    const { rag } = engine
    try {
      const kept: [form: string, name: string][] = []
      for (const [form, of] of FORMS) {
        kept.push([form, await put(engine, of(name))])
        const entityNames = await rag.entityNames()
        for (const entity_name of entityNames) await rag.deleteEntity({ entity_name })
        if (entityNames.length > 0) await rag.clearDocuments()
      }
      expect(kept).toEqual(FORMS.map(([form]) => [form, name]))
    } finally {
      await engine.close()
    }
  })
})

const names = ({ entities }: Found) => entities.map(({ entity_name }) => entity_name)

/** Ways to ask for what is there under its name. */
const ASKING: Readonly<Record<string, (engine: TestEngine, form: string) => Promise<unknown>>> = {
  'whether it exists': async ({ rag }, form) => (await rag.entityExists(form)).exists,
  'for what surrounds it': async ({ rag }, form) =>
    (await rag.subgraph({ label: form })).nodes.some(({ id }) => id === NAME),
  'for names like it': async ({ rag }, form) =>
    (await rag.searchEntityNames(form, 9)).includes(NAME),
  'in a question': async (engine, form) =>
    names(await engine.find({ query: `What is ${form}?`, mode: 'local' })).includes(NAME),
  'in the keywords of a question': async (engine, form) =>
    names(await engine.find({ query: 'What is it?', mode: 'local', ll_keywords: [form] })).includes(
      NAME,
    ),
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
    const forms = FORMS.filter(([form]) => name !== 'for names like it' || form in NAME_FORMS)
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

/** Names that are written with what is not seen itself. */
const JOINED = {
  'a Persian verb': 'می\u200cخواهم',
  'a half form of Hindi': 'क्\u200dष',
  'a chillu of Malayalam at the end of a word': 'അവന്\u200d വീട്',
  'a letter of Bengali before its sign': 'র\u200d্যাব',
  'a conjunct of Sinhala': 'ශ්\u200dරී ලංකා',
  'a form of Mongolian': 'ᠨᠠ\u180bᠢ',
  'a family': '\u{1f469}\u200d\u{1f467} Club',
  'an astronaut with a colour of skin': '\u{1f469}\u{1f3fd}\u200d\u{1f680}',
  'the flag of a part of a country':
    '\u{1f3f4}\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f} Office',
}
/** Where the same signs do nothing. */
const USELESS = {
  'a joiner between letters that have no virama': ['क\u200dख', 'कख'],
  'a joiner behind a picture': ['\u{1f469}\u200d Club', '\u{1f469} Club'],
  'a non-joiner between pictures': ['\u{1f469}\u200c\u{1f467}', '\u{1f469}\u{1f467}'],
  'tags behind no flag': ['A\u{e0067}\u{e007f}b', 'Ab'],
  'a form of Mongolian elsewhere': ['C\u180bd', 'Cd'],
  'a joiner at the beginning': ['\u200dक्ष', 'क्ष'],
} as const

it('keeps what is not seen where a script or a picture is written with it', async () => {
  const engine = await openEngine()
  try {
    const wanted = [...Object.values(JOINED).map((name) => [name, name]), ...Object.values(USELESS)]
    for (const [given = '', kept = ''] of wanted) {
      const reply = await engine.rag.entityCreate({ entity_name: given, entity_data: {} })
      expect(reply.data.entity_name).toBe(kept)
      expect(checkedFileName(`${given}.md`, { extensions: ['.md'] })).toBe(`${kept}.md`)
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
