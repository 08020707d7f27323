import type { StoredChunk } from '../../ports/stored-rows.ts'
import type { SentenceRange } from '../../text/sentence-ranges.ts'
import { sentencesOf } from './sentences-of.ts'

/** Of a passage's letters and figures, the share in sentences that better passages have. */
const REPEATED = 0.9
const WORD = /[\p{L}\p{N}\p{M}]+/gu
/** Of one sentence; each is looked for in all passages. */
const MOST_TELLING = 32
/** A figure, a capital, or a letter of a script that has no capitals. */
const TELLING = /[\p{N}\p{Lu}\p{Lo}]/u

/** A sentence by its letters and figures alone. */
interface Mark {
  readonly hash: number
  readonly length: number
}

/**
 * The passages that a question was given so far, best first: tells of the next whether it says
 * anything that they do not. The same text comes under two names, in two formats, as two versions.
 */
export class SaidBefore {
  readonly #hashes = new Set<number>()
  readonly #passages: StoredChunk[] = []

  /** Takes a passage as said. False when nine tenths of it were, and the rest is no news. */
  isNew(chunk: StoredChunk): boolean {
    const sentences = sentencesOf(chunk)
    const marks = marksOf(chunk, sentences)
    if (this.#repeats(chunk, sentences, marks)) return false
    for (const { hash } of marks) this.#hashes.add(hash)
    this.#passages.push(chunk)
    return true
  }

  #repeats(
    { content }: StoredChunk,
    sentences: readonly SentenceRange[],
    marks: readonly Mark[],
  ): boolean {
    let all = 0
    let known = 0
    const rest: SentenceRange[] = []
    for (const [at, { hash, length }] of marks.entries()) {
      const sentence = sentences[at]
      all += length
      if (this.#hashes.has(hash)) known += length
      else if (sentence) rest.push(sentence)
    }
    if (all === 0 || known < REPEATED * all) return false
    return rest.every(({ start, end }) => this.#isNoNews(content.slice(start, end)))
  }

  /** Another figure or name makes another statement of the same words. */
  #isNoNews(sentence: string): boolean {
    const words = sentence.match(WORD) ?? []
    // The capital of the first is that of the sentence.
    const telling = words.filter((word, at) => TELLING.test(at === 0 ? word.toLowerCase() : word))
    if (telling.length > MOST_TELLING) return false
    return telling.every((word) => this.#passages.some(({ content }) => content.includes(word)))
  }
}

/** Of the rows that a store keeps between questions. */
const KNOWN = new WeakMap<StoredChunk, readonly Mark[]>()

function marksOf(chunk: StoredChunk, sentences: readonly SentenceRange[]): readonly Mark[] {
  const known = KNOWN.get(chunk) ?? sentences.map((sentence) => markOf(chunk.content, sentence))
  KNOWN.set(chunk, known)
  return known
}

/** FNV-1a over what is written, in small letters where these are ASCII. */
function markOf(text: string, { start, end }: SentenceRange): Mark {
  let hash = 0x811c9dc5
  let length = 0
  for (let at = start; at < end; at += 1) {
    let unit = text.charCodeAt(at)
    if (unit >= 65 && unit <= 90) unit += 32
    const isWritten = unit >= 128 || (unit >= 97 && unit <= 122) || (unit >= 48 && unit <= 57)
    if (!isWritten) continue
    hash = Math.imul(hash ^ unit, 0x01000193)
    length += 1
  }
  return { hash, length }
}
