import { searchableText } from '../../../engine/text/terms.ts'

/**
 * Scripts that are written without spaces, or with words that carry their grammar along. A word of
 * theirs cannot be cut out without a dictionary, so we index every two neighbouring characters.
 */
const SCRIPTS = ['Han', 'Hira', 'Kana', 'Bopo', 'Hang', 'Yiii', 'Thai', 'Laoo', 'Khmr', 'Mymr']
const UNSPACED = SCRIPTS.map((script) => `\\p{scx=${script}}`).join('')
const RUN = new RegExp(`[[${UNSPACED}]&&[\\p{L}\\p{N}\\p{M}]]+`, 'gv')
const MARKS = /\p{M}/gu
/** None of the scripts has a character below; most texts are told by this at once. */
const MAY_BE_UNSPACED = /[\u02b0-\uffff]/

/**
 * The form of a text that the full-text index reads: as it is searched, with runs of unspaced
 * scripts as pairs of characters.
 */
export function indexableText(text: string): string {
  return pairedText(searchableText(text))
}

/**
 * A text in which runs of unspaced scripts are pairs of characters.
 *
 * Pairs rather than words of a segmenter: a segmenter cuts the same two characters differently in
 * different surroundings, and a short query must be found in any of them. The last character of a
 * run stands alone too, so that every character begins some term.
 */
export function pairedText(text: string): string {
  if (!MAY_BE_UNSPACED.test(text)) return text
  return text.replace(RUN, (run) => ` ${characterPairs(run).join(' ')} `)
}

/** The pairs to look for; a single character stays single. */
export function queryPairs(run: string): string[] {
  const pairs = characterPairs(run)
  return pairs.length > 1 ? pairs.slice(0, -1) : pairs
}

/** Whether a word is a run of unspaced scripts, and which parts of it are. */
export function splitRuns(text: string): { readonly text: string; readonly unspaced: boolean }[] {
  if (!MAY_BE_UNSPACED.test(text)) return [{ text, unspaced: false }]
  const parts: { text: string; unspaced: boolean }[] = []
  let end = 0
  for (const match of text.matchAll(RUN)) {
    if (match.index > end) parts.push({ text: text.slice(end, match.index), unspaced: false })
    parts.push({ text: match[0], unspaced: true })
    end = match.index + match[0].length
  }
  if (end < text.length) parts.push({ text: text.slice(end), unspaced: false })
  return parts
}

function characterPairs(run: string): string[] {
  const characters = [...run.replace(MARKS, '')]
  return characters.map((character, index) => character + (characters[index + 1] ?? ''))
}
