import type { NamedEntity, Searches } from '../../ports/searches.ts'
import type { Key } from '../../ports/stored-rows.ts'
import { nameKey } from '../../text/name-key.ts'
import { STOP_WORDS } from '../../text/stop-words.ts'
import { unjoined } from '../../text/terms.ts'

type NameIndex = Pick<Searches, 'entitiesByNameKey' | 'entitiesWithWords'>

export interface LinkedEntity extends NamedEntity {
  /** 1 for a name that the question gives whole, less when it may mean several. */
  readonly weight: number
}

const MAX_RUN = 10
/** In words. A pasted page names its subject early. */
const MAX_WORDS = 200
/** A part of a name that fits more entities than this means none of them. */
const MAX_MEANINGS = 5
const MAX_MENTIONS = 20
/** Entities looked at for the meanings of a part. */
const ALIKE = 30
const UNSPACED = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]/u
/** A capital, or a script that has none. */
const LIKE_A_NAME = /\p{Lu}|\p{Lo}/u

/**
 * The entities that a question names: its longest runs of words that are names; then, for the mentions
 * that are none, the few names that hold all words of the mention. Words in small letters are names
 * only in a question that has no others: beside "Weir Song", "song" and "river" are what they say.
 *
 * @param mentions what may be a name; words without a capital are looked for whole only
 */
export async function linkNames(
  index: NameIndex,
  question: string,
  mentions: readonly string[],
): Promise<LinkedEntity[]> {
  // Word by word: a whole question is longer than any name.
  const words = wordsOf(question, new Set(mentions.map((mention) => nameKey(mention))))
  const runs = runsOf(words.map(({ key }) => key))
  const likely = mentions.filter((mention) => LIKE_A_NAME.test(mention))
  const asked = [...new Set(likely.map(nameKey))].filter(Boolean).slice(0, MAX_MENTIONS)
  const known = byNameKey(await index.entitiesByNameKey(lookedUp(runs.keys(), asked)))
  const found = new Map<Key, LinkedEntity>()
  const add = (entities: readonly NamedEntity[]) => {
    for (const entity of entities) {
      if (!found.has(entity.key)) found.set(entity.key, { ...entity, weight: 1 / entities.length })
    }
  }
  const named = longest(runs, known).map(({ from, to, entities }) => ({
    entities,
    isLikeAName: words.slice(from, to).some((word) => word.isLikeAName),
  }))
  const hasNames = named.some(({ isLikeAName }) => isLikeAName)
  for (const { entities, isLikeAName } of named) if (isLikeAName || !hasNames) add(entities)
  const rest = asked.filter((key) => !(runs.has(key) && known.has(key)))
  for (const entities of await Promise.all(rest.map((key) => meanings(index, key, known)))) {
    add(entities)
  }
  return [...found.values()]
}

interface Word {
  readonly key: string
  readonly isLikeAName: boolean
}

/** @param mentions their keys: the capital of a first word says nothing unless it is that of one */
function wordsOf(question: string, mentions: ReadonlySet<string>): Word[] {
  const words = unjoined(question).split(/\s+/, MAX_WORDS)
  const first = words.findIndex((word) => word !== '')
  return words.flatMap((word, at) =>
    nameKey(word)
      .split(' ')
      .map((key) => {
        const isMentioned = () => [...mentions].some((mention) => mention.split(' ').includes(key))
        return { key, isLikeAName: LIKE_A_NAME.test(word) && (at !== first || isMentioned()) }
      }),
  )
}

function lookedUp(runs: Iterable<string>, mentions: readonly string[]): string[] {
  const keys = new Set(mentions)
  for (const run of runs) keys.add(run).add(singular(run))
  return [...keys]
}

function byNameKey(entities: readonly NamedEntity[]): Map<string, NamedEntity[]> {
  const known = new Map<string, NamedEntity[]>()
  for (const entity of entities) {
    const same = known.get(entity.nameKey)
    if (same) same.push(entity)
    else known.set(entity.nameKey, [entity])
  }
  return known
}

/** The names among the runs, longest first; a word belongs to one name only. */
function longest(
  runs: ReadonlyMap<string, readonly WordSpan[]>,
  known: ReadonlyMap<string, readonly NamedEntity[]>,
): NamedSpan[] {
  const found: NamedSpan[] = []
  const taken = new Set<number>()
  for (const [run, spans] of runs) {
    const entities = known.get(run) ?? known.get(singular(run))
    if (!entities) continue
    for (const { from, to } of spans) {
      if (overlaps(taken, from, to)) continue
      for (let at = from; at < to; at += 1) taken.add(at)
      found.push({ from, to, entities })
    }
  }
  return found
}

async function meanings(
  index: NameIndex,
  key: string,
  known: ReadonlyMap<string, readonly NamedEntity[]>,
): Promise<readonly NamedEntity[]> {
  const exact = known.get(key)
  if (exact) return exact
  const words = key.split(' ')
  const alike = await index.entitiesWithWords(words, ALIKE)
  // The index knows words by their stems: there "nets" has all meanings of "net".
  const meant = alike.filter((entity) => {
    const own = new Set(entity.nameKey.split(' '))
    return words.every((word) => own.has(word)) || UNSPACED.test(key)
  })
  return meant.length > MAX_MEANINGS ? [] : meant
}

interface WordSpan {
  readonly from: number
  readonly to: number
}

interface NamedSpan extends WordSpan {
  readonly entities: readonly NamedEntity[]
}

/** Every run of words with where it stands, the longest first. */
function runsOf(words: readonly string[]): Map<string, WordSpan[]> {
  const runs = new Map<string, WordSpan[]>()
  for (let length = Math.min(MAX_RUN, words.length); length >= 1; length -= 1) {
    for (let from = 0; from + length <= words.length; from += 1) {
      const run = words.slice(from, from + length).join(' ')
      if (run === '' || (length === 1 && STOP_WORDS.has(run))) continue
      const span = { from, to: from + length }
      const spans = runs.get(run)
      if (spans) spans.push(span)
      else runs.set(run, [span])
    }
  }
  return runs
}

const singular = (key: string) => (key.includes(' ') ? key : key.replace(/(?<=.{3})s$/, ''))

function overlaps(taken: ReadonlySet<number>, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) if (taken.has(at)) return true
  return false
}
