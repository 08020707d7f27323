import { type ValueEntry, type ValueTree, writeTree } from '../plain/value-tree.ts'
import type { TextBuilder } from '../text/text-builder.ts'
import { parseXml } from './parse-xml.ts'

interface Element {
  readonly name: string
  readonly attributes: readonly ValueEntry[]
  /** Its words and elements, in order. */
  readonly content: (string | Element)[]
  hasWords: boolean
}

/**
 * Writes the values of XML under the names of their elements. An element with words of its own is one
 * value, whatever elements stand among the words.
 *
 * @throws {UnreadableFile} when it is not well-formed, or nests too deeply
 */
export function readXml(xml: string, builder: TextBuilder, maxDepth: number): void {
  const root = newElement('', {})
  const open: Element[] = [root]
  parseXml(
    xml,
    {
      open(name, attributes) {
        open.push(newElement(name, attributes))
      },
      text(text) {
        const element = open.at(-1)
        element?.content.push(text)
        if (element && text.trim() !== '') element.hasWords = true
      },
      close() {
        const element = open.pop()
        if (element) open.at(-1)?.content.push(element)
      },
    },
    maxDepth,
  )
  // From the outside in: what stands among words is read as words, and once.
  writeTree(treeOf(root), builder)
}

function newElement(name: string, attributes: Readonly<Record<string, string>>): Element {
  const kept = Object.entries(attributes)
    .filter(([key]) => !/^(?:xmlns|xsi:|xml:)/.test(key))
    .map(([key, value]) => ({ name: key, value }))
  return { name, attributes: kept, content: [], hasWords: false }
}

function treeOf(element: Element): ValueTree {
  const { attributes, content, hasWords } = element
  if (!hasWords) {
    const children = content.flatMap((item) =>
      typeof item === 'string' ? [] : [{ name: item.name, value: treeOf(item) }],
    )
    return [...attributes, ...children]
  }
  const notes = attributes.map(({ name, value }) => `${name}: ${value}`).join('; ')
  const words = wordsOf(element)
  return notes === '' ? words : `${words} (${notes})`
}

/** What an element says: nothing of attributes, and a space between elements without words. */
function wordsOf(element: Element): string {
  const words: string[] = []
  collect(element, words)
  return words.join('').replace(/\s+/g, ' ')
}

function collect({ content, hasWords }: Element, words: string[]): void {
  for (const [i, item] of content.entries()) {
    if (!hasWords && i > 0) words.push(' ')
    if (typeof item === 'string') words.push(item)
    else collect(item, words)
  }
}
