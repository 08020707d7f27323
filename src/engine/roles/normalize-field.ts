import { decodeHTMLStrict } from 'entities'
import { cleanText } from '../read/clean-text.ts'
import { visibleName } from '../text/visible-text.ts'

/**
 * A name, type, keyword or description of a model, brought to one form: no stray tags, ASCII forms
 * of full-width letters and digits, no spaces within CJK text, no enclosing quotes.
 *
 * @param inner whether quotes inside go too, what cannot be seen, and entities of HTML, as in names,
 *   types and keywords; a description may speak of code
 * @returns an empty string for numbers that mean nothing alone, such as `12` or `1.2.3`
 */
export function normalizeField(text: string, inner: 'keep-quotes' | 'drop-quotes'): string {
  let field = cleanText(inner === 'drop-quotes' ? visibleName(decodeHTMLStrict(text)) : text)
    .replace(/<\/?\s*(?:p|br)\b[^<>]*>/gi, '')
    .replace(FULL_WIDTH, (char) => String.fromCharCode(char.charCodeAt(0) - 0xfee0))
    .replaceAll('\u3000', ' ')
    .replaceAll('\u2014', '-')
    .replace(SPACE_IN_CJK, '')
  field = withoutEnclosingQuotes(field.trim())
  if (inner === 'drop-quotes') {
    field = field
      .replace(/[\u201c\u201d\u2018\u2019]/g, (quote, at: number) =>
        keptApostrophe(field, quote, at),
      )
      .replace(QUOTE_BESIDE_CJK, '')
      .replaceAll('\u00a0', ' ')
      .replace(/(?<=\D)\u202f/g, ' ')
  }
  field = field.trim()
  const meansNothing =
    /^\d{1,2}$/.test(field) || (/^[\d.]{1,5}$/.test(field) && field.includes('.'))
  if (meansNothing) return ''
  return inner === 'drop-quotes' ? field.normalize('NFC') : field
}

/** The first so many code points. */
export function cutCodePoints(text: string, limit: number): string {
  if (text.length <= limit) return text
  const points = Array.from(text)
  return points.length <= limit ? text : points.slice(0, limit).join('').trimEnd()
}

/** Letters, digits, `－＋／＊（）` in their full-width forms. */
const FULL_WIDTH = /[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\uff0d\uff0b\uff0f\uff0a\uff08\uff09]/g

const CJK = '\\u3400-\\u4dbf\\u4e00-\\u9fff\\u3040-\\u30ff\\uf900-\\ufaff'
const SPACE_IN_CJK = new RegExp(
  `(?<=[${CJK}])[^\\S\\n]+(?=[${CJK}A-Za-z0-9()\\[\\]@#$%!&*\\-=+_])` +
    `|(?<=[A-Za-z0-9()\\[\\]@#$%!&*\\-=+_])[^\\S\\n]+(?=[${CJK}])`,
  'g',
)
const QUOTE_BESIDE_CJK = new RegExp(`(?<!['"])['"]+(?=[${CJK}])|(?<=[${CJK}])['"]+`, 'g')

const QUOTE_PAIRS: readonly (readonly [string, string])[] = [
  ['"', '"'],
  ["'", "'"],
  ['\u201c', '\u201d'],
  ['\u2018', '\u2019'],
  ['\u300a', '\u300b'],
]

function withoutEnclosingQuotes(text: string): string {
  for (const [open, close] of QUOTE_PAIRS) {
    if (text.length < 2 || !text.startsWith(open) || !text.endsWith(close)) continue
    const inside = text.slice(1, -1)
    if (!inside.includes(open) && !inside.includes(close)) return inside
  }
  return text
}

/** `O’Brien` and `O'Brien` are one name; other curly quotes go. */
function keptApostrophe(text: string, quote: string, at: number): string {
  const within = /\p{L}/u.test(text[at - 1] ?? '') && /\p{L}/u.test(text[at + 1] ?? '')
  return quote === '\u2019' && within ? "'" : ''
}
