import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { superlinearGrowth } from './expressions/growth.ts'
import { type Listed, listedExpressions } from './expressions/listed-expressions.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

describe('the regular expressions of the sources', () => {
  it('take twice the steps at most for a text twice as long, whatever the text', async () => {
    const listed = await listedExpressions(ROOT)
    expect(listed.length).toBeGreaterThan(250)
    const slow = [...byText(listed)].flatMap(([expression, { file, source, flags }]) => {
      const growth = superlinearGrowth(source, flags)
      return growth ? [{ file, expression, ...growth }] : []
    })
    expect(slow).toEqual([])
  })
})

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
