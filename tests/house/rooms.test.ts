import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import {
  arrowsBetweenRooms,
  circlesOfFiles,
  circlesOfRooms,
  crowdedFolders,
  longFiles,
  longMedian,
  looseFiles,
  roomsOnThePage,
  type Sources,
  sharedNames,
  unneededNames,
} from './rooms.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

async function readSources(): Promise<Sources> {
  const entries = await readdir(join(ROOT, 'src'), { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
  const paths = files.map((entry) => join(entry.parentPath, entry.name))
  return new Map(
    await Promise.all(
      paths.map(async (path) => [relative(ROOT, path), await readFile(path, 'utf8')] as const),
    ),
  )
}
const sources = await readSources()

/** The sources with more beside them. */
const withMore = (more: Readonly<Record<string, string>>): Sources =>
  new Map([...sources, ...Object.entries(more)])

describe('the rooms of the house', () => {
  it('hold no more files than somebody looks through', () => {
    expect(crowdedFolders(sources)).toEqual([])
    const many = Array.from({ length: 26 }, (_, i) => [`src/crowd/f${i}.ts`, ''])
    expect(crowdedFolders(withMore(Object.fromEntries(many)))).toEqual(['src/crowd'])
  })

  it('hold every file but the entries', () => {
    expect(looseFiles(sources)).toEqual([])
    expect(looseFiles(withMore({ 'src/odd.ts': '' }))).toEqual(['src/odd.ts'])
  })

  it('have no two files of one name, but for those that say why', () => {
    expect(sharedNames(sources)).toEqual([])
    expect(unneededNames(sources)).toEqual([])
    const second = withMore({ 'src/http/pipeline.ts': '' })
    expect(sharedNames(second)).toEqual(['pipeline.ts'])
    expect(unneededNames(new Map([['src/library.ts', '']]))).toEqual(['library.ts'])
  })

  it('hold no file of more than 400 lines, and every other has 80 at most', () => {
    expect(longFiles(sources)).toEqual([])
    expect(longMedian(sources)).toBeNull()
    const long = 'x\n'.repeat(401)
    expect(longFiles(withMore({ 'src/http/long.ts': long }))).toEqual(['src/http/long.ts'])
    expect(longMedian(new Map([['src/http/long.ts', long]]))).toBe(401)
  })

  it('have no circle of imports, types included', () => {
    expect(circlesOfFiles(sources)).toEqual([])
    expect(circlesOfRooms(sources)).toEqual([])
    const one = "import type { two } from '../two/two.ts'\n"
    const two = "import type { three } from './three.ts'\n"
    const three = "import type { one } from '../one/one.ts'\n"
    const more = withMore({
      'src/one/one.ts': one,
      'src/two/two.ts': two,
      'src/two/three.ts': three,
    })
    expect(circlesOfFiles(more)).toEqual([['src/one/one.ts', 'src/two/three.ts', 'src/two/two.ts']])
    expect(circlesOfRooms(more)).toEqual([['one', 'two']])
  })

  it('are those of the architecture page, and so are the arrows between them', async () => {
    const page = await readFile(join(ROOT, 'docs/architecture.md'), 'utf8')
    const rooms = [...arrowsBetweenRooms(sources)].map(([room, to]) => [room, [...to].sort()])
    const told = [...roomsOnThePage(page)].map(([room, to]) => [room, [...to].sort()])
    expect(Object.fromEntries(told)).toEqual(Object.fromEntries(rooms))
  })
})
