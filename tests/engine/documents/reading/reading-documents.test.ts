import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { DocumentText } from '../../../../src/engine/documents/reading/reading-calls.ts'
import { openEngine, type TestEngine } from '../../open-engine.ts'

/** Longer than what is read on the thread of the server. */
const LONG = 600_000
const CLEF = '𝄞'

describe('reading a document', () => {
  let engine: TestEngine
  beforeEach(async () => {
    engine = await openEngine({}, { chunkSize: 60, chunkOverlapSize: 10 })
  })
  afterEach(() => engine.close())

  const taken = async (text: string, more: object = {}) => {
    await engine.insert({ texts: [text], file_sources: ['text.md'], ...more })
    const { documents } = await engine.rag.listDocuments({})
    return documents[0]?.id ?? ''
  }
  const sections = (count: number) =>
    Array.from(
      { length: count },
      (_, i) => `# Section ${i}\n\n${`Sentence ${i} of the pump house stands here. `.repeat(8)}`,
    ).join('\n\n')

  it('shows what was said of it, by whom, and how large it is', async () => {
    const author = { id: 'usr_1', name: 'ada' }
    const id = await taken('Ä pump.', { tags: [['a']], metadata: [{ year: 2026 }], author })
    expect(await engine.rag.document(id)).toMatchObject({
      id,
      status: 'processed',
      tags: ['a'],
      attributes: { year: 2026 },
      enabled: true,
      size: 8,
      mime: 'text/plain',
      sha256: null,
      has_file: false,
      created_by: 'usr_1',
      created_by_name: 'ada',
      revision: 1,
    })
  })

  it('keeps who sent it first when another replaces it', async () => {
    const ada = { id: 'usr_1', name: 'ada' }
    const id = await taken('One pump.', { author: ada })
    await taken('Two pumps.', { author: { id: 'usr_2', name: 'bob' }, on_conflict: 'replace' })
    const document = await engine.rag.document(id)
    expect(document).toMatchObject({ created_by: 'usr_1', revision: 2, size: 10 })
  })

  it('puts its text together from parts as it was sent', async () => {
    const text = sections(40).trim()
    const id = await taken(text)
    let read = ''
    for (let from = 0; ; ) {
      const part = await engine.rag.documentText(id, { from, to: from + 1000 })
      expect(part.length).toBe(text.length)
      if (part.text === '') break
      read += part.text
      from = part.to
    }
    expect(read).toBe(text)
  })

  it('tells which headings begin in a part, and of the whole text when asked', async () => {
    const text = sections(12)
    const id = await taken(text, { chunking: { strategy: 'markdown' } })
    const at = text.indexOf('# Section 5')
    const part = await engine.rag.documentText(id, { from: at, to: at + 20 })
    expect(part.headings).toEqual([{ level: 1, title: 'Section 5', start: at }])
    const whole = await engine.rag.documentText(id, { from: 0, to: 10, outline: true })
    expect(whole.headings.map(({ title }) => title)).toEqual(
      Array.from({ length: 12 }, (_, i) => `Section ${i}`),
    )
    for (const { title, start } of whole.headings) {
      expect(text.slice(start, start + title.length + 2)).toBe(`# ${title}`)
    }
  })

  it('cuts no character in two', async () => {
    const id = await taken(`a${CLEF}b`)
    const part = await engine.rag.documentText(id, { from: 0, to: 2 })
    expect(part).toMatchObject({ from: 0, to: 1, text: 'a', length: 4 })
    expect((await engine.rag.documentText(id, { from: 1, to: 3 })).text).toBe(CLEF)
  })

  it('reads a long text beside the thread of the server', async () => {
    const word = 'pump house '
    const text = word.repeat(LONG / word.length + 1).trim()
    await engine.rag.insertTexts({ texts: [text], file_sources: ['long.txt'] })
    const { documents } = await engine.rag.listDocuments({})
    const id = documents[0]?.id ?? ''
    const part: DocumentText = await engine.rag.documentText(id, { from: 550_000, to: 550_050 })
    expect(part).toMatchObject({ length: text.length, text: text.slice(550_000, 550_050) })
    const end = await engine.rag.documentText(id, { from: text.length - 5 })
    expect(end.text).toBe('house'.slice(0, 5))
    expect(end.to).toBe(text.length)
  })

  it('refuses a part that is too long, or ends before it begins', async () => {
    const id = await taken('One pump.')
    for (const query of [
      { from: 5, to: 4 },
      { from: 0, to: 65_537 },
    ]) {
      await expect(engine.rag.documentText(id, query)).rejects.toMatchObject({
        code: 'invalid_argument',
      })
    }
  })

  it('has an empty text of a file that is not read yet', async () => {
    await mkdir(engine.inputDir, { recursive: true })
    await writeFile(join(engine.inputDir, 'bad.txt'), '')
    await engine.rag.scan()
    await engine.rag.idle()
    const { documents } = await engine.rag.listDocuments({})
    const [document] = documents
    expect(document).toMatchObject({ status: 'failed', has_file: false })
    const text = await engine.rag.documentText(document?.id ?? '', {})
    expect(text).toMatchObject({ length: 0, from: 0, to: 0, text: '', headings: [], pages: [] })
  })

  it('knows a file by the hash of its bytes', async () => {
    const bytes = Buffer.from('The pump house opens at six.')
    await engine.rag.insertFile(
      { file_name: 'hours.txt', author: { id: 'u', name: 'n' } },
      (async function* () {
        yield bytes
      })(),
    )
    await engine.rag.idle()
    const { documents } = await engine.rag.listDocuments({})
    expect(documents[0]).toMatchObject({
      sha256: 'bcf0d2d5f4af273c51597d50f5b1afdcf2a3292d1ac92b8a688f4298bb6a178f',
      size: bytes.length,
      has_file: true,
      mime: 'text/plain',
      created_by: 'u',
    })
  })

  it('shows a chunk among its neighbours', async () => {
    const id = await taken(sections(10))
    const { chunks } = await engine.rag.documentChunks(id, { page_size: 200 })
    expect(chunks.length).toBeGreaterThan(6)
    const middle = chunks[3]?.chunk_id ?? ''
    expect(await engine.rag.chunk(middle, 2)).toEqual({
      chunk: chunks[3],
      document_id: id,
      file_path: 'text.md',
      previous: chunks.slice(1, 3),
      next: chunks.slice(4, 6),
    })
    const first = await engine.rag.chunk(chunks[0]?.chunk_id ?? '', 1)
    expect(first.previous).toEqual([])
    expect(first.next).toEqual([chunks[1]])
  })

  it('knows no chunk of a document that is gone', async () => {
    const id = await taken(sections(2))
    const { chunks } = await engine.rag.documentChunks(id, {})
    await engine.rag.deleteDocuments({ doc_ids: [id] })
    await engine.rag.idle()
    const chunkId = chunks[0]?.chunk_id ?? ''
    await expect(engine.rag.chunk(chunkId, 1)).rejects.toMatchObject({ code: 'chunk_not_found' })
    await expect(engine.rag.document(id)).rejects.toMatchObject({ code: 'document_not_found' })
    await expect(engine.rag.documentText(id, {})).rejects.toMatchObject({
      code: 'document_not_found',
    })
  })

  it('names the document of each reference, passage, entity and relation', async () => {
    const text =
      'Clara Whitfield surveyed the coast near Port Alder. Clara Whitfield met Max Power.'
    const id = await taken(text)
    const found = await engine.find({ query: 'Who met Clara Whitfield?' })
    expect(found.references.map(({ document_id }) => document_id)).toEqual([id])
    expect(found.entities.length).toBeGreaterThan(0)
    for (const item of [...found.entities, ...found.relationships, ...found.chunks]) {
      expect(item.document_id).toBe(id)
    }
    const graph = await engine.rag.subgraph({ label: '*' })
    expect(graph.nodes.length).toBeGreaterThan(0)
    for (const { properties } of [...graph.nodes, ...graph.edges]) {
      expect(properties.document_id).toBe(id)
    }
  })

  it('names no document of an entity that a person made', async () => {
    await engine.rag.entityCreate({ entity_name: 'Eve Moss', entity_data: { description: 'x' } })
    const graph = await engine.rag.subgraph({ label: 'Eve Moss' })
    expect(graph.nodes[0]?.properties.document_id).toBeNull()
  })
})
