/** Stands before the words of a heading; bookmarks often leave it out. */
const NUMBER = /^(?:\d+|[a-z])(?:\.\d+)*\.?$/i
const LONGEST_NUMBER = 40

interface LineStart {
  /** Where the line begins, in UTF-16 units. */
  readonly line: number
  /** Where its words begin, its number left out or not. */
  readonly words: number
}

/** The lines of a page, to find those in which its bookmarks stand. */
export class HeadingLines {
  readonly #text: string
  readonly #starts: readonly LineStart[]

  constructor(text: string) {
    const lower = text.toLowerCase()
    // Where a letter becomes two, the places behind it would be others.
    this.#text = lower.length === text.length ? lower : text
    this.#starts = [...lineStarts(text)]
  }

  /** The first line at or behind a place that begins with the words of a title; null if none does. */
  find(title: string, from: number): number | null {
    const words = spaced(title.toLowerCase())
    const first = words[0]
    const most = 2 * words.length
    const found = this.#starts.find(
      (place) =>
        place.line >= from &&
        this.#text[place.words] === first &&
        spaced(this.#text.slice(place.words, place.words + most)).startsWith(words),
    )
    return found?.line ?? null
  }
}

function* lineStarts(text: string): Generator<LineStart, void, void> {
  for (let line = 0; line < text.length; line = nextLine(text, line)) {
    yield { line, words: line }
    const [number = ''] = text.slice(line, line + LONGEST_NUMBER).split(/\s/, 1)
    const words = line + number.length + 1
    if (NUMBER.test(number) && words < text.length) yield { line, words }
  }
}

function nextLine(text: string, line: number): number {
  const end = text.indexOf('\n', line)
  return end === -1 ? text.length : end + 1
}

const spaced = (text: string) => text.replace(/\s+/g, ' ')
