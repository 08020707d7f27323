import { parseXml, prefixed } from '../../markup/parse-xml.ts'

export interface ListLevel {
  start: number
  format: string
  /** Such as `%1.%2`, each of them the number of a level. */
  text: string
  isFigures: boolean
}

export interface WordList {
  /** What it counts together with other lists. */
  readonly abstract: string
  /** Where levels begin anew, by their depth. */
  readonly starts: Map<number, number>
}

const DEEPEST = 9
const LONGEST_TEXT = 100

/** What `numbering.xml` declares: levels by the id of their kind, and lists by their ids. */
export class WordLists {
  readonly levels = new Map<string, ListLevel[]>()
  readonly lists = new Map<string, WordList>()
  #kind: ListLevel[] | null = null
  #kindId = ''
  /** Kinds of lists by the style that stands for them. */
  readonly #byStyle = new Map<string, ListLevel[]>()
  /** Styles by the kinds of lists that are theirs. */
  readonly #links = new Map<string, string>()
  #level: ListLevel | undefined
  #id = ''
  #list: WordList | undefined
  #overridden = 0

  constructor(xml: string | null, maxDepth: number) {
    if (xml === null) return
    const open = (name: string, attributes: Readonly<Record<string, string>>) => {
      this.#declare(name, attributes)
      this.#describe(name, prefixed(attributes, 'val') ?? '')
    }
    parseXml(xml, { open }, maxDepth)
    for (const [kind, style] of this.#links) {
      const levels = this.#byStyle.get(style)
      if (levels) this.levels.set(kind, levels)
    }
  }

  #declare(name: string, attributes: Readonly<Record<string, string>>): void {
    const depth = Number(prefixed(attributes, 'ilvl'))
    if (name === 'abstractNum') {
      this.#kind = []
      this.#kindId = prefixed(attributes, 'abstractNumId') ?? ''
      this.levels.set(this.#kindId, this.#kind)
    } else if (name === 'num') {
      this.#kind = null
      this.#level = undefined
      this.#id = prefixed(attributes, 'numId') ?? ''
    } else if (name === 'abstractNumId') {
      this.#list = { abstract: prefixed(attributes, 'val') ?? '', starts: new Map() }
      this.lists.set(this.#id, this.#list)
    } else if (name === 'lvlOverride') this.#overridden = depth
    else if (name === 'lvl' && this.#kind && depth < DEEPEST) {
      this.#level = { start: 1, format: 'decimal', text: '', isFigures: false }
      this.#kind[depth] = this.#level
    }
  }

  #describe(name: string, value: string): void {
    if (name === 'numStyleLink') this.#links.set(this.#kindId, value)
    if (name === 'styleLink' && this.#kind) this.#byStyle.set(value, this.#kind)
    if (name === 'startOverride' && this.#overridden < DEEPEST) {
      this.#list?.starts.set(this.#overridden, Number(value) || 0)
    }
    if (!this.#level) return
    if (name === 'start') this.#level.start = Number(value) || 0
    if (name === 'numFmt') this.#level.format = value
    if (name === 'lvlText') this.#level.text = value.slice(0, LONGEST_TEXT)
    if (name === 'isLgl') this.#level.isFigures = value !== '0'
  }
}
