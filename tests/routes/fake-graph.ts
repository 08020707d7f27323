import type {
  CreateEntity,
  CreateRelation,
  EditEntity,
  EditRelation,
  EntityInfo,
  GraphEdits,
  MergeEntities,
  RelationInfo,
} from '../../src/engine/graph/graph-calls.ts'
import { EngineError } from '../../src/engine/ports/engine-error.ts'

type Data = Record<string, unknown>

/** Entities and relations that were made by hand, in plain maps. */
export class FakeGraph implements GraphEdits {
  protected readonly handmade = new Map<string, Data>()
  readonly #ties = new Map<string, Data>()

  async entityCreate({ entity_name, entity_data }: CreateEntity) {
    if (this.handmade.has(entity_name)) throw new EngineError('entity_exists', 'Known already')
    this.handmade.set(entity_name, { ...ORIGIN, entity_type: 'UNKNOWN', ...entity_data })
    return { status: 'success' as const, message: 'Created', data: this.#entity(entity_name) }
  }

  async entityEdit({ entity_name, updated_data, allow_rename, allow_merge }: EditEntity) {
    const { entity_name: wanted = entity_name, ...more } = updated_data
    const name = String(wanted)
    const merged = name !== entity_name && this.handmade.has(name)
    const old = this.#known(entity_name)
    if (name !== entity_name && !allow_rename) throw new EngineError('invalid_argument', 'No')
    if (merged && !allow_merge) throw new EngineError('entity_exists', 'Taken')
    this.handmade.set(entity_name, { ...old, ...more })
    if (name !== entity_name) this.#rename(entity_name, name)
    const operation_summary = {
      merged,
      merge_status: merged ? ('success' as const) : ('not_attempted' as const),
      merge_error: null,
      operation_status: 'success' as const,
      target_entity: merged ? name : null,
      final_entity: name,
      renamed: name !== entity_name,
    }
    const data = { ...this.#entity(name), operation_summary }
    return { status: 'success' as const, message: 'Edited', data, operation_summary }
  }

  async relationCreate({ source_entity, target_entity, relation_data }: CreateRelation) {
    this.#known(source_entity)
    this.#known(target_entity)
    const key = tie(source_entity, target_entity)
    if (this.#ties.has(key)) throw new EngineError('relation_exists', 'Known already')
    const weight = Number(relation_data.weight ?? 1)
    if (Number.isNaN(weight)) throw new EngineError('invalid_argument', 'weight must be a number')
    this.#ties.set(key, { ...ORIGIN, keywords: '', ...relation_data, weight })
    return { status: 'success' as const, message: 'Created', data: this.#relation(key) }
  }

  async relationEdit({ source_id, target_id, updated_data }: EditRelation) {
    const key = tie(source_id, target_id)
    const old = this.#ties.get(key)
    if (old === undefined) throw new EngineError('unknown_relation', 'Unknown')
    this.#ties.set(key, { ...old, ...updated_data })
    return { status: 'success' as const, message: 'Edited', data: this.#relation(key) }
  }

  async mergeEntities({ entities_to_change, entity_to_change_into: into }: MergeEntities) {
    for (const name of entities_to_change) this.#known(name)
    for (const name of entities_to_change) this.#rename(name, into)
    return { status: 'success' as const, message: 'Merged', data: this.#entity(into) }
  }

  async deleteEntity({ entity_name }: { entity_name: string }) {
    if (!this.handmade.delete(entity_name.trim())) {
      throw new EngineError('entity_not_found', 'Unknown')
    }
    return DELETED
  }

  async deleteRelation(pair: { source_entity: string; target_entity: string }) {
    if (!this.#ties.delete(tie(pair.source_entity, pair.target_entity))) {
      throw new EngineError('relation_not_found', 'Unknown')
    }
    return DELETED
  }

  async *exportGraph() {
    yield Buffer.from(`# ENTITIES\r\n${[...this.handmade.keys()].join('\r\n')}\r\n`)
    yield Buffer.from('# RELATIONS\r\n')
  }

  #known(name: string): Data {
    const data = this.handmade.get(name)
    if (data === undefined) throw new EngineError('unknown_entity', 'Unknown')
    return data
  }

  #rename(from: string, to: string): void {
    const old = this.#known(from)
    this.handmade.set(to, { ...old, ...this.handmade.get(to) })
    this.handmade.delete(from)
    for (const [key, data] of [...this.#ties]) {
      const names = key.split('\0')
      if (!names.includes(from)) continue
      this.#ties.delete(key)
      const [a = '', b = ''] = names.map((name) => (name === from ? to : name))
      if (a !== b) this.#ties.set(tie(a, b), data)
    }
  }

  #entity(name: string): EntityInfo {
    const data = { entity_id: name, description: '', ...this.handmade.get(name) }
    return { entity_name: name, source_id: 'manual_creation', graph_data: data, vector_data: {} }
  }

  #relation(key: string): RelationInfo {
    const [src_entity = '', tgt_entity = ''] = key.split('\0')
    const graph_data = { ...this.#ties.get(key) }
    return { src_entity, tgt_entity, source_id: 'manual_creation', graph_data, vector_data: {} }
  }
}

const ORIGIN = { source_id: 'manual_creation', file_path: 'manual_creation', created_at: 1 }
const DELETED = {
  status: 'success',
  doc_id: '',
  message: 'Deleted',
  status_code: 200,
  file_path: null,
} as const

function tie(a: string, b: string): string {
  return [a, b].sort().join('\0')
}
