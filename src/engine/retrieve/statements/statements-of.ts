import type { StoredChunk } from '../../ports/stored-rows.ts'
import { yieldAheadIfDue } from '../../work/turns.ts'
import { citationOf } from '../context/citation-of.ts'
import type { Selected } from '../context/select-context.ts'
import type { Statement, StatementCitation } from '../query-calls.ts'
import { type AnswerSentence, answerSentences } from './answer-sentences.ts'
import { HeldParticulars, type Particulars, particularsOf } from './figures-and-names.ts'
import { type SentenceMatch, SentenceMatcher } from './match-sentence.ts'

/** What a sentence must share with a passage that it does not name. */
const LEAST_MATCH = 0.5
/** How much the rest of its paragraph must say of it that another marker in it holds for it too. */
const LEAST_OF_PARAGRAPH = 0.4
/** What says this share of what the best passage says may stand in for it. */
const AS_MUCH = 0.75

/**
 * The sentences of an answer, each with the passages that it rests on: those of the sources that it
 * names, or else the one that says the same. Figures and names that these do not hold are told.
 */
export async function statementsOf(answer: string, selected: Selected): Promise<Statement[]> {
  const sentences = answerSentences(answer)
  if (sentences.length === 0 || selected.chunks.length === 0) {
    return sentences.map(({ start, end }) => ({ start, end, citations: [] }))
  }
  const mapper = new SentenceMapper(selected)
  const statements: Statement[] = []
  for (const [at, sentence] of sentences.entries()) {
    await yieldAheadIfDue()
    const citations = await mapper.citationsOf(sentence, markersBehind(answer, sentences, at))
    statements.push({ start: sentence.start, end: sentence.end, citations })
  }
  return statements
}

/** The markers of the next sentence of the same paragraph or list that has some. */
function markersBehind(
  answer: string,
  sentences: readonly AnswerSentence[],
  at: number,
): readonly string[] {
  for (let next = at; next < sentences.length; next += 1) {
    const { markers = [], end = 0 } = sentences[next] ?? {}
    if (markers.length > 0) return markers
    const start = sentences[next + 1]?.start ?? answer.length
    if (/\n[ \t]*\n/.test(answer.slice(end, start))) return []
  }
  return []
}

class SentenceMapper {
  readonly #selected: Selected
  readonly #matcher = new SentenceMatcher()
  readonly #held = new Map<StoredChunk, HeldParticulars>()

  constructor(selected: Selected) {
    this.#selected = selected
  }

  /** @param behind what the paragraph names behind it */
  async citationsOf(
    { text, markers }: AnswerSentence,
    behind: readonly string[],
  ): Promise<StatementCitation[]> {
    const particulars = particularsOf(text)
    const named = await this.#bestOf(text, particulars, markers)
    if (named.length > 0) return this.#judged(named, particulars, 'marker')
    const near = await this.#bestOf(text, particulars, behind)
    const [nearest] = near.sort((a, b) => b.share - a.share)
    if (nearest !== undefined && nearest.share >= LEAST_OF_PARAGRAPH) {
      return this.#judged([nearest], particulars, 'match')
    }
    const matches = await this.#matcher.matches(text, this.#selected.chunks)
    const best = this.#bestAmong(matches, particulars)
    return best !== null && best.share >= LEAST_MATCH
      ? this.#judged([best], particulars, 'match')
      : []
  }

  /** The best place in each of these sources; a source that there is not has none. */
  async #bestOf(
    text: string,
    particulars: Particulars,
    ids: readonly string[],
  ): Promise<SentenceMatch[]> {
    const { chunks, referenceOf } = this.#selected
    const found: SentenceMatch[] = []
    for (const id of ids) {
      const own = chunks.filter((chunk) => referenceOf(chunk) === id)
      const best = this.#bestAmong(await this.#matcher.matches(text, own), particulars)
      if (best !== null) found.push(best)
    }
    return found
  }

  /** The passage that says most of it; of those that say about as much, the one that lacks least. */
  #bestAmong(matches: readonly SentenceMatch[], particulars: Particulars): SentenceMatch | null {
    const most = matches.reduce((share, match) => Math.max(share, match.share), 0)
    let best: { readonly match: SentenceMatch; readonly lacks: number } | null = null
    for (const match of matches) {
      if (match.share < AS_MUCH * most) continue
      const lacks = this.#heldIn(match.chunk).missing(particulars).length
      const isLess = best === null || lacks < best.lacks
      const isSame = best !== null && lacks === best.lacks && match.share > best.match.share
      if (isLess || isSame) best = { match, lacks }
    }
    return best?.match ?? null
  }

  #judged(
    matches: readonly SentenceMatch[],
    particulars: Particulars,
    by: StatementCitation['by'],
  ): StatementCitation[] {
    const lacking = matches.map(({ chunk }) => this.#heldIn(chunk).missing(particulars))
    const count = particulars.figures.length + particulars.names.length
    return matches.map(({ chunk, range }, at) => {
      const own = lacking[at] ?? []
      // What one of several sources holds, the others need not hold as well; each holds a part.
      const missing = own.filter((word) => lacking.every((others) => others.includes(word)))
      const unsupported = missing.length > 0 || (count > 0 && own.length === count)
      return {
        reference_id: this.#selected.referenceOf(chunk),
        ...citationOf(chunk, range ?? undefined),
        by,
        unsupported,
        missing: unsupported ? own : [],
      }
    })
  }

  #heldIn(chunk: StoredChunk): HeldParticulars {
    const known = this.#held.get(chunk)
    if (known !== undefined) return known
    const above = chunk.outline?.above.map(([, title]) => title) ?? []
    const held = new HeldParticulars([chunk.content, chunk.filePath, ...chunk.headings, ...above])
    this.#held.set(chunk, held)
    return held
  }
}
