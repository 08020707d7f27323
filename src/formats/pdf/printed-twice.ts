import type { TextItem } from 'pdfjs-dist/types/src/display/api.js'

/** How far what is printed again for a bold look stands from the first, in heights of letters. */
const SHIFT = 0.15
/** Places of one text on a page that are remembered. */
const MOST_PLACES = 50
/** Of the items of a line, from which each of its letters is printed twice. */
const DOUBLED = 0.3
/** Letters so narrow that both prints of one come as one item. */
const NARROW = /([iljtfrI1|!.,:;'()[\]-])\1/g

interface Place {
  readonly x: number
  readonly y: number
}

/** Leaves out what a page prints again a little beside itself, which only looks bold. */
export class PrintedTwice {
  readonly #places = new Map<string, Place[]>()

  /** @param line all that stands in it, in order */
  onlyOnce(line: readonly TextItem[]): TextItem[] {
    const kept: TextItem[] = []
    let before: TextItem | undefined
    let letters = 0
    for (const item of line) {
      if (item.str.trim() === '') kept.push(item)
      else if (this.#isAgain(item)) {
        if (item.str.length === 1) letters++
      } else if (repeatsLetter(before, item)) {
        kept.push({ ...item, str: item.str.slice(1) })
        letters++
      } else kept.push(item)
      before = item
    }
    if (letters < line.length * DOUBLED) return kept
    return kept.map((item) => ({ ...item, str: item.str.replace(NARROW, '$1') }))
  }

  #isAgain({ str, transform, height }: TextItem): boolean {
    const x = Number(transform[4])
    const y = Number(transform[5])
    const near = SHIFT * height
    const places = this.#places.get(str) ?? []
    this.#places.set(str, places)
    const isAgain = places.some(
      (place) => Math.abs(place.x - x) <= near && Math.abs(place.y - y) <= near,
    )
    if (!isAgain && places.length < MOST_PLACES) places.push({ x, y })
    return isAgain
  }
}

/** Whether it begins upon the last letter of what is before it, with the same letter. */
function repeatsLetter(
  before: TextItem | undefined,
  { str, transform, height }: TextItem,
): boolean {
  if (!before || before.str.at(-1) !== str.charAt(0)) return false
  const end = Number(before.transform[4]) + before.width
  return Number(transform[4]) < end - SHIFT * height
}
