import { createHash, randomUUID } from 'node:crypto'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { EngineFiles, Files } from '../../../src/engine/ports/files.ts'
import { openEngine } from '../open-engine.ts'

/** Files that lie in no folder; a path is lent for as long as a file is open. */
function remoteFiles(lentIn: () => string) {
  const kept = new Map<string, Buffer>()
  const lent = new Set<string>()
  const uploads: Files = {
    put: async (content, { extension }) => {
      const pieces: Uint8Array[] = []
      for await (const piece of content) pieces.push(piece)
      const bytes = Buffer.concat(pieces)
      const name = `${randomUUID()}${extension}`
      kept.set(name, bytes)
      const contentHash = createHash('sha256').update(bytes).digest('hex')
      return { name, bytes: bytes.length, contentHash }
    },
    open: async (name) => {
      const bytes = kept.get(name)
      if (bytes === undefined) throw new Error('no such object')
      const path = join(lentIn(), `lent-${randomUUID()}`)
      await writeFile(path, bytes)
      lent.add(path)
      return {
        path,
        close: async () => {
          lent.delete(path)
          await rm(path)
        },
      }
    },
    size: async (name) => kept.get(name)?.length ?? null,
    async *read(name, first, last) {
      yield (kept.get(name) ?? Buffer.alloc(0)).subarray(first, last + 1)
    },
    remove: async (name) => {
      kept.delete(name)
    },
    list: async () => [...kept.keys()].map((name) => ({ name, writtenAt: 0 })),
    removeUnfinished: async () => undefined,
  }
  const files: EngineFiles = {
    uploads,
    inputs: {
      list: async () => ({ names: [], others: 0 }),
      look: async () => null,
      read: () => {
        throw new Error('there are none')
      },
      putAway: async () => undefined,
      remove: async () => undefined,
    },
    scans: { save: async () => undefined, find: async () => null },
    inputDir: '',
  }
  return { files, kept, lent }
}

async function* bytes(text: string) {
  yield Buffer.from(text)
}

it('takes in, reads and deletes files wherever they are kept, and gives back what it opened', async () => {
  let dir = ''
  const { files, kept, lent } = remoteFiles(() => dir)
  const engine = await openEngine({}, {}, { files })
  dir = engine.dir
  const { rag } = engine
  try {
    await rag.insertFile({ file_name: 'port.txt' }, bytes('Harbour Lane ends at Port Alder.'))
    await rag.insertFile({ file_name: 'blank.txt' }, bytes('   '))
    await rag.idle()
    expect(kept.size).toBe(2)
    expect(lent.size).toBe(0)
    const { documents } = await rag.listDocuments({ page_size: 10 })
    expect(documents.map(({ file_path, status }) => `${file_path} ${status}`).sort()).toEqual([
      'blank.txt failed',
      'port.txt processed',
    ])
    const [ported = ''] = documents.filter((one) => one.status === 'processed').map(({ id }) => id)
    await rag.deleteDocuments({ doc_ids: [ported] })
    await rag.idle()
    expect(kept.size).toBe(1)
    await rag.clearDocuments()
    expect(kept.size).toBe(0)
  } finally {
    await engine.close()
  }
})
