import { writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { announce, type Work } from '../../src/engine/work/announced-work.ts'
import { LifeFiles, livesFolder } from '../../src/life/life-files.ts'
import { LIFE, ProcessLife } from '../../src/life/process-life.ts'
import { type TempFolder, tempFolder } from '../server/temp-folder.ts'

let folder: TempFolder
let files: LifeFiles
let life: ProcessLife

beforeAll(async () => {
  folder = await tempFolder()
  files = new LifeFiles(livesFolder(folder.path))
  life = new ProcessLife(folder.path, (error) => {
    throw error
  })
})

afterAll(async () => {
  await life.close()
  await folder.remove()
})

/** What is held against a document that a process had in work which ran out of memory. */
async function blameAfter(work: Work | null): Promise<string | null> {
  files.write('earlier', 'died', { fault: 'memory' })
  await writeFile(files.path('earlier', 'work'), JSON.stringify(work ?? {}))
  return life.of('one').blame('earlier', 'doc-1')
}

describe('the end of a process', () => {
  it('counts against a document that was in work, not when a request or an opening held the loop', async () => {
    expect(await blameAfter({ workspace: 'one', stage: 'query', request: '7' })).toBeNull()
    expect(await blameAfter({ workspace: 'one', stage: 'open' })).toBeNull()
    expect(await blameAfter({ workspace: 'one', stage: 'merge', document: 'doc-1' })).toMatch(
      /ran out of memory/,
    )
    expect(await blameAfter(null)).toMatch(/ran out of memory/)
  })
})

describe('what is announced', () => {
  it('is in a file before the work runs, the shorter one after the longer', () => {
    const long = { workspace: 'a-workspace-with-a-long-name', stage: 'queryData', request: '12' }
    announce(long)
    expect(files.lastWork(LIFE)).toMatchObject(long)
    const short = { workspace: 'b', stage: 'open' }
    announce(short)
    expect(files.lastWork(LIFE)).toMatchObject(short)
    announce(null)
    expect(files.lastWork(LIFE)).toBeNull()
  })

  it('of a document is its step, until it ends', async () => {
    const hand = await life.of('one').begin('doc-1', false, new AbortController().signal)
    hand.step('extract')
    expect(files.lastWork(LIFE)).toMatchObject({
      workspace: 'one',
      stage: 'extract',
      document: 'doc-1',
    })
    hand.end()
    expect(files.lastWork(LIFE)).toBeNull()
  })
})
