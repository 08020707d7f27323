import { unreadableAnswer } from './call-failure.ts'
import { fieldsOf } from './post-json.ts'

/**
 * The vectors of an answer in the form of OpenAI's API, in the order of the texts: providers may
 * list them in another, and each item says with its `index` to which text it belongs.
 *
 * A single item without an index takes the place that is left: servers leave a 0 out.
 *
 * @returns null when no item has an index, so that nobody can tell where they belong
 * @throws {CallFailure} when the list is not one vector a text
 */
export function listedVectors(data: unknown, count: number): number[][] | null {
  if (!Array.isArray(data) || data.length !== count) throw unreadableAnswer()
  const items = data.map(fieldsOf)
  const isListed = items.some(({ index }) => index !== undefined && index !== null)
  if (count > 1 && !isListed) {
    for (const { embedding } of items) vectorOf(embedding)
    return null
  }
  const vectors = new Array<number[] | undefined>(count).fill(undefined)
  const unplaced: number[][] = []
  for (const { index, embedding } of items) {
    const vector = vectorOf(embedding)
    if (index === undefined || index === null) {
      unplaced.push(vector)
      continue
    }
    if (typeof index !== 'number' || !Number.isInteger(index)) throw unreadableAnswer()
    if (index < 0 || index >= count || vectors[index] !== undefined) throw unreadableAnswer()
    vectors[index] = vector
  }
  if (unplaced.length > 1) throw unreadableAnswer()
  return vectors.map((vector) => {
    const placed = vector ?? unplaced[0]
    if (placed === undefined) throw unreadableAnswer()
    return placed
  })
}

/**
 * One vector: a list of numbers, or the base64 of 32-bit floats.
 *
 * @throws {CallFailure} when it is neither
 */
export function vectorOf(embedding: unknown): number[] {
  if (typeof embedding === 'string') return fromBase64(embedding)
  if (!Array.isArray(embedding) || embedding.length === 0) throw unreadableAnswer()
  if (!embedding.every((value) => typeof value === 'number')) throw unreadableAnswer()
  return embedding
}

function fromBase64(text: string): number[] {
  // Buffer takes what is no base64 for a shorter text.
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) throw unreadableAnswer()
  const bytes = Buffer.from(text, 'base64')
  if (bytes.length === 0 || bytes.length % 4 !== 0) throw unreadableAnswer()
  return Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(4 * i))
}
