import { contentTerms, wordsOf } from '../content-terms.ts'
import { isFunctionWord, type Language, languageOf } from './function-words.ts'
import { measureAsked } from './measures.ts'
import { areForms, foldedStem, LEAST_SHARED } from './word-forms.ts'

/** A word of the question that an answer should speak of. */
export interface AskedTerm {
  readonly stem: string
  /** Lower case. */
  readonly word: string
  /** How an answer may speak of it in figures; null where it cannot. */
  readonly told: RegExp | null
  /** Whether it names one thing: a name, or a word with figures. */
  readonly isName: boolean
  /** Whether it says what is looked for: "which expenses", "how many lamps". */
  readonly isSought: boolean
}

/** In characters; a pasted page asks no better than its first sentences. */
export const LONGEST_QUESTION = 4_000
/** More words than that ask for nothing in particular. */
const MOST_TERMS = 48

/** By which one asks, and of which no answer speaks. */
const FRAME = new Set(
  (
    'what which who when where how why name names kind kinds sort type types mean means meant meaning define ' +
    'definition explain describe difference differences different compare compared comparison versus vs list ' +
    'tell show find happen happens want need know say says please exactly called advantage advantages ' +
    'disadvantage disadvantages according document documents information somebody someone anybody anyone one ' +
    'first thing things number amount there much many get look like use used using work works ' +
    'said tells told mention mentions mentioned stated described known talk talks speak speaks spoken about ' +
    'gesagt sagt erwähnt steht bekannt dit disent mentionné connu dice dicen dicho menciona conocido ' +
    'bedeutet bedeuten heißt unterschied vergleich vergleichen welche dinge liste nenne erkläre ' +
    'différence comparer comparaison signifie expliquer expliquez liste quel quelle chose choses ' +
    'diferencia significa explica lista differenza spiega elenco'
  ).split(' '),
)
/** Function words of scripts without spaces. */
const FRAME_UNSPACED = new Set(
  (
    '是 的 了 何时 何時 什么 什麼 谁 誰 哪里 哪裡 哪 怎么 怎麼 如何 多少 吗 嗎 呢 在 有 几 幾 和 与 與 于 於 被 把 ' +
    'は が の を に で と も へ いつ 何 なに どこ どう どの した する です ます か した しました ました れ た て い'
  ).split(' '),
)
const SOUGHT =
  /(?<!\p{L})(?:which|what|how (?:many|much)|welche[rsnm]?|wie viele?|quel(?:le)?s?|combien de?|cuánt[oa]s|qué|quant[ie])\s+(?:\p{L}{1,3}\s+)?(\p{L}[\p{L}\p{M}-]*)/iu

export interface Asked {
  readonly terms: readonly AskedTerm[]
  readonly language: Language | null
}

/** What the words of a question ask about, each once. */
export function askedTerms(question: string): Asked {
  const query = question.slice(0, LONGEST_QUESTION)
  const language = languageOf(query)
  const sought = SOUGHT.exec(query)?.[1]?.toLowerCase()
  const terms = new Map<string, AskedTerm>()
  const first = /\p{L}[\p{L}\p{M}]*/u.exec(query)?.[0]
  for (const { word, stem } of contentTerms(query)) {
    const lower = word.toLowerCase()
    if (terms.has(stem) || terms.size >= MOST_TERMS || isFrame(lower, language)) continue
    const isCapital = /^\p{Lu}/u.test(word) && word !== first && language !== 'de'
    terms.set(stem, {
      stem,
      word: lower,
      told: measureAsked(lower),
      isName: isCapital || /\p{N}/u.test(word),
      isSought: lower === sought,
    })
  }
  return { terms: terms.size > 0 ? [...terms.values()] : allWords(query), language }
}

function isFrame(word: string, language: Language | null): boolean {
  return FRAME.has(word) || FRAME_UNSPACED.has(word) || isFunctionWord(word, language)
}

/** A question of little words alone asks about these. */
function allWords(query: string): AskedTerm[] {
  const stems = new Map(contentTerms(query).map(({ stem, word }) => [stem, word]))
  if (stems.size === 0) for (const word of wordsOf(query)) stems.set(word.toLowerCase(), word)
  return Array.from(stems)
    .slice(0, MOST_TERMS)
    .map(([stem, word]) => ({
      stem,
      word: word.toLowerCase(),
      told: null,
      isName: false,
      isSought: false,
    }))
}

/** Stems of the passages by how their words begin, so that forms of one word are found among few. */
export class Vocabulary {
  readonly #byStart = new Map<string, { readonly stem: string; readonly folded: string }[]>()

  add(stem: string): void {
    const folded = foldedStem(stem)
    const start = folded.slice(0, LEAST_SHARED)
    const known = this.#byStart.get(start)
    if (known) known.push({ stem, folded })
    else this.#byStart.set(start, [{ stem, folded }])
  }

  /** Stems that are no other than this one but in their form. */
  formsOf(stem: string): string[] {
    const folded = foldedStem(stem)
    if (folded.length < LEAST_SHARED) return []
    const near = this.#byStart.get(folded.slice(0, LEAST_SHARED)) ?? []
    return near.flatMap((other) =>
      other.stem !== stem && areForms(folded, other.folded) ? [other.stem] : [],
    )
  }
}
