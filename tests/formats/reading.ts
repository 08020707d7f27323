import { writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import type { ReadFile } from '../../src/engine/ports/file-reader.ts'
import { FileReaders } from '../../src/formats/reader/file-readers.ts'
import type { ReadLimits } from '../../src/formats/reader/read-limits.ts'

/** A reader over a folder of its own, both gone after the tests of a file. Calls keep their order. */
export function readingFiles(limits: Partial<ReadLimits> = {}) {
  let folder: string
  let readers: FileReaders
  let files = 0
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'formats-'))
    readers = new FileReaders({ limits })
  })
  afterAll(async () => {
    await readers.close()
    await rm(folder, { recursive: true })
  })
  return async (
    name: string,
    content: string | Uint8Array,
    signal?: AbortSignal,
  ): Promise<ReadFile> => {
    const path = join(folder, `stored-${++files}`)
    // At once, so that files reach the reader in the order of the calls.
    writeFileSync(path, content)
    return readers.of('space').read(path, name, { signal })
  }
}

/** The headings, each with the text that stands where it begins. */
export function headingsIn({ text, headings }: ReadFile): [level: number, title: string][] {
  return headings.map(({ level, title, start }) => {
    if (!text.startsWith(title, start)) throw new Error(`"${title}" does not stand at ${start}`)
    return [level, title]
  })
}

/** The text of each page, by its number. */
export function pagesOf({ text, pages }: ReadFile): Record<number, string> {
  return Object.fromEntries(
    pages.map(({ page, start }, i) => [page, text.slice(start, pages[i + 1]?.start).trim()]),
  )
}
