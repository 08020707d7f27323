import { edgeProperties, nodeProperties } from '../item-info.ts'
import type { GraphRows } from './graph-rows.ts'
import { xmlId, xmlText } from './xml-text.ts'

const NODE_KEYS = {
  entity_id: 'string',
  entity_type: 'string',
  description: 'string',
  source_id: 'string',
  file_path: 'string',
  created_at: 'long',
} as const
const EDGE_KEYS = {
  weight: 'double',
  description: 'string',
  keywords: 'string',
  source_id: 'string',
  file_path: 'string',
  created_at: 'long',
} as const

/** GraphML as networkx, yEd and Gephi read it. Ids of nodes are their names. */
export async function* graphmlGraph(rows: GraphRows): AsyncGenerator<string> {
  yield '<?xml version="1.0" encoding="UTF-8"?>\n' +
    '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n' +
    keys('node', NODE_KEYS) +
    keys('edge', EDGE_KEYS) +
    '<graph edgedefault="undirected">\n'
  const ids = new Map<number, string>()
  for await (const entity of rows.entities()) {
    const id = xmlId(entity.name, entity.key)
    ids.set(entity.key, id)
    yield `<node id="${id}">${data('node', nodeProperties(entity))}</node>\n`
  }
  for await (const relation of rows.relations()) {
    const [source, target] = [ids.get(relation.sourceKey), ids.get(relation.targetKey)]
    const properties = data('edge', edgeProperties(relation))
    yield `<edge source="${source}" target="${target}">${properties}</edge>\n`
  }
  yield '</graph>\n</graphml>\n'
}

type GraphElement = 'node' | 'edge'

function keys(element: GraphElement, types: Readonly<Record<string, string>>): string {
  return Object.entries(types)
    .map(
      ([name, type]) =>
        `<key id="${element}_${name}" for="${element}" attr.name="${name}" attr.type="${type}"/>\n`,
    )
    .join('')
}

function data(
  element: GraphElement,
  properties: Readonly<Record<string, string | number>>,
): string {
  return Object.entries(properties)
    .map(([name, value]) => `<data key="${element}_${name}">${xmlText(String(value))}</data>`)
    .join('')
}
