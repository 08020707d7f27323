import { type Static, type TSchema, Type } from 'typebox'
import { Value } from 'typebox/value'
import { DemoError } from './demo-error.ts'
import { patientFetch } from './patient-fetch.ts'

const InsertReply = Type.Object({ status: Type.String(), track_id: Type.String() })

const ListedDocument = Type.Object({
  id: Type.String(),
  file_path: Type.String(),
  status: Type.String(),
  error_msg: Type.Optional(Type.Union([Type.String(), Type.Null()])),
})
export type ListedDocument = Static<typeof ListedDocument>

const DocumentList = Type.Object({ documents: Type.Array(ListedDocument) })

const Reference = Type.Object({
  reference_id: Type.String(),
  file_path: Type.String(),
  content: Type.Array(Type.String()),
})
const Answer = Type.Object({ response: Type.String(), references: Type.Array(Reference) })
export type Answer = Static<typeof Answer>

interface Call {
  readonly method?: 'GET' | 'POST' | 'DELETE'
  readonly json?: unknown
  readonly form?: FormData
  readonly headers?: Readonly<Record<string, string>>
}

/** The calls of the demo, made as any script would make them: HTTP and an `X-API-Key`. */
export class RagClient {
  readonly #url: string
  readonly #key: string | undefined

  /** @param key left out to call without a credential */
  constructor(url: string, key?: string) {
    this.#url = url
    this.#key = key
  }

  /** Uploads one file. Resolves to its track id once the server has taken it over. */
  async upload(name: string, text: string): Promise<string> {
    const form = new FormData()
    form.append('file', new Blob([text], { type: 'text/markdown' }), name)
    const reply = await this.#read(InsertReply, '/documents/upload', { method: 'POST', form })
    if (reply.status !== 'success') {
      throw new DemoError('unexpected_reply', `the upload of ${name} ended as "${reply.status}"`)
    }
    return reply.track_id
  }

  /** The documents of the caller, at most 200. */
  async documents(): Promise<ListedDocument[]> {
    const json = { page: 1, page_size: 200 }
    const call = { method: 'POST', json } as const
    return (await this.#read(DocumentList, '/documents/paginated', call)).documents
  }

  async track(trackId: string): Promise<ListedDocument[]> {
    const path = `/documents/track_status/${encodeURIComponent(trackId)}`
    return (await this.#read(DocumentList, path)).documents
  }

  async ask(query: string): Promise<Answer> {
    const json = { query, mode: 'mix', include_references: true, include_chunk_content: true }
    return this.#read(Answer, '/query', { method: 'POST', json })
  }

  /** Asks for the deletion of documents. The server may refuse or decline: look at the list. */
  async requestDeletion(ids: readonly string[]): Promise<void> {
    const response = await this.#send('/documents/delete_document', {
      method: 'DELETE',
      json: { doc_ids: ids },
    })
    await response.body?.cancel()
  }

  /** The HTTP status of listing documents, with further headers. */
  async listingStatus(headers: Readonly<Record<string, string>> = {}): Promise<number> {
    const call = { method: 'POST', json: { page: 1, page_size: 10 }, headers } as const
    const response = await this.#send('/documents/paginated', call)
    await response.body?.cancel()
    return response.status
  }

  async #read<T extends TSchema>(schema: T, path: string, call: Call = {}) {
    const response = await this.#send(path, call)
    const body = await response.text()
    if (!response.ok) {
      throw new DemoError('unexpected_reply', `${path} answered ${response.status}: ${body}`)
    }
    return Value.Parse(schema, JSON.parse(body))
  }

  #send(path: string, call: Call): Promise<Response> {
    const headers = new Headers(call.headers)
    if (this.#key !== undefined) headers.set('X-API-Key', this.#key)
    if (call.json !== undefined) headers.set('Content-Type', 'application/json')
    const body = call.form ?? (call.json === undefined ? null : JSON.stringify(call.json))
    return patientFetch(this.#url + path, { method: call.method ?? 'GET', headers, body })
  }
}
