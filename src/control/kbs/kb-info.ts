import type { Kysely } from 'kysely'
import { configIn, type RagConfig } from '../core/rag-config.ts'
import type { ControlTables, KbRow } from '../database/control-tables.ts'
import { isoTime } from '../database/iso-time.ts'
import { type JsonObject, objectIn } from '../database/json-column.ts'

/** A knowledge base as the API shows it. */
export interface KbInfo {
  readonly kb_id: string
  readonly tenant_id: string
  readonly slug: string
  readonly name: string
  readonly kb_name: string
  readonly description: string
  readonly workspace: string
  readonly status: string
  readonly is_active: boolean
  readonly is_default: boolean
  readonly metadata: JsonObject
  readonly config: RagConfig
  readonly version: number
  readonly created_at: string
  readonly updated_at: string
  readonly created_by: string
  readonly num_documents: number
  readonly num_entities: number
  readonly num_relations: number
  readonly storage_used_mb: number
}

export async function kbInfo(db: Kysely<ControlTables>, row: KbRow): Promise<KbInfo> {
  const levels = await db
    .selectFrom('levels')
    .select(['kind', 'used'])
    .where('kb_id', '=', row.kb_id)
    .execute()
  const used = (kind: string) => levels.find((level) => level.kind === kind)?.used ?? 0
  return {
    kb_id: row.kb_id,
    tenant_id: row.tenant_id,
    slug: row.slug,
    name: row.name,
    kb_name: row.name,
    description: row.description,
    workspace: row.workspace,
    status: row.status === 'active' ? 'ready' : row.status,
    is_active: row.status === 'active',
    is_default: row.is_default === 1,
    metadata: objectIn(row.metadata),
    config: configIn(row.config),
    version: row.version,
    created_at: isoTime(row.created_at),
    updated_at: isoTime(row.updated_at),
    created_by: row.created_by,
    num_documents: used('documents'),
    num_entities: used('entities'),
    num_relations: used('relations'),
    storage_used_mb: used('bytes') / (1024 * 1024),
  }
}
