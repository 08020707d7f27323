import { segmentsOf } from './segments.ts'

const SENTENCES = new Intl.Segmenter('en', { granularity: 'sentence' })

/** An ending at which no sentence ends: titles, initials, usual abbreviations. */
const ABBREVIATION =
  /(?:^|[\s(])(?:dr|mr|mrs|ms|prof|st|sr|jr|vs|etc|e\.g|i\.e|no|fig|approx|inc|ltd|co|corp|dept|vol|ed|al|ca|\p{Lu})\.$/iu
/** In characters, with what stands before it. */
const LONGEST_ABBREVIATION = 10

/** A line that stands for itself: heading, list item, table row, quotation. */
const OWN_LINE = /^\s*(?:#{1,6}\s|[-*+\u2022]\s|\d{1,3}[.)]\s|\||>)/

/** The sentences of a text, trimmed; wrapped lines are joined, headings and list items stand alone. */
export function splitSentences(text: string): string[] {
  return paragraphsOf(text).flatMap(sentencesOf)
}

function paragraphsOf(text: string): string[] {
  const paragraphs: string[] = []
  let open = false
  for (const line of text.split(/\r?\n/)) {
    const trimmed = line.trim()
    const alone = OWN_LINE.test(line)
    if (trimmed !== '' && open && !alone) paragraphs.push(`${paragraphs.pop() ?? ''} ${trimmed}`)
    else if (trimmed !== '') paragraphs.push(trimmed)
    // A heading or table row takes no continuation; a list item may be wrapped.
    open = trimmed !== '' && !/^\s*(?:#{1,6}\s|\|)/.test(line) && !trimmed.endsWith(':')
  }
  return paragraphs
}

function sentencesOf(paragraph: string): string[] {
  const sentences: string[] = []
  let pending: string[] = []
  const close = () => {
    sentences.push(pending.join('').trim())
    pending = []
  }
  let end = ''
  for (const { segment, isOpen } of segmentsOf(SENTENCES, paragraph)) {
    pending.push(segment)
    end += segment
    const goesOn = isOpen || ABBREVIATION.test(end.trimEnd().slice(-LONGEST_ABBREVIATION))
    end = end.slice(-LONGEST_ABBREVIATION)
    if (goesOn) continue
    close()
    end = ''
  }
  close()
  return sentences.filter((sentence) => sentence !== '')
}
