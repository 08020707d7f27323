import sax from 'sax'
import { UnreadableFile } from '../unreadable-file.ts'

/** What the parser says of an entity that XML itself does not have, before it leaves it as it is. */
const UNKNOWN_ENTITY = 'Invalid character entity'

export interface XmlHandler {
  /** Names come without their prefix, those of attributes with it. */
  open?(name: string, attributes: Readonly<Record<string, string>>): void
  close?(name: string): void
  text?(text: string): void
}

/**
 * Reads well-formed XML from its beginning to its end. Entities that a document declares itself stay
 * as they are written, so that no few lines can become gigabytes.
 *
 * @throws {UnreadableFile} when it is not well-formed, or nests too deeply
 */
export function parseXml(xml: string, handler: XmlHandler, maxDepth: number): void {
  const parser = sax.parser(true, { position: false })
  let depth = 0
  let declares = false
  parser.ondoctype = () => {
    declares = true
  }
  parser.onopentag = ({ name, attributes }) => {
    if (++depth > maxDepth) {
      throw new UnreadableFile(`The file nests elements more than ${maxDepth} deep.`)
    }
    handler.open?.(localName(name), attributes as Readonly<Record<string, string>>)
  }
  parser.onclosetag = (name) => {
    depth--
    handler.close?.(localName(name))
  }
  parser.ontext = (text) => handler.text?.(text)
  parser.oncdata = (text) => handler.text?.(text)
  parser.onerror = (error) => {
    if (declares && error.message.startsWith(UNKNOWN_ENTITY)) {
      const resumed: { error: Error | null } = parser
      resumed.error = null
      return
    }
    throw new UnreadableFile(`The file is not well-formed XML: ${sentence(error)}.`)
  }
  parser.write(xml.replace(/^\ufeff/, '').replaceAll('\0', '')).close()
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}

/** The value of an attribute, whatever its prefix, when it must have one. */
export function prefixed(
  attributes: Readonly<Record<string, string>>,
  name: string,
): string | undefined {
  const key = Object.keys(attributes).find((candidate) => candidate.endsWith(`:${name}`))
  return key === undefined ? undefined : attributes[key]
}

function sentence(error: Error): string {
  const [what = 'invalid'] = error.message.split('\n')
  return what.slice(0, 100).replace(/\.$/, '').toLowerCase()
}
