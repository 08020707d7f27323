/** What a line of a passage is by its form. */
export type LineKind = 'blank' | 'heading' | 'item' | 'row' | 'rule' | 'label' | 'text' | 'skipped'

export interface PassageLine {
  readonly kind: LineKind
  /** Trimmed; of a heading or an item without the signs before it. */
  readonly text: string
  /** Of a heading: 1 to 6 as marked, more where only its form tells. */
  readonly level: number
}

const ATX = /^#{1,6}(?=[ \t]+\S)/
const ITEM = /^(?:[-*+\u2022\u2013]|\d{1,3}[.)]|\([\p{L}\p{N}]{1,3}\))[ \t]+(?=\S)/u
const NUMBERED =
  /^(?:\u00a7 ?\d{1,4}\p{L}?|\d{1,3}(?:\.\d{1,3}){0,4}[.)]?|[A-Z][.)]|[IVX]{1,5}\.)[ \t]+\p{Lu}/u
const RULE_CELL = /^:?-+:?$/
const LABEL = /^\p{Lu}[^.:!?|]{0,40}:[ \t]+\S/u
const ENDS = /[.!?:;,\u2026\u3002\uff01\uff1f]["'\u201d\u2019)\]*_]{0,3}$/u
const ENDS_BUT_ASKING = /[.!:;,\u2026\u3002\uff01]["'\u201d\u2019)\]*_]{0,3}$/u
const BOLD_LINE = /^(?:\*\*[^*]{1,100}\*\*|__[^_]{1,100}__)$/
const LINK = /\[[^[\]\n]{1,100}\]\([^()\n]{0,300}\)/g
/** Between the places of a site: `Start > People > Onboarding`. */
const TRAIL = / ?(?:[|\u00b7\u203a\u00bb\u2192>]|(?<= )\/(?= )) ?/

/** In UTF-16 units; a longer line is a paragraph. */
const LONGEST_HEADING = 80
const LONGEST_TRAIL = 300
const MOST_WORDS = 12
const MOST_WORDS_OF_PLACE = 3
/** Lines of a YAML head. */
const MOST_HEAD_LINES = 60

/** Levels of headings that only their form tells; those of Markdown stand above them. */
const PLAIN_LEVEL = 7
const NUMBERED_LEVEL = 8

/** The lines of a passage with what they are by their form. Linear in the passage. */
export function passageLines(content: string): PassageLine[] {
  const lines = content.split(/\r?\n/).map((line) => line.trim())
  const from = afterYamlHead(lines)
  return lines.map((_, at) => (at < from ? SKIPPED : lineAt(lines, at)))
}

const SKIPPED: PassageLine = { kind: 'skipped', text: '', level: 0 }

function lineAt(lines: readonly string[], at: number): PassageLine {
  const line = lines[at] ?? ''
  const of = (kind: LineKind, text: string = line, level = 0) => ({ kind, text, level })
  if (line === '') return of('blank')
  const marks = ATX.exec(line)?.[0]
  if (marks !== undefined) return of('heading', headingText(line.slice(marks.length)), marks.length)
  if (line.startsWith('|')) {
    return of(cellsOf(line).every((cell) => RULE_CELL.test(cell)) ? 'rule' : 'row')
  }
  if (isNavigation(line)) return SKIPPED
  const level = headingLevel(lines, at)
  if (level > 0) return of('heading', headingText(line), level)
  const mark = ITEM.exec(line)?.[0]
  if (mark !== undefined) return of('item', line.slice(mark.length))
  return of(LABEL.test(line) ? 'label' : 'text')
}

/** The cells of a row that is drawn with bars. */
export function cellsOf(row: string): string[] {
  const cells = row.split('|').map((cell) => cell.trim())
  return cells.slice(cells[0] === '' ? 1 : 0, cells.at(-1) === '' ? -1 : cells.length)
}

function headingText(line: string): string {
  return line.replace(/^[*_ \t]+/, '').replace(/(?<![*_# \t])[*_# \t]+$/, '')
}

/** The level of a heading that has no marks; 0 for what is none. */
function headingLevel(lines: readonly string[], at: number): number {
  const line = lines[at] ?? ''
  if (line.length > LONGEST_HEADING) return 0
  if (BOLD_LINE.test(line)) return NUMBERED_LEVEL + 1
  if (ENDS_BUT_ASKING.test(line) || line.split(' ').length > MOST_WORDS) return 0
  const next = lines[at + 1]
  const below = next === '' ? lines[at + 2] : next
  if (below === undefined || below === '') return 0
  if (NUMBERED.test(line)) return isListed(lines, at, below) ? 0 : NUMBERED_LEVEL
  const isAlone = (at === 0 || lines[at - 1] === '') && next === ''
  return isAlone && /^[\p{Lu}\p{N}]/u.test(line) && !ITEM.test(line) && !LABEL.test(line)
    ? PLAIN_LEVEL
    : 0
}

/** Whether the text before or after is an item as well: then it is one itself, and no heading. */
function isListed(lines: readonly string[], at: number, below: string): boolean {
  return ITEM.test(lines[at - 1] ?? '') || ITEM.test(below)
}

/** The number of lines that a head of YAML takes, or 0. */
function afterYamlHead(lines: readonly string[]): number {
  if (lines[0] !== '---') return 0
  const end = lines.slice(1, MOST_HEAD_LINES).findIndex((line) => /^(?:---|\.\.\.)$/.test(line))
  return end > 0 && /^[\w-]{1,60}:/.test(lines[1] ?? '') ? end + 2 : 0
}

/** Links and places of a site and nothing else. */
function isNavigation(line: string): boolean {
  if (line.length > LONGEST_TRAIL * 4) return false
  const links = line.match(LINK) ?? []
  if (links.length > 1) {
    const around = line.replace(LINK, '').replace(/[^\p{L}\p{N}]/gu, '')
    return around.length <= 20
  }
  if (line.length > LONGEST_TRAIL || ENDS.test(line)) return false
  const places = line.split(TRAIL)
  return (
    places.length >= 3 &&
    places.every((place) => place !== '' && place.split(' ').length <= MOST_WORDS_OF_PLACE)
  )
}
