import { readFile } from 'node:fs/promises'

/** The kinds of questions, in the order of the table. */
export const KINDS = [
  'who',
  'when',
  'where',
  'how much',
  'yes/no',
  'list',
  'comparison',
  'definition',
  'how-to',
  'heading',
  'table',
  'unanswerable',
] as const
export type Kind = (typeof KINDS)[number]

/** Blind ones were written, and are kept, by somebody who does not look at them while answers change. */
export type Half = 'blind' | 'known'

export interface SetQuestion {
  readonly id: string
  readonly kind: Kind
  readonly half: Half
  readonly question: string
  /** All of them stand in a right answer; none for what the documents do not answer. */
  readonly expected: readonly string[]
  /** The files that an answer may cite. */
  readonly sources: readonly string[]
}

export const DOCUMENTS = new URL('documents/', import.meta.url)

/** All 120 questions, or those of one half. */
export async function questionSet(halves: readonly Half[] = ['blind', 'known']) {
  const sets = await Promise.all(halves.map(readHalf))
  return sets.flat()
}

async function readHalf(half: Half): Promise<SetQuestion[]> {
  const text = await readFile(new URL(`questions-${half}.jsonl`, import.meta.url), 'utf8')
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const { source = [], ...question } = JSON.parse(line)
      return { ...question, half, sources: [source].flat() } as SetQuestion
    })
}
