import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import type {
  DocStatusResponse,
  PaginatedDocuments,
} from '../../src/engine/documents/document-calls.ts'
import { startModelServer } from '../fixtures/model-server/model-server.ts'
import { type RealProcess, startRealProcess } from './real-process.ts'
import { tempFolder } from './temp-folder.ts'

const PLANT = new URL('./plant-poison.mjs', import.meta.url).href
const folder = await tempFolder()
afterAll(() => folder.remove())

const start = () =>
  startRealProcess(folder.path, {
    NODE_OPTIONS: `--import ${PLANT} --max-old-space-size=160`,
    // What must never come into a report.
    LLM_BINDING_API_KEY: 'a-key-that-is-secret',
  })

/** Does not wait for an answer: it may never come. */
function send(server: RealProcess, name: string, text: string) {
  const body = {
    text,
    file_source: name,
    chunking: { strategy: 'custom', params: { split_by_character: '|' } },
  }
  return post(server, '/documents/text', body).catch(() => undefined)
}

function post(server: RealProcess, path: string, body: object): Promise<Response> {
  const headers = { 'content-type': 'application/json' }
  return fetch(server.url + path, { method: 'POST', headers, body: JSON.stringify(body) })
}

async function documents(server: RealProcess): Promise<Map<string, DocStatusResponse>> {
  const reply = await post(server, '/documents/paginated', { page_size: 200 })
  const { documents: found } = (await reply.json()) as PaginatedDocuments
  return new Map(found.map((document) => [document.file_path, document]))
}

const statusOf = async (server: RealProcess, name: string) =>
  (await documents(server)).get(name)?.status

/** Names of the files in which processes leave word of their end. */
const wordsLeft = () => readdir(join(folder.path, 'rag_storage', '_control', 'lives'))

const stalls = async () =>
  (await wordsLeft().catch(() => [])).filter((name) => name.endsWith('.stalled.json')).length

/** Until the process has ended, or stands still and is then killed from outside. */
async function death(server: RealProcess, before: number): Promise<void> {
  const ended = once(server.child, 'exit')
  while (server.child.exitCode === null && server.child.signalCode === null) {
    if ((await stalls()) > before) await server.kill()
    else await Promise.race([ended, sleep(50)])
  }
}

describe('a document by which the server ends', () => {
  it.each([
    ['hang', /stood still/],
    // On a busy machine the collector alone holds the loop for long, before the heap is full.
    ['heap', /ran out of memory|stood still/],
    ['abort', /aborted/],
    ['throw', /nobody caught/],
  ])('(%s) is given up after the second time, and the queue goes on', async (how, reason) => {
    const known = await stalls()
    const first = await start()
    await send(first, `before-${how}.txt`, `Good text before ${how}.`)
    void send(first, `${how}.txt`, `Head of a text.|POISON ${how}`)
    void send(first, `after-${how}.txt`, `Good text after ${how}.`)
    await death(first, known)

    // The others come first, then it is tried once more.
    const stalled = await stalls()
    const second = await start()
    await death(second, stalled)

    const third = await start()
    // Else it would keep the workspace from the servers of the next case.
    onTestFinished(() => third.kill())
    await send(third, `later-${how}.txt`, `Good text later than ${how}.`)
    for (const name of ['before', 'later']) {
      await expect.poll(() => statusOf(third, `${name}-${how}.txt`)).toBe('processed')
    }
    const poison = (await documents(third)).get(`${how}.txt`)
    expect(poison?.status).toBe('failed')
    expect(poison?.error_msg).toMatch(/ended 2 servers in a row \(step: (?:read|extract)\): /)
    expect(poison?.error_msg).toMatch(reason)
    expect(await third.stop()).toBe(0)
    expect((await wordsLeft()).filter((name) => name.endsWith('.report.json'))).toEqual([])
  })
})

describe('a document in work when somebody kills the server', () => {
  it('is not counted as the cause, however often, while the event loop turns', async () => {
    const models = await startModelServer()
    const place = await tempFolder()
    const env = {
      LLM_BINDING: 'openai',
      LLM_MODEL: 'm',
      LLM_BINDING_HOST: models.openAiUrl,
    }
    try {
      models.hold()
      for (let kill = 0; kill < 6; kill++) {
        const server = await startRealProcess(place.path, env)
        if (kill === 0) await send(server, 'held.txt', 'Marie Curie worked in Paris.')
        const before = models.callsOf('chat').length
        await models.until(() => models.callsOf('chat').length > before - (kill === 0 ? 0 : 1))
        await expect.poll(() => statusOf(server, 'held.txt')).toBe('processing')
        await server.kill()
      }
      models.release()
      const last = await startRealProcess(place.path, env)
      await expect.poll(() => statusOf(last, 'held.txt')).toBe('processed')
      expect(await last.stop()).toBe(0)
    } finally {
      models.release()
      await models.close()
      await place.remove()
    }
  })
})
