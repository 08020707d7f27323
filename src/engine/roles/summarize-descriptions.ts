import { SEPARATOR } from '../merge/merge-fragments.ts'
import type { CallOptions, Summarizer } from '../ports/models.ts'

export interface SummarySettings {
  /** From so many descriptions on a summary is made. */
  readonly forceAt: number
  /** From so many tokens on a summary is made. */
  readonly maxTokens: number
  /** Tokens of descriptions that go into one call. */
  readonly contextTokens: number
  /** How long a summary shall be, in tokens. */
  readonly recommendedTokens: number
}

/**
 * One text for the descriptions of an entity or relation: joined while they are few and short, else
 * summarised; in groups, and groups of groups, when they are too many for one call. The same
 * descriptions lead to the same calls.
 *
 * @param descriptions distinct, in their final order
 * @param countTokens of one description
 */
export async function summarizeDescriptions(
  summarizer: Summarizer,
  subject: { readonly kind: 'entity' | 'relation'; readonly name: string },
  descriptions: readonly string[],
  settings: SummarySettings,
  countTokens: (text: string) => number,
  options: CallOptions,
): Promise<string> {
  const summarize = (texts: readonly string[]) =>
    summarizer.summarize(subject, texts, settings.recommendedTokens, options)
  let texts = descriptions
  for (;;) {
    const [first = ''] = texts
    if (texts.length <= 1) return first
    const lengths = texts.map(countTokens)
    const total = lengths.reduce((sum, length) => sum + length, 0)
    if (total <= settings.contextTokens || texts.length <= 2) {
      const short = texts.length < settings.forceAt && total < settings.maxTokens
      return short ? texts.join(SEPARATOR) : summarize(texts)
    }
    const folded: string[] = []
    for (const group of groupsWithin(texts, lengths, settings.contextTokens)) {
      options.signal?.throwIfAborted()
      folded.push(group.length === 1 ? (group[0] ?? '') : await summarize(group))
    }
    texts = folded
  }
}

/** Groups in order. One that holds a single text takes another anyway, so that each round shrinks. */
function groupsWithin(
  texts: readonly string[],
  lengths: readonly number[],
  limit: number,
): string[][] {
  const groups: string[][] = []
  let group: string[] = []
  let tokens = 0
  for (const [place, text] of texts.entries()) {
    const length = lengths[place] ?? 0
    if (group.length >= 2 && tokens + length > limit) {
      groups.push(group)
      group = []
      tokens = 0
    }
    group.push(text)
    tokens += length
  }
  groups.push(group)
  return groups
}
