import { parseXml, prefixed, type XmlHandler } from '../markup/parse-xml.ts'
import { XmlTree } from '../markup/xml-tree.ts'
import { markupMath } from '../math/markup-math.ts'
import type { OpenDocument } from './open-document.ts'

/** Objects that one document may hold; each is a part of its own. */
const MOST_OBJECTS = 2000

/** Formulas in a line, by the links to the objects that they are in. */
export async function formulasOf(
  { content, object }: OpenDocument,
  maxDepth: number,
): Promise<Map<string, string>> {
  const links = new Set<string>()
  const open = (name: string, attributes: Readonly<Record<string, string>>) => {
    const link = name === 'object' ? prefixed(attributes, 'href') : undefined
    if (link !== undefined && links.size < MOST_OBJECTS) links.add(link)
  }
  parseXml(content, { open }, maxDepth)
  const formulas = new Map<string, string>()
  for (const link of links) {
    const xml = await object(link)
    const formula = xml === null ? '' : formulaIn(xml, maxDepth)
    if (formula !== '') formulas.set(link, formula)
  }
  return formulas
}

function formulaIn(xml: string, maxDepth: number): string {
  const math = new MathWatch()
  let formula = ''
  const handler: XmlHandler = {
    open: (name, attributes) => math.open(name, attributes),
    text: (text) => math.text(text),
    close() {
      formula ||= math.close() ?? ''
    },
  }
  parseXml(xml, handler, maxDepth)
  return formula
}

/** Looks for formulas among the elements of a document. */
export class MathWatch {
  #tree: XmlTree | null = null

  get isInside(): boolean {
    return this.#tree !== null
  }

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    if (name === 'math') this.#tree ??= new XmlTree()
    this.#tree?.open(name, attributes)
  }

  text(text: string): void {
    this.#tree?.text(text)
  }

  /** The formula that ends here, or null. */
  close(): string | null {
    this.#tree?.close()
    const root = this.#tree?.root
    if (!root) return null
    this.#tree = null
    return markupMath(root)
  }
}
