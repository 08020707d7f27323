import { afterEach, describe, expect, it } from 'vitest'
import type { Extractor } from '../../../src/engine/ports/models.ts'
import { waitForDocuments } from '../../../src/routes/documents/wait-for-documents.ts'
import { openEngine, type TestEngine } from '../../engine/open-engine.ts'
import { startServer } from '../fake-server.ts'
import { RestClient, type TestServer } from '../rest-client.ts'

const TEXT = 'The warranty of the Bergamot pump lasts nine years.'
const QUESTION = { query: 'How long does the Bergamot warranty last?', mode: 'naive' }

let engine: TestEngine
let server: TestServer
let letGo = () => {}
/** Whether extraction waits until it is let go. */
let isHeld = false
afterEach(async () => {
  letGo()
  await server.close()
  await engine.close()
})

async function open(held: boolean): Promise<RestClient> {
  isHeld = held
  const release = new Promise<void>((resolve) => {
    letGo = resolve
  })
  const extractor: Extractor = {
    id: 'held',
    extract: async () => {
      if (isHeld) await release
      return { entities: [], relations: [] }
    },
  }
  engine = await openEngine({ extractor })
  server = await startServer(engine.rag)
  return new RestClient(server)
}

const INSERTS = [
  ['/documents/text', { text: TEXT }],
  ['/documents/texts', { texts: [TEXT] }],
] as const

describe('a caller who waits for what it sends', () => {
  it.each(INSERTS)('is answered when it can be asked about (%s)', async (path, body) => {
    const rest = await open(false)
    const inserted = await rest.post<{ documents: { status: string }[] }>(`${path}?wait=60`, body)
    expect(inserted.body.documents.map(({ status }) => status)).toEqual(['processed'])
    const asked = await rest.post<{ response: string }>('/query', QUESTION)
    expect(asked.body.response).toContain('nine years')
    expect(asked.body).not.toHaveProperty('still_processing')
  })

  it('is told how far it came when the time is over', async () => {
    const rest = await open(true)
    const inserted = await rest.post<{ status: string; documents: { status: string }[] }>(
      '/documents/text?wait=1',
      { text: TEXT },
    )
    expect(inserted.body.status).toBe('success')
    expect(['pending', 'processing']).toContain(inserted.body.documents[0]?.status)
  })

  it('is answered at once for what is known already', async () => {
    const rest = await open(false)
    await rest.post('/documents/text?wait=60', { text: TEXT })
    const again = await rest.post<{ status: string; documents: unknown[] }>(
      '/documents/text?wait=60',
      { text: TEXT },
    )
    expect(again.body.status).toBe('duplicated')
  })

  it('is not waited for when it leaves', async () => {
    await open(true)
    const inserted = await engine.rag.insertTexts({ texts: [TEXT] })
    const leaving = new AbortController()
    let looks = 0
    const rag = {
      trackStatus: (track: string) => {
        looks++
        leaving.abort()
        return engine.rag.trackStatus(track)
      },
    }
    await waitForDocuments(rag, inserted, 300, leaving.signal)
    expect(looks).toBe(1)
  })

  it.each(['-1', '301', '1e9', 'soon', 'NaN'])(
    'has to name a wait that is one: %s',
    async (wait) => {
      const rest = await open(false)
      expect((await rest.post(`/documents/text?wait=${wait}`, { text: TEXT })).status).toBe(422)
    },
  )
})

describe('a question that comes before its documents are processed', () => {
  it('is told so where nothing is found, by each way of asking', async () => {
    const rest = await open(true)
    await rest.post('/documents/text', { text: TEXT })
    const asked = await rest.post<{ response: string; still_processing: number }>(
      '/query',
      QUESTION,
    )
    expect(asked.body.response).toMatch(/1 document is still being processed.*\[no-context\]$/)
    expect(asked.body.still_processing).toBe(1)
    const data = await rest.post<{ message: string }>('/query/data', QUESTION)
    expect(data.body.message).toContain('1 document is still being processed')
    const { text } = await rest.post('/query/stream', QUESTION)
    expect(JSON.parse(text.split('\n')[0] ?? '')).toMatchObject({ still_processing: 1 })
    const chat = await rest.post('/api/chat', {
      model: 'x',
      messages: [{ role: 'user', content: '/naive How long does the Bergamot warranty last?' }],
      stream: false,
    })
    expect(chat.text).toContain('still being processed')
    letGo()
  })

  it('is told so beside an answer from what there is', async () => {
    const rest = await open(false)
    await rest.post('/documents/text?wait=60', { text: TEXT })
    isHeld = true
    await rest.post('/documents/text', { text: 'Another pump of which nothing is known yet.' })
    const asked = await rest.post<{ response: string }>('/query', QUESTION)
    expect(asked.body.response).toContain('nine years')
    expect(asked.body).toHaveProperty('still_processing', 1)
  })
})
