import { STOP_WORDS } from '../../../engine/text/stop-words.ts'
import { plainText, unjoined } from '../../../engine/text/terms.ts'
import { visibleText } from '../../../engine/text/visible-text.ts'

const WORD = /[\p{L}\p{N}][\p{L}\p{M}\p{N}]*/gu
const UNSPACED = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]/u
/** What all letter groups of a word weigh, against the word: they join "train" and "training". */
const GRAMS_SHARE = 0.5
const GRAM = 4
/** In characters; groups beyond them are of no word that anybody types. */
const LONGEST_WORD = 24

/**
 * A text as a vector of length one, from its words alone: the same text gives the same vector
 * everywhere.
 *
 * Every word and letter group adds to a place that its hash chooses, with a sign that the hash
 * chooses, so that collisions cancel rather than add up.
 */
export function hashedEmbedding(text: string, dimension: number): Float32Array {
  const vector = new Float32Array(dimension)
  for (const [word, count] of countWords(text)) {
    // A word that comes ten times does not matter ten times as much.
    const weight = 1 + Math.log(count)
    place(vector, `w${word}`, weight)
    const grams = gramsOf(word)
    const share = (weight * GRAMS_SHARE) / Math.sqrt(Math.max(grams.length, 1))
    for (const gram of grams) place(vector, `g${gram}`, share)
  }
  return normalised(vector)
}

function countWords(text: string): Map<string, number> {
  const counts = new Map<string, number>()
  const plain = plainText(unjoined(visibleText(text)))
  for (const [word] of plain.matchAll(WORD)) {
    for (const part of UNSPACED.test(word) ? pairsOf(word) : [word]) {
      if (!STOP_WORDS.has(part)) counts.set(part, (counts.get(part) ?? 0) + 1)
    }
  }
  return counts
}

/** Scripts that leave no spaces: every two neighbouring signs are a word. */
function pairsOf(run: string): string[] {
  const signs = [...run]
  if (signs.length < 2) return signs
  return signs.slice(1).map((sign, at) => `${signs[at]}${sign}`)
}

function gramsOf(word: string): string[] {
  if (word.length < GRAM) return []
  const framed = `^${word.slice(0, LONGEST_WORD)}$`
  const grams: string[] = []
  for (let at = 0; at + GRAM <= framed.length; at += 1) grams.push(framed.slice(at, at + GRAM))
  return grams
}

function place(vector: Float32Array, feature: string, weight: number): void {
  const hash = hashOf(feature)
  const at = (hash >>> 1) % vector.length
  vector[at] = (vector[at] ?? 0) + (hash & 1 ? weight : -weight)
}

/** FNV-1a over UTF-16 units, then the finalizer of MurmurHash3, so that all bits depend on all. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

function normalised(vector: Float32Array): Float32Array {
  let squares = 0
  for (const value of vector) squares += value * value
  // A text without words still needs a direction.
  if (squares === 0) {
    vector[0] = 1
    return vector
  }
  const length = Math.sqrt(squares)
  return vector.map((value) => value / length)
}
