import type { Range } from '../../work/reader-address.ts'

export interface Piece {
  readonly key: string
  readonly text: string
  readonly isMarked: boolean
  /** Where reading goes on. */
  readonly isGoal: boolean
}

interface Part {
  readonly from: number
  readonly text: string
}

/**
 * A part of a text in pieces, of which those in a range are marked: together they are the text, unit by
 * unit.
 *
 * @param goal where a piece is to begin, to go there
 */
export function markedPieces(
  { from, text }: Part,
  marked: Range | undefined,
  goal: number | undefined,
): Piece[] {
  const to = from + text.length
  const cuts = [from, to, goal, marked?.start, marked?.end]
    .filter((cut): cut is number => cut !== undefined && cut >= from && cut <= to)
    .sort((one, other) => one - other)
  const places = [...new Set(cuts)]
  return places.slice(0, -1).map((start, i) => {
    const end = places[i + 1] ?? to
    return {
      key: `${start}`,
      text: text.slice(start - from, end - from),
      isMarked: marked !== undefined && start >= marked.start && end <= marked.end,
      isGoal: start === goal,
    }
  })
}
