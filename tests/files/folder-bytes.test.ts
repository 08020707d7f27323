import { mkdir, rm, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { bytesIn, FolderBytes } from '../../src/files/folder-bytes.ts'
import { tempFolder } from '../server/temp-folder.ts'

describe('the bytes in a folder', () => {
  let folder: Awaited<ReturnType<typeof tempFolder>>
  let now: number
  let sizes: FolderBytes
  beforeEach(async () => {
    folder = await tempFolder()
    now = Date.now()
    sizes = new FolderBytes({ remembered: 10, now: () => now })
    await mkdir(join(folder.path, 'below'))
    await write('one', 100)
    await write('below/two', 10)
    await age()
  })
  afterEach(() => folder.remove())

  const write = (name: string, bytes: number) =>
    writeFile(join(folder.path, name), 'x'.repeat(bytes))
  /** As if nothing had changed in the folder for a minute. */
  const age = async () => {
    for (const path of [folder.path, join(folder.path, 'below')]) {
      await utimes(path, now / 1000 - 60, now / 1000 - 60)
    }
  }

  it('are those of all files below it, and none where there is no folder', async () => {
    expect(await bytesIn(folder.path)).toBe(110)
    expect(await sizes.in(folder.path)).toBe(110)
    expect(await sizes.in(join(folder.path, 'nowhere'))).toBe(0)
    expect(await bytesIn(join(folder.path, 'nowhere'))).toBe(0)
  })

  it('are read again where files came or went, at any depth', async () => {
    await sizes.in(folder.path)
    await write('below/three', 1)
    expect(await sizes.in(folder.path)).toBe(111)
    await rm(join(folder.path, 'one'))
    expect(await sizes.in(folder.path)).toBe(11)
  })

  it('are remembered while nothing comes or goes, for a minute', async () => {
    await sizes.in(folder.path)
    await write('one', 200)
    expect(await sizes.in(folder.path)).toBe(110)
    now += 60_000
    expect(await sizes.in(folder.path)).toBe(210)
  })

  it('are not remembered of a folder that was changing when it was read', async () => {
    await write('new', 1)
    await sizes.in(folder.path)
    await write('one', 200)
    expect(await sizes.in(folder.path)).toBe(211)
  })
})
