import { describe, expect, it } from 'vitest'
import { type Send, UploadQueue } from '../../../src/web/work/upload-queue.ts'

const PLACE = { tenantId: 'a', kb: 'default' }

class Storage extends Map<string, string> {
  getItem = (key: string) => this.get(key) ?? null
  setItem = (key: string, text: string) => void this.set(key, text)
  removeItem = (key: string) => void this.delete(key)
}

/** A server whose answers are given one by one. */
function slowServer() {
  const under: {
    name: string
    replaces: boolean
    end: (how: 'taken' | 'known' | Error) => void
  }[] = []
  let most = 0
  const send: Send = (_place, file, signal, replaces) => {
    return new Promise((resolve, reject) => {
      const entry = {
        name: file.name,
        replaces,
        end: (how: 'taken' | 'known' | Error) => {
          under.splice(under.indexOf(entry), 1)
          if (how instanceof Error) reject(how)
          else resolve(how)
        },
      }
      under.push(entry)
      most = Math.max(most, under.length)
      signal.addEventListener('abort', () => entry.end(new Error('aborted')))
    })
  }
  return { under, send, most: () => most }
}

const files = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ file: new File(['x'], `f${i}.md`), name: `f${i}.md` }))
const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

describe('the queue of uploads', () => {
  it('sends three at a time until all are there', async () => {
    const server = slowServer()
    const queue = new UploadQueue(server.send, new Storage(), () => undefined)
    queue.add(PLACE, files(8))
    while (server.under.length > 0) {
      server.under[0]?.end('taken')
      await turn()
    }
    expect(server.most()).toBe(3)
    expect(queue.get().map(({ state }) => state)).toEqual(Array(8).fill('taken'))
    expect(queue.isBusy).toBe(false)
  })

  it('goes on when one fails, and sends that one again when it is asked to', async () => {
    const server = slowServer()
    const queue = new UploadQueue(server.send, new Storage(), () => undefined)
    queue.add(PLACE, files(2))
    server.under[0]?.end(new Error('too large'))
    server.under[0]?.end('known')
    await turn()
    const [failed, known] = queue.get()
    expect([failed?.state, known?.state]).toEqual(['failed', 'known'])
    queue.retry(failed?.id ?? 0)
    queue.retry(known?.id ?? 0, true)
    expect(server.under.map(({ replaces }) => replaces)).toEqual([false, true])
  })

  it('stops one that is taken out, and lets the next one go', async () => {
    const server = slowServer()
    const queue = new UploadQueue(server.send, new Storage(), () => undefined)
    queue.add(PLACE, files(4))
    queue.remove(queue.get()[0]?.id ?? 0)
    await turn()
    expect(server.under.map(({ name }) => name)).toEqual(['f1.md', 'f2.md', 'f3.md'])
  })

  it('names after a reload what was not sent', () => {
    const storage = new Storage()
    new UploadQueue(slowServer().send, storage, () => undefined).add(PLACE, files(5))
    const after = new UploadQueue(slowServer().send, storage, () => undefined)
    expect(after.get().map(({ name, state }) => [name, state])).toEqual(
      files(5).map(({ name }) => [name, 'lost']),
    )
    for (const { id } of after.get()) after.remove(id)
    expect(storage.size).toBe(0)
  })

  it('keeps the place that a file was sent to', () => {
    const server = slowServer()
    const queue = new UploadQueue(server.send, new Storage(), () => undefined)
    queue.add(PLACE, files(1))
    queue.add({ tenantId: 'b', kb: 'x' }, files(1))
    expect(queue.get().map(({ place }) => place.tenantId)).toEqual(['a', 'b'])
  })
})
