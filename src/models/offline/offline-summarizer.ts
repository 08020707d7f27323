import type { CallOptions, Summarizer } from '../../engine/ports/models.ts'
import { splitSentences } from './split-sentences.ts'

/** Keeps descriptions as they are, each once and in order, as far as whole sentences fit. */
export class OfflineSummarizer implements Summarizer {
  readonly id = 'offline-summarizer:1'
  readonly #countTokens: (text: string) => number

  constructor(countTokens: (text: string) => number = estimateTokens) {
    this.#countTokens = countTokens
  }

  async summarize(
    _subject: { readonly kind: 'entity' | 'relation'; readonly name: string },
    descriptions: readonly string[],
    maxTokens: number,
    options: CallOptions,
  ): Promise<string> {
    options.signal?.throwIfAborted()
    const lines: string[] = []
    let left = maxTokens
    for (const description of new Set(descriptions.map((text) => text.trim()))) {
      const tokens = this.#countTokens(description)
      const fitting = tokens <= left ? description : this.#fitting(description, left)
      if (fitting !== '') lines.push(fitting)
      left -= tokens + 1
      if (left <= 0) break
    }
    return lines.length > 0 ? lines.join('\n') : this.#head(descriptions[0] ?? '', maxTokens)
  }

  /** The first words of a text that has not one short sentence. */
  #head(description: string, budget: number): string {
    const words = description.trim().split(/(?<=\s)/)
    while (words.length > 1 && this.#countTokens(words.join('')) > budget) {
      words.length = Math.ceil(words.length / 2)
    }
    return words.join('').trim()
  }

  /** As many of the first sentences as fit. */
  #fitting(description: string, budget: number): string {
    let kept = ''
    for (const sentence of splitSentences(description)) {
      const longer = kept === '' ? sentence : `${kept} ${sentence}`
      if (this.#countTokens(longer) > budget) break
      kept = longer
    }
    return kept
  }
}

/** About what tokenizers make of a text: a CJK character is one token, else four characters are. */
export function estimateTokens(text: string): number {
  const dense = text.match(
    /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/gu,
  )
  const count = dense?.length ?? 0
  return count + Math.ceil((text.length - count) / 4)
}
