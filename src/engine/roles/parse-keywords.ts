import type { Keywords } from '../ports/models.ts'

/** More than this per list is no longer a choice. */
const MAX_KEYWORDS = 64
/** In code points. */
const MAX_KEYWORD_LENGTH = 200

/**
 * The two lists of an answer that should be one JSON object, even when it is fenced, surrounded by
 * prose, cut off, or has strings in the place of lists. Both empty when nothing can be read.
 */
export function parseKeywords(answer: string): Keywords {
  const object = objectIn(answer)
  return {
    high: cleaned(object?.high_level_keywords ?? listIn(answer, 'high_level_keywords')),
    low: cleaned(object?.low_level_keywords ?? listIn(answer, 'low_level_keywords')),
  }
}

function objectIn(answer: string): Record<string, unknown> | null {
  const start = answer.indexOf('{')
  const end = answer.lastIndexOf('}')
  if (start < 0 || end <= start) return null
  const text = answer.slice(start, end + 1).replace(/,(\s*[\]}])/g, '$1')
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : null
  } catch {
    return null
  }
}

/** The quoted strings behind a field's name, up to the end of its list or of the answer. */
function listIn(answer: string, field: string): string[] {
  const start = answer.indexOf(field)
  if (start < 0) return []
  const list = /^["'\s]*[:=]\s*\[([^\]]*)/.exec(answer.slice(start + field.length))?.[1] ?? ''
  return Array.from(list.matchAll(/"([^"]*)"|'([^']*)'/g), (match) => match[1] ?? match[2] ?? '')
}

function cleaned(value: unknown): string[] {
  const items: unknown[] =
    typeof value === 'string' ? value.split(/[,;\n\uff0c\u3001]/) : listOf(value)
  const keywords = items
    .filter((item) => typeof item === 'string' || typeof item === 'number')
    .map((item) => Array.from(String(item).trim()).slice(0, MAX_KEYWORD_LENGTH).join(''))
    .filter((item) => item !== '')
  return [...new Set(keywords)].slice(0, MAX_KEYWORDS)
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
