import { edgeProperties, nodeProperties } from '../item-info.ts'
import type { GraphRows } from './graph-rows.ts'
import { xmlId, xmlText } from './xml-text.ts'

const NODE_ATTRIBUTES = {
  entity_type: 'string',
  description: 'string',
  source_id: 'string',
  file_path: 'string',
  created_at: 'long',
} as const
const EDGE_ATTRIBUTES = {
  description: 'string',
  keywords: 'string',
  source_id: 'string',
  file_path: 'string',
  created_at: 'long',
} as const

/** GEXF 1.3, as Gephi reads it. Names are the ids and labels of nodes. */
export async function* gexfGraph(rows: GraphRows): AsyncGenerator<string> {
  yield '<?xml version="1.0" encoding="UTF-8"?>\n' +
    '<gexf xmlns="http://gexf.net/1.3" version="1.3">\n' +
    '<graph mode="static" defaultedgetype="undirected">\n' +
    attributes('node', NODE_ATTRIBUTES) +
    attributes('edge', EDGE_ATTRIBUTES) +
    '<nodes>\n'
  const ids = new Map<number, string>()
  for await (const entity of rows.entities()) {
    const id = xmlId(entity.name, entity.key)
    ids.set(entity.key, id)
    const { entity_id, ...properties } = nodeProperties(entity)
    yield `<node id="${id}" label="${xmlText(entity_id)}">${values(properties)}</node>\n`
  }
  yield '</nodes>\n<edges>\n'
  for await (const relation of rows.relations()) {
    const [source, target] = [ids.get(relation.sourceKey), ids.get(relation.targetKey)]
    const { weight, ...properties } = edgeProperties(relation)
    const ends = `id="${relation.key}" source="${source}" target="${target}" weight="${weight}"`
    yield `<edge ${ends}>${values(properties)}</edge>\n`
  }
  yield '</edges>\n</graph>\n</gexf>\n'
}

function attributes(place: 'node' | 'edge', types: Readonly<Record<string, string>>): string {
  const list = Object.entries(types).map(
    ([name, type]) => `<attribute id="${name}" title="${name}" type="${type}"/>\n`,
  )
  return `<attributes class="${place}">\n${list.join('')}</attributes>\n`
}

function values(properties: Readonly<Record<string, string | number>>): string {
  const list = Object.entries(properties).map(
    ([name, value]) => `<attvalue for="${name}" value="${xmlText(String(value))}"/>`,
  )
  return `<attvalues>${list.join('')}</attvalues>`
}
