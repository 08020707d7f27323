import { elementsOf, type XmlNode } from '../markup/xml-tree.ts'
import { fraction, lowered, raised, root } from './formula-signs.ts'

/** A formula of a web page (MathML) in one line, as it would be typed. */
export function markupMath(node: XmlNode): string {
  const [first = '', second = '', third = ''] = PLACED.has(node.name)
    ? elementsOf(node).map(markupMath)
    : []
  switch (node.name) {
    case 'mfrac':
      return fraction(first, second)
    case 'msup':
    case 'mover':
      return raised(first, second)
    case 'msub':
    case 'munder':
      return lowered(first, second)
    case 'msubsup':
    case 'munderover':
      return raised(lowered(first, second), third)
    case 'mroot':
      return root(first, second)
    case 'msqrt':
      return root(joined(node, ''), '')
    case 'mtable':
      return joined(node, '; ')
    case 'mtr':
      return joined(node, ', ')
    case 'annotation':
    case 'annotation-xml':
      return ''
    default:
      return joined(node, '')
  }
}

/** Elements whose parts have their meaning by their order. */
const PLACED = new Set('mfrac msup mover msub munder msubsup munderover mroot'.split(' '))

function joined(node: XmlNode, separator: string): string {
  const parts = node.children.map((child) =>
    typeof child === 'string' ? child.trim() : markupMath(child),
  )
  return parts.filter((text) => text !== '').join(separator)
}
