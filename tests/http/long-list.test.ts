import Fastify from 'fastify'
import { describe, expect, it, onTestFinished } from 'vitest'
import { sendLongList } from '../../src/http/long-list.ts'

const MANY = 100_000
/** More than one turn writes, on any machine. */
const MOST_A_TURN = 50_000
const ITEM = { type: 'object', properties: { id: { type: 'string' } } }
const REPLY = {
  type: 'object',
  properties: { name: { type: 'string' }, items: { type: 'array', items: ITEM } },
}

/** Answers with a list of so many, each of which tells when it is written. */
async function listOf(count: number) {
  let written = 0
  const items = Array.from({ length: count }, (_, i) => ({
    get id() {
      written += 1
      return `"${i}"`
    },
    secret: 'what the schema does not name',
  }))
  const app = Fastify()
  onTestFinished(() => app.close())
  app.get('/list', { schema: { response: { 200: REPLY } } }, async (_, reply) =>
    sendLongList(reply, { name: 'all', items }, 'items', ITEM),
  )
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  return { get: () => fetch(`${url}/list`), written: () => written }
}

describe('an answer with a long list', () => {
  it.each([0, 1, 200, 201, 5000])('is the same as any other, with %i items', async (count) => {
    const { get } = await listOf(count)
    const response = await get()
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(await response.json()).toEqual({
      name: 'all',
      items: Array.from({ length: count }, (_, i) => ({ id: `"${i}"` })),
    })
  })

  it('is written some at a time, and others have turns in between', async () => {
    const { get, written } = await listOf(MANY)
    const counts: number[] = []
    let isOver = false
    const look = () => {
      counts.push(written())
      if (!isOver) setImmediate(look)
    }
    setImmediate(look)
    const { items } = (await (await get()).json()) as { items: unknown[] }
    isOver = true
    expect(items).toHaveLength(MANY)
    const steps = counts.map((now, i) => now - (counts[i - 1] ?? 0))
    expect(Math.max(...steps)).toBeLessThan(MOST_A_TURN)
  })
})
