import { parseXml } from './parse-xml.ts'
import type { TextBuilder } from './text-builder.ts'
import { type ValueEntry, type ValueTree, writeTree } from './value-tree.ts'

interface Element {
  readonly name: string
  readonly attributes: readonly ValueEntry[]
  readonly children: ValueEntry[]
  /** Own words and those of the elements between them, in order. */
  readonly words: string[]
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
        element?.words.push(text)
        if (element && text.trim() !== '') element.hasWords = true
      },
      close() {
        const element = open.pop()
        const parent = open.at(-1)
        if (!element || !parent) return
        parent.children.push({ name: element.name, value: treeOf(element) })
        parent.words.push(wordsOf(element))
      },
    },
    maxDepth,
  )
  writeTree(root.children, builder)
}

function newElement(name: string, attributes: Readonly<Record<string, string>>): Element {
  const kept = Object.entries(attributes)
    .filter(([key]) => !/^(?:xmlns|xsi:|xml:)/.test(key))
    .map(([key, value]) => ({ name: key, value }))
  return { name, attributes: kept, children: [], words: [], hasWords: false }
}

function treeOf(element: Element): ValueTree {
  const { attributes, children, hasWords } = element
  if (!hasWords) return [...attributes, ...children]
  const notes = attributes.map(({ name, value }) => `${name}: ${value}`).join('; ')
  return notes === '' ? wordsOf(element) : `${wordsOf(element)} (${notes})`
}

/** What an element says within a value around it: nothing of its attributes. */
function wordsOf({ words, hasWords }: Element): string {
  return words.join(hasWords ? '' : ' ').replace(/\s+/g, ' ')
}
