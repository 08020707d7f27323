import { sentenceRanges } from '../../text/sentence-ranges.ts'

/** A sentence of an answer, or a line that stands for itself, with the sources it names. */
export interface AnswerSentence {
  /** Range in the answer, in UTF-16 units; its markers may stand within or behind. */
  readonly start: number
  readonly end: number
  /** Without its markers and the signs of Markdown before it. */
  readonly text: string
  /** Ids of references, each once. */
  readonly markers: readonly string[]
}

/** `[1]`, `[1, 2]`, `[^1]` and `【1】`; what a link follows is none. */
const MARKER = /[[\u3010]\^?(\d{1,4}(?:[ \t]{0,3}[,;][ \t]{0,3}\d{1,4}){0,20})[\]\u3011](?![(:])/g
/** The section that lists the sources begins here. */
const SOURCES =
  /^(?:#{1,6}[ \t]{0,9}|\*\*)(?:references|sources|referenzen|quellen|r\u00e9f\u00e9rences|referencias|riferimenti)(?!\p{L})/imu
const SIGNS = /^(?:[ \t]*(?:[-*+\u2022>]|\d{1,3}[.)])[ \t]+)+/
const HEADING = /^#{1,6}[ \t]/
/** A line in italics says something of the answer. */
const NOTE = /^(?:\*[^*]{1,600}\*|_[^_]{1,600}_)$/
/** In UTF-16 units; no model writes more, and what does is mapped no further. */
const LONGEST_ANSWER = 200_000
const MOST_SENTENCES = 300

/** The sentences of an answer, without its headings, its notes and the list of its sources. */
export function answerSentences(answer: string): AnswerSentence[] {
  const read = answer.slice(0, LONGEST_ANSWER)
  const body = read.slice(0, SOURCES.exec(read)?.index ?? read.length)
  const markers = [...body.matchAll(MARKER)]
  // Behind a stop they would begin the next sentence.
  const masked = body.replace(MARKER, (marker) => ' '.repeat(marker.length))
  const ranges = sentenceRanges(masked).slice(0, MOST_SENTENCES)
  const found: AnswerSentence[] = []
  let next = 0
  for (const [at, { start, end }] of ranges.entries()) {
    const until = ranges[at + 1]?.start ?? body.length
    const ids = new Set<string>()
    for (let marker = markers[next]; marker && marker.index < until; marker = markers[next]) {
      for (const id of (marker[1] ?? '').split(/[,;]/)) ids.add(id.trim())
      next += 1
    }
    const line = masked.slice(start, end)
    if (HEADING.test(line) || NOTE.test(line)) continue
    const text = line.replace(SIGNS, '').trim()
    if (/[\p{L}\p{N}]/u.test(text)) found.push({ start, end, text, markers: [...ids] })
  }
  return found
}
