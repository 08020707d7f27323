import sax from 'sax'
import { EngineError } from '../../../engine/ports/engine-error.ts'

export type Attributes = Readonly<Record<string, string>>

export interface GraphEdge {
  readonly source: string
  readonly target: string
  readonly attributes: Attributes
}

export interface Graph {
  /** By the entity's name. */
  readonly nodes: ReadonlyMap<string, Attributes>
  readonly edges: readonly GraphEdge[]
}

/**
 * Reads the GraphML that NetworkX writes.
 *
 * @throws {EngineError} `invalid_argument` when it is not well-formed
 */
export function readGraph(xml: string): Graph {
  const nodes = new Map<string, Attributes>()
  const edges: GraphEdge[] = []
  const names = new Map<string, string>()
  let item: Record<string, string> | null = null
  let field: string | null = null
  const parser = sax.parser(true, { position: false })
  parser.onopentag = ({ name, attributes }) => {
    const given = (key: string) => String(attributes[key] ?? '')
    if (name === 'key') names.set(given('id'), given('attr.name'))
    else if (name === 'data') field = names.get(given('key')) ?? null
    else if (name === 'node' || name === 'edge') item = {}
    if (name === 'node') nodes.set(given('id'), item ?? {})
    if (name === 'edge') {
      edges.push({ source: given('source'), target: given('target'), attributes: item ?? {} })
    }
  }
  parser.ontext = (text) => {
    if (item !== null && field !== null) item[field] = (item[field] ?? '') + text
  }
  parser.onclosetag = (name) => {
    if (name === 'data') field = null
    else if (name === 'node' || name === 'edge') item = null
  }
  parser.onerror = (cause) => {
    const message = 'The GraphML file is damaged: it is not well-formed XML'
    throw new EngineError('invalid_argument', message, { cause })
  }
  parser.write(xml).close()
  return { nodes, edges }
}
