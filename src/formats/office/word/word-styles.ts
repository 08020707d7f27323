import { parseXml, prefixed } from '../../markup/parse-xml.ts'

export interface WordStyle {
  /** 1 to 9; null for a paragraph that is no heading. */
  readonly heading: number | null
  readonly list: string | null
  readonly level: number | null
}

interface Declared {
  name: string
  basedOn: string
  outline: number | null
  list: string | null
  level: number | null
}

const NO_STYLE: WordStyle = { heading: null, list: null, level: null }
const HEADING_NAME = /^heading ([1-9])$/i
/** Styles that are made of one another; a circle ends there. */
const LONGEST_CHAIN = 12

/** Paragraph styles by their ids, with what they take from the styles that they are based on. */
export class WordStyles {
  readonly #declared: ReadonlyMap<string, Declared>
  readonly #known = new Map<string, WordStyle>()

  constructor(xml: string | null, maxDepth: number) {
    this.#declared = xml === null ? new Map() : declaredIn(xml, maxDepth)
  }

  of(id: string): WordStyle {
    const known = this.#known.get(id)
    if (known) return known
    const style = this.#declared.has(id) ? this.#resolved(id) : NO_STYLE
    this.#known.set(id, style)
    return style
  }

  #resolved(id: string): WordStyle {
    let heading: number | null = null
    let list: string | null = null
    let level: number | null = null
    let next = this.#declared.get(id)
    for (let steps = 0; next && steps < LONGEST_CHAIN; steps++) {
      heading ??= headingOf(next)
      list ??= next.list
      level ??= next.level
      next = this.#declared.get(next.basedOn)
    }
    return { heading, list, level }
  }
}

function headingOf({ name, outline }: Declared): number | null {
  const named = HEADING_NAME.exec(name)?.[1]
  if (named) return Number(named)
  if (outline !== null) return outline < 9 ? outline + 1 : null
  return /^title$/i.test(name) ? 1 : null
}

function declaredIn(xml: string, maxDepth: number): Map<string, Declared> {
  const styles = new Map<string, Declared>()
  let style: Declared | null = null
  parseXml(
    xml,
    {
      open(name, attributes) {
        const value = prefixed(attributes, 'val') ?? ''
        if (name === 'style') {
          style = { name: '', basedOn: '', outline: null, list: null, level: null }
          styles.set(prefixed(attributes, 'styleId') ?? '', style)
        }
        if (!style) return
        if (name === 'name') style.name = value
        if (name === 'basedOn') style.basedOn = value
        if (name === 'outlineLvl') style.outline = Number(value)
        if (name === 'numId') style.list = value
        if (name === 'ilvl') style.level = Number(value)
      },
      close(name) {
        if (name === 'style') style = null
      },
    },
    maxDepth,
  )
  return styles
}
