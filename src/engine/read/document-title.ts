import { STOP_WORDS } from '../text/stop-words.ts'
import { markdownHeadings } from './headings.ts'

/** In characters. */
const LONGEST_TITLE = 120
const MARKDOWN = /\.(?:md|markdown)$/i
/** A line below a title: nothing, or what underlines it. */
const BELOW_TITLE = /^(?:[=-]{3,})?[ \t]*$/
const ENDS_SENTENCE = /[.!?:;,。！？：；，…]["'”’)\]]*$/u
const ABBREVIATED = /(?:\b(?:Inc|Ltd|Co|Corp|Jr|Sr|St|Bros)|\p{Lu}\.\p{Lu})\.$/u
const LETTER = /\p{L}/u
const EXTENSION = /\.[\p{L}\p{N}]{1,10}$/u
const LONG_WORD = /\p{L}{3}|[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]{2}/u
const UNSPACED = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]{3}/u
/** Names that say nothing of the content. */
const EMPTY_NAME =
  /^(?:(?:unknown|no|new|untitled|unnamed|final|my|the|a|copy|of|file|path|source|document|doc|text|scan|image|page|draft|version) ?)+$/i

/**
 * What a document calls itself: its first Markdown heading, or a first line that stands alone and
 * is no sentence, or its file name where that is made of words. Null when nothing does.
 *
 * @param source file name or source; ids, dates and hashes are no titles
 */
export function documentTitle(text: string, source: string): string | null {
  return headingOf(text, source) ?? lineOf(text) ?? wordsOf(source)
}

function headingOf(text: string, source: string): string | null {
  // Only a file that says so is Markdown throughout; elsewhere "#" may begin a comment.
  const part = MARKDOWN.test(source) ? text : (/\S[^\r\n]*/.exec(text.slice(0, 2000))?.[0] ?? '')
  const title = markdownHeadings(part)[0]?.title
  return title !== undefined && LETTER.test(title) ? title.slice(0, LONGEST_TITLE) : null
}

function lineOf(text: string): string | null {
  const lines = text.slice(0, 2000).trimStart().split(/\r?\n/, 3)
  // The line below is whole only where another one follows.
  if (lines.length < 3 || !BELOW_TITLE.test(lines[1] ?? '')) return null
  const line = (lines[0] ?? '').trim()
  if (line.length > LONGEST_TITLE || !LETTER.test(line)) return null
  return ENDS_SENTENCE.test(line) && !isCapitalised(line) ? null : line
}

/** "What's New, Mr. Magoo?" is a title for all its question mark; "Apple Inc." for its stop. */
function isCapitalised(line: string): boolean {
  if (ABBREVIATED.test(line)) return true
  if (!/[!?]["'”’)\]]*$/u.test(line)) return false
  const words = (line.match(/\p{L}{3,}/gu) ?? []).filter((word) => !STOP_WORDS.has(word))
  return words.length > 0 && words.every((word) => /^\p{Lu}/u.test(word))
}

function wordsOf(source: string): string | null {
  const file = source.split(/[/\\]/).at(-1) ?? ''
  const words = file
    .replace(EXTENSION, '')
    .replace(/[_\s-]+/g, ' ')
    .trim()
    .split(' ')
  const long = words.filter((word) => LONG_WORD.test(word) && !/\p{N}/u.test(word))
  const title = words.join(' ')
  const others = words.filter((word) => LETTER.test(word)).length
  const wordy = long.length >= 2 && long.length * 2 > others
  if (!(wordy || UNSPACED.test(title)) || EMPTY_NAME.test(title)) return null
  return title.slice(0, LONGEST_TITLE)
}
