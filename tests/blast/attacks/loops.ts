import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { AttackKind } from '../attack.ts'
import type { Caller } from '../caller.ts'
import { readObject } from '../caller.ts'
import { TextMaker } from '../made-text.ts'

async function insertMany(caller: Caller, count: number, seed: number): Promise<TextMaker> {
  const maker = new TextMaker(seed)
  const texts = Array.from({ length: count }, () => maker.text(3))
  const file_sources = texts.map((_, i) => `loop-${seed}-${i}.txt`)
  await caller.post('/documents/texts', { texts, file_sources })
  return maker
}

/** What is no trouble once, over and over. */
export const loops: AttackKind = {
  kind: 'loops',
  attacks: [
    {
      name: 'inserted-and-deleted',
      by: 'tenant',
      ready: (caller) => {
        const maker = new TextMaker(31)
        return async () => {
          const file_source = `${maker.random.letters(9)}.txt`
          await caller.land('/documents/text', { text: maker.text(30), file_source })
          await caller.call('DELETE', '/documents/delete_document', { file_paths: [file_source] })
        }
      },
    },
    {
      name: 'cleared-over-and-over',
      by: 'tenant',
      lanes: 2,
      ready: (caller) => async (turn) => {
        await insertMany(caller, 50, turn)
        await caller.call('DELETE', '/documents')
      },
    },
    {
      name: 'caches-cleared-and-runs-cancelled',
      by: 'tenant',
      ready: async (caller) => {
        await insertMany(caller, 500, 33)
        return async () => {
          await caller.post('/documents/clear_cache', {})
          await caller.post('/documents/cancel_pipeline')
          await caller.post('/documents/reprocess_failed')
        }
      },
    },
    {
      name: 'failures-tried-again',
      by: 'tenant',
      ready: async (caller) => {
        for (let i = 0; i < 40; i++) await caller.upload(`broken-${i}.pdf`, `%PDF-1.4 ${i}`)
        return async () => {
          await caller.post('/documents/reprocess_failed')
        }
      },
    },
    {
      name: 'folder-of-2000-files-scanned',
      by: 'tenant',
      lanes: 1,
      ready: async (caller) => {
        const maker = new TextMaker(34)
        const { inputs } = caller.place
        await mkdir(inputs, { recursive: true })
        for (let i = 0; i < 2000; i++) await writeFile(join(inputs, `s-${i}.md`), maker.text(10))
        return async () => {
          await caller.post('/documents/scan')
        }
      },
    },
    {
      name: 'lists-of-many-documents',
      by: 'tenant',
      lanes: 8,
      ready: async (caller) => {
        await insertMany(caller, 3000, 35)
        return async (turn) => {
          await caller.get('/documents')
          await caller.post('/documents/paginated', { page: 1_000_000 - turn, page_size: 200 })
          await caller.post('/documents/paginated', { page_size: 200, sort_field: 'file_path' })
        }
      },
    },
    {
      name: 'labels-changed-and-states-reset',
      by: 'tenant',
      lanes: 8,
      ready: async (caller) => {
        await insertMany(caller, 100, 36)
        const { documents } = readObject((await caller.post('/documents/paginated', {})).text)
        const ids = ((documents ?? []) as { id: string }[]).map(({ id }) => id)
        return async (turn) => {
          const id = ids[turn % ids.length] ?? 'none'
          const metadata = { note: `${turn} `.repeat(2500) }
          await caller.call('PATCH', `/documents/${id}`, { metadata, enabled: turn % 2 === 0 })
          await caller.post('/documents/reset_status', { doc_ids: ids, target_status: 'pending' })
        }
      },
    },
  ],
}
