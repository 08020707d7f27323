import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openEngine, type TestEngine } from './open-engine.ts'

let engine: TestEngine
beforeEach(async () => {
  engine = await openEngine()
})
afterEach(() => engine.close())

async function onlyDocument() {
  const [document] = (await engine.rag.listDocuments({})).documents
  if (!document) throw new Error('no document')
  const { chunks } = await engine.rag.documentChunks(document.id, {})
  return { ...document, chunks, text: await engine.store.documents.text(document.id) }
}

describe('a text that is sent', () => {
  it('is stored as it was sent, under the id that LightRAG gives it', async () => {
    const text = 'send(&param, &region) in Zebra; &lt;br&gt; & R&amp;D &copy=2'
    await engine.insert({ texts: [text] })
    const document = await onlyDocument()
    expect(document.text).toBe(text)
    expect(document.chunks.map(({ content }) => content)).toEqual([text])
    const resolved = 'send(¶m, ®ion) in Zebra; <br> & R&D ©=2'
    expect(document.id).toBe(`doc-${createHash('md5').update(resolved).digest('hex')}`)
    expect(await engine.rag.insertTexts({ texts: [resolved] })).toMatchObject({
      status: 'duplicated',
    })
  })

  it.each(['\n', '\r\n', '\r'])(
    'has its headings and ranges when its lines end in %j',
    async (end) => {
      const lines = ['# Guide', '', 'About cranes.', '', '## Parts', '', 'Winches are oiled.']
      await engine.insert({
        texts: [`${lines.join(end)}${end}`],
        file_sources: ['guide.md'],
        chunking: { strategy: 'markdown', params: { chunk_token_size: 10 } },
      })
      const { text, chunks } = await onlyDocument()
      expect(text).toBe(lines.join('\n'))
      expect(chunks.map(({ headings }) => headings)).toEqual([['Guide'], ['Guide', 'Parts']])
      for (const { start, end: to, content } of chunks) expect(text?.slice(start, to)).toBe(content)
    },
  )

  it('is the same text whatever its lines end in', async () => {
    await engine.insert({ texts: ['one\r\ntwo'] })
    for (const same of ['one\ntwo', 'one\rtwo ', 'one\r\ntwo']) {
      expect((await engine.rag.insertTexts({ texts: [same] })).status).toBe('duplicated')
    }
  })

  it('may be cut at a line end of any form', async () => {
    await engine.insert({
      texts: ['one\ntwo'],
      chunking: { strategy: 'custom', params: { split_by_character: '\r\n' } },
    })
    expect((await onlyDocument()).chunks.map(({ content }) => content)).toEqual(['one', 'two'])
  })

  it('loses a zero byte and nothing else', async () => {
    await engine.insert({ texts: ['Mallow Ltd\u0000 owns the mill.'] })
    expect((await onlyDocument()).text).toBe('Mallow Ltd owns the mill.')
  })
})
