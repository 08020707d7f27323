/** A word of the text with where it stands. */
export interface Word {
  readonly text: string
  readonly start: number
  readonly end: number
  /** What stands between the word before and this one. */
  readonly gap: string
}

export interface Sentence {
  readonly start: number
  readonly end: number
  readonly words: readonly Word[]
}

const WORD =
  /[\p{L}\p{N}][\p{L}\p{M}\p{N}]*(?:['’.&-][\p{L}\p{N}][\p{L}\p{M}\p{N}]*)*(?:['’](?=\s|$))?/gu
const ENDS = /[.!?。！？…:;；：\n\r]/
const ABBREVIATIONS = new Set(
  'mr mrs ms dr prof st jr sr mt ft lt col gen capt sgt rev hon gov sen rep vs no vol inc ltd co corp'.split(
    ' ',
  ),
)

/** Whether a stop after this word belongs to the word: an initial or a usual abbreviation. */
function isAbbreviation(word: string): boolean {
  return (
    /^\p{Lu}$/u.test(word) ||
    /^(?:\p{L}\.)+\p{L}$/u.test(word) ||
    ABBREVIATIONS.has(word.toLowerCase())
  )
}

function endsSentence(before: string, gap: string): boolean {
  if (!ENDS.test(gap)) return false
  return !(gap === '. ' && isAbbreviation(before))
}

/** Splits a text into sentences of words, in one pass. */
export function sentences(text: string): Sentence[] {
  const found: Sentence[] = []
  let words: Word[] = []
  let last = 0
  for (const match of text.matchAll(WORD)) {
    const start = match.index
    const gap = text.slice(last, start)
    const before = words.at(-1)
    if (before && endsSentence(before.text, gap)) {
      found.push(close(words, text))
      words = []
    }
    last = start + match[0].length
    words.push({ text: match[0], start, end: last, gap })
  }
  if (words.length > 0) found.push(close(words, text))
  return found
}

function close(words: Word[], text: string): Sentence {
  const start = words[0]?.start ?? 0
  let end = words.at(-1)?.end ?? start
  const stop = /^["'”’)\]»」』]*[.!?。！？]+["'”’)\]»」』]*/.exec(text.slice(end, end + 8))
  if (stop) end += stop[0].length
  return { start, end, words }
}
