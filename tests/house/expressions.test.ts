import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { superlinearGrowth } from './expressions/growth.ts'
import { type Listed, listedExpressions } from './expressions/listed-expressions.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** Where texts of any length are worked on. Elsewhere names, settings and lines of headers are. */
const FOLDERS = /^src\/(?:engine|formats|models\/offline|stores\/sqlite\/[^/]*$)/
/** What expressions read there is short: names of files and fields, numbers, words that are counted. */
const SHORT_TEXTS = [
  'src/engine/documents/file-name.ts',
  'src/engine/documents/list/list-filter.ts',
  'src/engine/documents/media-type.ts',
  'src/engine/documents/page-name.ts',
  'src/formats/pdf/pdf-outline.ts',
  'src/formats/pdf/read-pdf.ts',
  'src/formats/reader/process-usage.ts',
  'src/formats/reader/reader-end.ts',
]

describe('the regular expressions of the sources', () => {
  let listed: Listed[]
  beforeAll(async () => {
    listed = await listedExpressions(ROOT)
  })

  it('stand in modules whose work on long texts is measured', async () => {
    const reached = await modulesOf(join(ROOT, 'tests/house/growth/text-stages.ts'))
    const files = new Set(listed.map(({ file }) => file).filter((file) => FOLDERS.test(file)))
    expect([...files].filter((file) => !reached.has(join(ROOT, file))).sort()).toEqual(SHORT_TEXTS)
  })

  it('take twice the steps at most for a text twice as long, whatever the text', async () => {
    expect(listed.length).toBeGreaterThan(250)
    const slow = [...byText(listed)].flatMap(([expression, { file, source, flags }]) => {
      const growth = superlinearGrowth(source, flags)
      return growth ? [{ file, expression, ...growth }] : []
    })
    expect(slow).toEqual([])
  })
})

/** A module with all that it imports. */
async function modulesOf(entry: string): Promise<Set<string>> {
  const modules = new Set<string>()
  const come = async (file: string): Promise<void> => {
    if (modules.has(file)) return
    modules.add(file)
    const text = await readFile(file, 'utf8')
    const named = [...text.matchAll(/(?:from |import\()'(\.[^']+\.ts)'/g)]
    for (const [, path = ''] of named) await come(join(dirname(file), path))
  }
  await come(entry)
  return modules
}

function byText(listed: readonly Listed[]): Map<string, Listed> {
  return new Map(listed.map((one) => [`/${one.source}/${one.flags}`, one]))
}

/** Each hung a server, or could have; by the shape that made it slow. */
const SLOW = [
  /[ \t]+#+[ \t]*$/,
  /\/+$/,
  /^-+|-+$/g,
  /^\s*([^\r\n]+)[ \t]*\r?\n(?:[ \t]*\r?\n|[=-]{3,}[ \t]*\r?\n)/,
  /\s*[([][^)\]]*[)\]]/g,
  /\{(?:[^{}"]|"(?:[^"\\]|\\.)*")*\}/g,
  /<\/?\s*(?:p|br)\b[^>]*>/gi,
  /^\s*[+-]?(?:\d+\.?\d*|\.\d+)\s*$/,
  /\b(?:[\w-]+\.)+[a-z]{2,}:\d+\b/gi,
  /\p{L}.*\p{N}|\p{N}.*\p{L}/u,
  /^bearer[ \t]+(.*)$/i,
  /^(?:a+)+$/,
  /^(?:a|a)*$/,
  /(?<=x.*)y/g,
  /x(?=.*y)/g,
  /^(?:[\p{L}\d]+\s?)*$/u,
  /(a*)b\1c/,
]

const QUICK = [
  /(?<![ \t])[ \t]+#+[ \t]*$/,
  /(?<!\/)\/+$/,
  /\s+/g,
  /^[a-z0-9]+(?:[-_][a-z0-9]+)*$/,
  /"(?:[^"\\]|\\.)*"/y,
  /\S[^\r\n]*/,
  /^(?:\p{Lu}\p{Ll}+){2,4}$/u,
  /(?:a|b|c)*?d?/g,
]

describe('the measure of expressions', () => {
  it.each(SLOW)('finds a text on which %s takes long', (expression) => {
    expect(superlinearGrowth(expression.source, expression.flags)).not.toBeNull()
  })

  it('reads sets of characters as the flag v does', () => {
    expect(superlinearGrowth('[[\\p{L}]&&[\\p{sc=Latn}]]+\\d', 'v')).not.toBeNull()
    expect(superlinearGrowth('[[\\p{L}]--[\\p{sc=Latn}]]+', 'gv')).toBeNull()
  })

  it.each(QUICK)('finds none for %s', (expression) => {
    expect(superlinearGrowth(expression.source, expression.flags)).toBeNull()
  })
})
