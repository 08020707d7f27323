import { setTimeout as sleep } from 'node:timers/promises'
import type { FatedDocument } from './fated-document.ts'

/** A document that the server said it has. */
export interface Taken {
  readonly document: FatedDocument
  readonly id: string
  /** When it was acknowledged, in milliseconds since 1970. */
  readonly at: number
}

export interface FoundDocument {
  readonly id: string
  readonly file_path: string
  readonly status: string
  readonly error_msg?: string | null
  readonly metadata?: { readonly chunks_set_aside?: number }
}

/** Calls the server as the user of each workspace, and does as a busy server asks. */
export class ChaosCaller {
  readonly #url: string

  constructor(url: string) {
    this.#url = url
  }

  async insert(document: FatedDocument): Promise<Taken> {
    const { workspace, text, file, externalId } = document
    const body = { text, file_source: file, external_id: externalId }
    const { track_id } = await this.call<{ track_id: string }>(workspace, '/documents/text', body)
    const at = Date.now()
    const { documents } = await this.call<{ documents: FoundDocument[] }>(
      workspace,
      `/documents/track_status/${track_id}`,
    )
    const [found] = documents
    if (found === undefined) throw new Error(`${file} was taken in and is not there`)
    return { document, id: found.id, at }
  }

  async delete({ id, document }: Taken): Promise<void> {
    const { workspace, deletedBy, externalId, file } = document
    const body =
      deletedBy === 'external id'
        ? { external_ids: [externalId] }
        : deletedBy === 'file'
          ? { file_paths: [file] }
          : { doc_ids: [id] }
    const path = '/documents/delete_document'
    const { status } = await this.call<{ status: string }>(workspace, path, body, 'DELETE')
    if (status !== 'deletion_started') throw new Error(`${file} is not deleted: ${status}`)
  }

  /** How many documents of all workspaces are neither processed nor failed. */
  async open(workspaces: number): Promise<number> {
    let open = 0
    for (let workspace = 0; workspace < workspaces; workspace++) {
      const { status_counts: counts } = await this.call<{ status_counts: Record<string, number> }>(
        workspace,
        '/documents/status_counts',
      )
      const { busy } = await this.call<{ busy: boolean }>(workspace, '/documents/pipeline_status')
      open += (counts.pending ?? 0) + (counts.processing ?? 0) + (busy ? 1 : 0)
    }
    return open
  }

  async all(workspace: number): Promise<FoundDocument[]> {
    const found: FoundDocument[] = []
    for (let page = 1; ; page++) {
      const { documents, pagination } = await this.call<{
        documents: FoundDocument[]
        pagination: { has_next: boolean }
      }>(workspace, '/documents/paginated', { page, page_size: 200 })
      found.push(...documents)
      if (!pagination.has_next) return found
    }
  }

  /** The passages that a question finds. */
  async passages(workspace: number, query: string): Promise<string[]> {
    const body = { query, mode: 'naive', chunk_top_k: 10 }
    const { data } = await this.call<{ data: { chunks?: { content: string }[] } }>(
      workspace,
      '/query/data',
      body,
    )
    return (data.chunks ?? []).map(({ content }) => content)
  }

  /** Whether there is an entity of that name. */
  async knows(workspace: number, name: string): Promise<boolean> {
    const path = `/graph/entity/exists?name=${encodeURIComponent(name)}`
    return (await this.call<{ exists: boolean }>(workspace, path)).exists
  }

  async call<T>(workspace: number, path: string, body?: object, method?: string): Promise<T> {
    for (;;) {
      const response = await fetch(`${this.#url}${path}`, {
        method: method ?? (body ? 'POST' : 'GET'),
        headers: { 'x-api-key': `key-of-user-${workspace}`, 'content-type': 'application/json' },
        ...(body ? { body: JSON.stringify(body) } : {}),
      })
      const text = await response.text()
      if (response.ok) return JSON.parse(text) as T
      const after = Number(response.headers.get('retry-after'))
      if (response.status !== 503 || !(after > 0)) {
        throw new Error(`${path} of ${workspace}: ${response.status} ${text}`)
      }
      await sleep(Math.min(after, 5) * 1000)
    }
  }
}
