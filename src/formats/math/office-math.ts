import { prefixed } from '../markup/parse-xml.ts'
import { childOf, elementsOf, type XmlNode } from '../markup/xml-tree.ts'
import { fraction, lowered, raised, root } from './formula-signs.ts'

/** A formula of Office (OMML) in one line, as it would be typed. */
export function officeMath(node: XmlNode): string {
  const part = (name: string) => partOf(node, name)
  switch (node.name) {
    case 't':
      return node.children.filter((child) => typeof child === 'string').join('')
    case 'f':
      return fraction(part('num'), part('den'))
    case 'sSup':
      return raised(part('e'), part('sup'))
    case 'sSub':
      return lowered(part('e'), part('sub'))
    case 'sSubSup':
      return raised(lowered(part('e'), part('sub')), part('sup'))
    case 'rad':
      return root(part('e'), part('deg'))
    case 'nary':
      return `${limited(signOf(node, 'chr') ?? '∫', part('sub'), part('sup'))} ${part('e')}`
    case 'limLow':
      return lowered(part('e'), part('lim'))
    case 'limUpp':
      return raised(part('e'), part('lim'))
    case 'func':
      return `${part('fName')} ${part('e')}`
    case 'd':
      return bracketed(node)
    case 'm':
    case 'eqArr':
      return listed(node, '; ')
    case 'mr':
      return listed(node, ', ')
    default:
      // Properties hold no words.
      return node.name.endsWith('Pr') ? '' : listed(node, '')
  }
}

function partOf(node: XmlNode, name: string): string {
  const child = childOf(node, name)
  return child ? officeMath(child) : ''
}

function listed(node: XmlNode, separator: string): string {
  const parts = elementsOf(node).map(officeMath)
  return parts.filter((text) => text !== '').join(separator)
}

function limited(sign: string, from: string, to: string): string {
  const below = from === '' ? sign : lowered(sign, from)
  return to === '' ? below : raised(below, to)
}

function bracketed(node: XmlNode): string {
  const inner = elementsOf(node).filter(({ name }) => name === 'e')
  const open = signOf(node, 'begChr') ?? '('
  return (
    open +
    inner.map(officeMath).join(signOf(node, 'sepChr') ?? '|') +
    (signOf(node, 'endChr') ?? ')')
  )
}

/** A sign that the properties of an element give; undefined where they leave it to the program. */
function signOf(node: XmlNode, name: string): string | undefined {
  const properties = childOf(node, `${node.name}Pr`)
  const sign = properties && childOf(properties, name)
  return sign && (prefixed(sign.attributes, 'val') ?? sign.attributes.val)
}
