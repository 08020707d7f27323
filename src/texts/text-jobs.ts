import type { Extraction, ExtractionInput } from '../engine/ports/models.ts'
import type { CutText, TextToCut } from '../engine/ports/text-cutter.ts'
import { mapInTurns } from '../engine/work/turns.ts'

/** What is done with texts in threads. */
export type TextJob =
  | { readonly kind: 'cut'; readonly input: TextToCut }
  | { readonly kind: 'extract'; readonly input: ExtractionInput }
  | { readonly kind: 'embed'; readonly input: readonly string[] }

/** What comes of each kind, as it crosses the border of a thread. */
export interface TextResults {
  readonly cut: PackedCut
  readonly extract: Extraction
  readonly embed: Float32Array[]
}

export type TextResult = TextResults[TextJob['kind']]

/** A text that was cut, without the words that both sides have. */
export interface PackedCut {
  /** Tokens, start and end of each chunk. */
  readonly numbers: Uint32Array
  readonly above: CutText['above']
  readonly outlines: CutText['outlines']
}

const NUMBERS = 3

export function packed({ chunks, above, outlines }: CutText): PackedCut {
  const numbers = new Uint32Array(chunks.length * NUMBERS)
  for (const [i, { tokens, start, end }] of chunks.entries()) {
    numbers.set([tokens, start, end], i * NUMBERS)
  }
  return { numbers, above: shared(above), outlines }
}

export async function unpacked(
  text: string,
  { numbers, above, outlines }: PackedCut,
): Promise<CutText> {
  const chunks = await mapInTurns([...above.keys()], (ordinal) => {
    const [tokens = 0, start = 0, end = 0] = numbers.subarray(ordinal * NUMBERS)
    return { ordinal, content: text.slice(start, end), tokens, start, end }
  })
  return { chunks, above, outlines }
}

/** Neighbours that say the same are one list, which crosses once. */
function shared(above: CutText['above']): CutText['above'] {
  let last: readonly string[] = []
  return above.map((path) => {
    if (path.length !== last.length || path.some((title, i) => title !== last[i])) last = path
    return last
  })
}
