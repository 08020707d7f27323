import { writeFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { manyUsers, startTestServer, type TestServer } from './test-server.ts'

interface Heard {
  readonly id: string
  readonly event: string
  readonly data: Readonly<Record<string, unknown>>
}

/** A reader of one stream, as a page has it. */
class Reader {
  readonly heard: Heard[] = []
  readonly ended: Promise<void>
  readonly #leaving = new AbortController()
  #wake = () => {}

  constructor(url: string, headers: Record<string, string>) {
    this.ended = this.#read(url, headers).catch(() => undefined)
  }

  /** Resolves once something fits. */
  async until(fits: (heard: readonly Heard[]) => boolean): Promise<void> {
    while (!fits(this.heard)) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  leave(): Promise<void> {
    this.#leaving.abort()
    return this.ended
  }

  async #read(url: string, headers: Record<string, string>): Promise<void> {
    const reply = await fetch(`${url}/events`, { headers, signal: this.#leaving.signal })
    expect(reply.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    let text = ''
    for await (const piece of reply.body ?? []) {
      text += Buffer.from(piece).toString()
      for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
        this.#take(text.slice(0, end))
        text = text.slice(end + 2)
      }
    }
  }

  #take(block: string): void {
    const fields = new Map(block.split('\n').map((line) => line.split(': ', 2) as [string, string]))
    const event = fields.get('event')
    if (event === undefined) return
    const data = JSON.parse(block.slice(block.indexOf('data: ') + 6))
    this.heard.push({ id: fields.get('id') ?? '', event, data })
    this.#wake()
  }
}

describe('events', () => {
  let server: TestServer
  const readers: Reader[] = []
  /** Texts so far: each has a name of its own. */
  let sent = 0
  beforeEach(async () => {
    server = await startTestServer(manyUsers(3), { EVENT_STREAM_SECONDS: '600' })
  })
  afterEach(async () => {
    await Promise.all(readers.splice(0).map((reader) => reader.leave()))
    await server.close()
  })

  const keyOf = (user: number) => ({ 'x-api-key': `key-of-user-${user}` })
  const listen = async (user: number, lastId?: string) => {
    const headers = { ...keyOf(user), ...(lastId === undefined ? {} : { 'last-event-id': lastId }) }
    const reader = new Reader(server.url, headers)
    readers.push(reader)
    await reader.until((heard) => heard.length > 0)
    return reader
  }
  const insert = async (user: number, texts: readonly string[]) => {
    const reply = await fetch(`${server.url}/documents/texts?wait=60`, {
      method: 'POST',
      headers: { ...keyOf(user), 'content-type': 'application/json' },
      body: JSON.stringify({ texts, file_sources: texts.map(() => `u${user}-${sent++}.txt`) }),
    })
    expect(reply.status).toBe(200)
    return (await reply.json()) as { track_id: string; documents: { id: string }[] }
  }
  const processed = ({ event, data }: Heard) =>
    event === 'document.status' && data.status === 'processed'

  it('tell each listener all of their own documents, and nothing of another’s', async () => {
    const [one, again, other] = [await listen(0), await listen(0), await listen(1)]
    const texts = Array.from({ length: 12 }, (_, i) => `Note ${i} of the pump house.`)
    const [mine, theirs] = await Promise.all([insert(0, texts), insert(1, texts.slice(0, 3))])
    for (const [reader, inserted] of [
      [one, mine],
      [again, mine],
      [other, theirs],
    ] as const) {
      const ids = inserted.documents.map(({ id }) => id)
      await reader.until((heard) => heard.filter(processed).length >= ids.length)
      const told = reader.heard.filter(processed).map(({ data }) => data.document_id)
      expect([...told].sort()).toEqual([...ids].sort())
      const track = inserted.track_id
      expect(reader.heard[0]).toMatchObject({ event: 'hello' })
      expect(reader.heard[1]).toMatchObject({
        event: 'documents.queued',
        data: { track_id: track, count: ids.length },
      })
      for (const { data } of reader.heard.slice(2)) expect(data.track_id).toBe(track)
      expect(reader.heard.some(({ event }) => event === 'document.progress')).toBe(true)
    }
  })

  it('are made up for to who comes back', async () => {
    const reader = await listen(0)
    await insert(0, ['The first note.'])
    await reader.until((heard) => heard.some(processed))
    const last = reader.heard.at(-1)?.id ?? ''
    await reader.leave()
    const { documents } = await insert(0, ['The second note.', 'The third note.'])
    const back = await listen(0, last)
    await back.until((heard) => heard.filter(processed).length >= 2)
    expect(
      back.heard
        .filter(processed)
        .map(({ data }) => data.document_id)
        .sort(),
    ).toEqual(documents.map(({ id }) => id).sort())
    expect(back.heard.map(({ event }) => event)).not.toContain('reset')
  })

  it('say that something may have been missed by who comes from elsewhere', async () => {
    for (const lastId of ['00000000-5', 'nonsense', '-']) {
      const reader = await listen(0, lastId)
      await reader.until((heard) => heard.length > 1)
      expect(reader.heard.map(({ event }) => event)).toEqual(['hello', 'reset'])
      await reader.leave()
    }
  })

  it('end with the access of who listens', async () => {
    const [reader, other] = [await listen(0), await listen(1)]
    await writeFile(server.usersFile, JSON.stringify({ users: manyUsers(3).slice(1) }))
    await reader.ended
    expect(reader.heard.at(-1)).toMatchObject({ event: 'access.ended', id: '' })
    await insert(1, ['A note of another.'])
    await other.until((heard) => heard.some(processed))
  })

  it('are for nobody without a credential', async () => {
    expect((await fetch(`${server.url}/events`)).status).toBe(401)
  })

  it('lease no engine while somebody listens', async () => {
    const reader = await listen(2)
    const { pool } = await server.gauges()
    expect(pool.leases).toBe(0)
    await reader.leave()
  })

  it('tell of the end of the server', async () => {
    const reader = await listen(0)
    await server.close()
    await reader.ended
    expect(reader.heard.at(-1)?.event).toBe('closing')
    server = await startTestServer(manyUsers(1))
  })
})

it('end after the time that the server is told', async () => {
  const server = await startTestServer(manyUsers(1), { EVENT_STREAM_SECONDS: '0.05' })
  try {
    const reader = new Reader(server.url, { 'x-api-key': 'key-of-user-0' })
    await reader.ended
    expect(reader.heard.map(({ event }) => event)).toEqual(['hello'])
  } finally {
    await server.close()
  }
})
