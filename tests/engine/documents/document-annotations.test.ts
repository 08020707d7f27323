import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { DocStatusResponse } from '../../../src/engine/documents/document-calls.ts'
import { openEngine, type TestEngine } from '../open-engine.ts'

const text = (word: string) => `The ${word} report names Captain Nemo as its author.`

let engine: TestEngine
beforeEach(async () => {
  engine = await openEngine()
})
afterEach(() => engine.close())

async function listed(): Promise<readonly DocStatusResponse[]> {
  const { documents } = await engine.rag.listDocuments({
    sort_field: 'created_at',
    sort_direction: 'asc',
  })
  return documents
}
const summaries = async () => (await listed()).map(({ content_summary }) => content_summary)

async function byExternalId(id: string): Promise<DocStatusResponse | undefined> {
  return (await listed()).find(({ metadata }) => metadata?.external_id === id)
}

describe('external ids', () => {
  it('are listed with the documents they came with, in a mixed batch', async () => {
    await engine.insert({ texts: [text('old')], external_ids: ['a'] })
    const { status, message } = await engine.rag.insertTexts({
      // Left out: the second, which is the first once more, and the third, whose id is known.
      texts: [
        text('second'),
        text('second'),
        text('another old'),
        text('third'),
        text('fourth'),
        text('fifth'),
      ],
      external_ids: ['b', null, 'a', null, ' c ', 'd'],
    })
    await engine.rag.idle()
    expect(status).toBe('partial_success')
    expect(message).toContain('1 of them')
    expect((await listed()).map((doc) => [doc.metadata?.external_id, doc.content_summary])).toEqual(
      expect.arrayContaining([
        ['a', text('old')],
        ['b', text('second')],
        [null, text('third')],
        ['c', text('fourth')],
        ['d', text('fifth')],
      ]),
    )
    expect(await listed()).toHaveLength(5)
  })

  it('answer a repeat with the track id of the first', async () => {
    const first = await engine.rag.insertTexts({ texts: [text('one')], external_ids: ['a'] })
    const again = await engine.rag.insertTexts({ texts: [text('two')], external_ids: ['a'] })
    expect(again).toMatchObject({ status: 'duplicated', track_id: first.track_id })
    expect(await summaries()).toEqual([text('one')])
  })

  it('give one document when the same one comes many times at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, i) =>
        engine.rag.insertTexts({ texts: [text(`number${i}`)], external_ids: ['a'] }),
      ),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([
      ...Array(11).fill('duplicated'),
      'success',
    ])
    expect(await listed()).toHaveLength(1)
  })

  it('put the new text in the place of the old when asked to', async () => {
    await engine.insert({
      texts: [text('old'), text('other')],
      external_ids: ['a', 'b'],
      file_sources: ['a.txt', 'b.txt'],
      tags: [['draft'], null],
    })
    const before = await byExternalId('a')
    await engine.insert({
      texts: [text('new')],
      external_ids: ['a'],
      file_sources: ['renamed.txt'],
      on_conflict: 'replace',
    })
    expect(await byExternalId('a')).toMatchObject({
      id: before?.id,
      content_summary: text('new'),
      file_path: 'renamed.txt',
      status: 'processed',
      metadata: { tags: ['draft'] },
    })
    expect((await byExternalId('b'))?.content_summary).toBe(text('other'))
    const found = await engine.find({ query: 'report by Captain Nemo' })
    expect(found.chunks.map(({ content }) => content).sort()).toEqual([text('new'), text('other')])
  })

  it('keep one document when the same one is replaced many times at once', async () => {
    await Promise.all(
      Array.from({ length: 6 }, (_, i) =>
        engine.rag.insertTexts({
          texts: [text(`number${i}`)],
          external_ids: ['a'],
          on_conflict: 'replace',
        }),
      ),
    )
    await engine.rag.idle()
    expect(await summaries()).toEqual([text('number5')])
  })

  it('protect a document from a replacement that has its name and another id', async () => {
    await engine.insert({ texts: [text('one')], external_ids: ['a'], file_sources: ['x.txt'] })
    const answer = await engine.rag.insertTexts({
      texts: [text('two')],
      external_ids: ['b'],
      file_sources: ['x.txt'],
      on_conflict: 'replace',
    })
    expect(answer.status).toBe('duplicated')
    expect(await summaries()).toEqual([text('one')])
  })

  it.each([
    [{ texts: ['a', 'b'], external_ids: ['1'] }, /one entry for each text/],
    [{ texts: ['a', 'b'], external_ids: ['1', '1'] }, /stands for two texts/],
    [{ texts: ['a', 'a'], external_ids: ['1', '2'] }, /external id of its own/],
    [{ texts: ['a'], external_ids: ['x'.repeat(513)] }, /at most 512/],
    [{ texts: ['a'], external_ids: ['a\nb'] }, /control/],
    [{ texts: ['a'], tags: [['']] }, /1 to 128/],
    [{ texts: ['a'], tags: [Array.from({ length: 65 }, (_, i) => `t${i}`)] }, /at most 64/],
    [{ texts: ['a'], metadata: [{ attempts: 1 }] }, /set by the server/],
    [{ texts: ['a'], metadata: [{ long: 'x'.repeat(17_000) }] }, /bytes/],
  ])('are refused with a sentence, as other annotations are: %#', async (input, message) => {
    await expect(engine.rag.insertTexts(input)).rejects.toMatchObject({
      code: 'invalid_argument',
      message: expect.stringMatching(message),
    })
    expect(await listed()).toEqual([])
  })
})

describe('annotations', () => {
  it('are listed, and changed one by one', async () => {
    await engine.insert({
      texts: [text('one')],
      metadata: [{ year: 2024, authors: ['Nemo'] }],
      tags: [['a', 'b', 'a ']],
    })
    const [document] = await listed()
    expect(document?.metadata).toMatchObject({
      year: 2024,
      authors: ['Nemo'],
      tags: ['a', 'b'],
      enabled: true,
      attempts: 1,
    })
    const id = document?.id ?? ''
    const changed = await engine.rag.updateDocument(id, { tags: ['c'] })
    expect(changed.metadata).toMatchObject({ year: 2024, tags: ['c'], enabled: true })
    await engine.rag.updateDocument(id, { metadata: { month: 'May' }, enabled: false })
    const [after] = await listed()
    expect(after?.metadata).toMatchObject({ month: 'May', tags: ['c'], enabled: false })
    expect(after?.metadata).not.toHaveProperty('year')
  })

  it('of an unknown document cannot be changed', async () => {
    await expect(engine.rag.updateDocument('doc-none', { tags: [] })).rejects.toMatchObject({
      code: 'document_not_found',
    })
  })

  it('come with a file', async () => {
    await engine.rag.insertFile(
      { file_name: 'a.txt', external_id: 'f', tags: ['x'], metadata: { kind: 'note' } },
      (async function* () {
        yield Buffer.from(text('filed'))
      })(),
    )
    await engine.rag.idle()
    expect((await byExternalId('f'))?.metadata).toMatchObject({ tags: ['x'], kind: 'note' })
  })
})
