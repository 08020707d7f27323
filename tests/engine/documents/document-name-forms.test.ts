import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { InsertResponse } from '../../../src/engine/documents/document-calls.ts'
import { NAME_FORMS } from '../name-forms.ts'
import { openEngine, type TestEngine } from '../open-engine.ts'

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
      for (const [form, of] of Object.entries(NAME_FORMS)) {
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

/** What the names of files in a folder cannot hold. */
const OF_FILES = Object.entries(NAME_FORMS).filter(([form]) => !/surrogate|spaces/.test(form))

it('takes files of a folder under one name, in whatever form the folder has it', async () => {
  const engine = await openEngine()
  const { rag } = engine
  try {
    await mkdir(engine.inputDir, { recursive: true })
    for (const [i, [, of]] of OF_FILES.entries()) {
      await writeFile(join(engine.inputDir, of(`${i} ${FILE}`)), `Words of ${i}.`)
    }
    await rag.scan()
    await rag.idle()
    const { documents } = await rag.listDocuments({ page_size: 100 })
    const wanted = OF_FILES.map((_, i) => `${i} ${FILE}`)
    expect(documents.map(({ file_path }) => file_path).sort()).toEqual(wanted.toSorted())
  } finally {
    await engine.close()
  }
})

/** Texts with what is folded in searches and dropped from names. */
const TEXTS = [
  'The ware\u00adhouse of \u202eStra\u00dfe\u202c, cafe\u0301 and caf\u00e9.',
  'می\u200cخواهم \u{1f469}\u200d\u{1f467}\ufe0f क्\u200dष',
  'zero\u200bwidth \ufeffmark, word\u2060joiner, 葛\u{e0100}城',
  '\u1112\u1161\u11ab국 \ufb01ne ＷＩＤＥ ΟΔΟΣ İstanbul ı',
]

it.each(TEXTS)('keeps a text as it was sent: %j', async (text) => {
  const engine = await openEngine()
  try {
    await engine.insert({ texts: [text] })
    const { chunks } = await engine.find({ query: text, mode: 'naive' })
    expect(chunks.map(({ content }) => content)).toEqual([text])
  } finally {
    await engine.close()
  }
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
      for (const [form, of] of Object.entries(NAME_FORMS)) {
        for (const filter of filters(of)) {
          const { chunks } = await engine.find({ query: 'words', mode: 'naive', filters: filter })
          expect([form, filter, chunks.length]).toEqual([form, filter, 1])
        }
      }
      for (const [form, of] of Object.entries(NAME_FORMS)) {
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
