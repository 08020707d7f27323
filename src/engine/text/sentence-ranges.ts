/** A sentence of a text, or a line that stands for itself, without the white space around it. */
export interface SentenceRange {
  /** Range in UTF-16 units. */
  readonly start: number
  readonly end: number
}

/** A line that stands for itself: heading, list item, table row, quotation. */
const OWN_LINE = /^[ \t]*(?:#{1,6}[ \t]|[-*+\u2022][ \t]|\d{1,3}[.)][ \t]|\||>)/
/** Of those, what takes no further line. */
const CLOSED_LINE = /^[ \t]*(?:#{1,6}[ \t]|\|)/
/** What may end a sentence, with the quotation marks and brackets that belong to it. */
const STOP =
  /[.!?\u2026]["'\u201d\u2019\u00bb)\]]*(?=\s)|[\u3002\uff01\uff1f]["'\u300d\u300f\u201d\u2019\uff09]*|[\u06d4\u061f\u0964](?=\s)/g
/** An ending at which no sentence ends: titles, initials, usual abbreviations. */
const ABBREVIATION =
  /(?:^|[\s(])(?:dr|mr|mrs|ms|prof|st|sr|jr|vs|etc|e\.g|i\.e|no|fig|approx|inc|ltd|co|corp|dept|vol|ed|al|ca|art|sec|\p{Lu})\.$/iu
/** In UTF-16 units, with what stands before it. */
const LONGEST_ABBREVIATION = 10
const SMALL_LETTER = /\p{Ll}/u
/** In UTF-16 units, after a full stop. */
const LOOKED_AT = 4
/** In UTF-16 units. A text without a stop is one sentence up to here, and another one behind. */
const LONGEST_SENTENCE = 2_000

/**
 * The sentences of a text by its stops and its lines. Wrapped lines are one; headings, list items and
 * rows of tables stand for themselves.
 */
export function sentenceRanges(text: string): SentenceRange[] {
  const found: SentenceRange[] = []
  let open = -1
  let end = 0
  const close = () => {
    if (open >= 0) addSentences(text, open, end, found)
    open = -1
  }
  for (let start = 0; start <= text.length; ) {
    const newline = text.indexOf('\n', start)
    const lineEnd = newline === -1 ? text.length : newline
    const line = text.slice(start, Math.min(lineEnd, start + LONGEST_SENTENCE))
    if (line.trim() === '') close()
    else {
      if (OWN_LINE.test(line)) close()
      if (open < 0) open = start
      end = lineEnd
      if (CLOSED_LINE.test(line) || line.trimEnd().endsWith(':')) close()
    }
    start = lineEnd + 1
  }
  close()
  return found
}

function addSentences(text: string, start: number, end: number, found: SentenceRange[]): void {
  const paragraph = text.slice(start, end)
  let from = 0
  const add = (to: number) => {
    for (; from < to; from = Math.min(to, from + LONGEST_SENTENCE)) {
      const raw = paragraph.slice(from, Math.min(to, from + LONGEST_SENTENCE))
      const sentence = raw.trim()
      if (sentence === '') continue
      const at = start + from + raw.indexOf(sentence)
      found.push({ start: at, end: at + sentence.length })
    }
  }
  for (const stop of paragraph.matchAll(STOP)) {
    const to = stop.index + stop[0].length
    if (!stop[0].startsWith('.') || isEnd(paragraph, stop.index, to)) add(to)
  }
  add(paragraph.length)
}

/** Whether a sentence ends at a full stop, and not only an abbreviation. */
function isEnd(text: string, stop: number, to: number): boolean {
  if (goesOn(text.slice(to, to + LOOKED_AT))) return false
  const before = text.slice(Math.max(0, stop + 1 - LONGEST_ABBREVIATION), stop + 1)
  return !ABBREVIATION.test(before)
}

/** Whether what follows is no sentence of its own: it begins with a small letter. */
export function goesOn(text: string): boolean {
  return SMALL_LETTER.test(text.trimStart().charAt(0))
}
