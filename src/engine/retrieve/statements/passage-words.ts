import type { StoredChunk } from '../../ports/stored-rows.ts'
import type { SentenceRange } from '../../text/sentence-ranges.ts'
import { stemOf } from '../../text/stem.ts'
import { STOP_WORDS } from '../../text/stop-words.ts'
import { sentencesOf } from '../context/sentences-of.ts'

const WORD = /[\p{L}\p{N}\p{M}]+/gu
/** Written without spaces between words: looked at by two characters at a time. */
const UNSPACED = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]/u

/** The sentences of a passage with the words in them. */
export interface PassageWords {
  readonly chunk: StoredChunk
  readonly sentences: readonly SentenceRange[]
  /** For each stem the sentences that have it, by their places. */
  readonly holders: ReadonlyMap<string, readonly number[]>
}

/** @param known stems of words that were met before */
export function passageWords(chunk: StoredChunk, known: Map<string, string>): PassageWords {
  const sentences = sentencesOf(chunk)
  const holders = new Map<string, number[]>()
  for (const [at, { start, end }] of sentences.entries()) {
    // A heading says what the text is about, and nothing of it.
    if (chunk.content.startsWith('#', start)) continue
    for (const stem of wordsIn(chunk.content.slice(start, end), known)) {
      const known = holders.get(stem)
      if (known) known.push(at)
      else holders.set(stem, [at])
    }
  }
  return { chunk, sentences, holders }
}

/** The stems of a text that carry matter, each once. */
export function wordsIn(text: string, known: Map<string, string> = new Map()): Set<string> {
  const stems = new Set<string>()
  for (const [word] of text.toLowerCase().matchAll(WORD)) {
    const stem = known.get(word)
    if (stem !== undefined) {
      if (stem !== '') stems.add(stem)
      continue
    }
    if (STOP_WORDS.has(word)) known.set(word, '')
    else if (UNSPACED.test(word)) {
      for (let at = 0; at < Math.max(1, word.length - 1); at += 1) stems.add(word.slice(at, at + 2))
    } else {
      const found = stemOf(word)
      known.set(word, found)
      stems.add(found)
    }
  }
  return stems
}
