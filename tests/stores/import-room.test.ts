import { mkdir, readdir, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { refuseWithoutRoom } from '../../src/stores/sqlite/import/refuse-import.ts'
import { unpackExport } from '../../src/stores/sqlite/import/unpack-export.ts'
import type { ImportPlan } from '../../src/stores/sqlite/lightrag/import-plan.ts'
import { writeImport } from '../../src/stores/sqlite/lightrag/write-import.ts'
import { tempFolder } from '../server/temp-folder.ts'
import { entity } from './samples.ts'

/** More than any disk has room for, and a file of that length takes none. */
const HUGE = 8 * 1024 ** 4

const NONE = { documents: 0, chunks: 0, entities: 0, relations: 0 }
const PLAN: ImportPlan = {
  documents: [],
  entities: [entity('Ada')],
  relations: [],
  manualEntities: [],
  manualRelations: [],
  found: { ...NONE, answers: 0, vectors: NONE, dimension: null },
  pendingEmbeddings: 0,
  problems: [],
}

describe('the room for an import', () => {
  let folder: Awaited<ReturnType<typeof tempFolder>>
  beforeEach(async () => {
    folder = await tempFolder()
  })
  afterEach(() => folder.remove())

  it('is looked for before anything is written', async () => {
    const file = join(folder.path, 'huge.export')
    await writeFile(file, '')
    await truncate(file, HUGE)
    await expect(unpackExport(file, folder.path)).rejects.toMatchObject({
      code: 'store_unavailable',
      message: expect.stringMatching(/needs about 16777216 MB .* and \d+ MB are free/),
    })
    expect(await readdir(folder.path)).toEqual(['huge.export'])
  })

  it('is looked for before a folder of LightRAG is taken over', async () => {
    const dir = join(folder.path, 'workspace')
    await mkdir(dir)
    const embedding = { id: 'test/endless', dimension: HUGE }
    await expect(writeImport(dir, PLAN, embedding)).rejects.toMatchObject({
      code: 'store_unavailable',
      message: expect.stringContaining('MB are free there'),
    })
    expect(await readdir(dir)).toEqual([])
  })

  it('is there for what fits', async () => {
    await expect(refuseWithoutRoom(folder.path, 1)).resolves.toBeUndefined()
  })
})
