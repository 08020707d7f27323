import { createHash, randomBytes } from 'node:crypto'
import type { CheckedFiles, FileToCheck } from '../../src/engine/documents/check-calls.ts'
import type {
  ChangeDocuments,
  ChosenDocuments,
  ChosenResult,
  DocumentChange,
} from '../../src/engine/documents/chosen/chosen-calls.ts'
import type {
  DeleteDocuments,
  DocStatusResponse,
  InsertFile,
  InsertResponse,
  InsertTexts,
  PaginatedDocuments,
  PaginatedQuery,
  PipelineStatus,
  ResetStatus,
  RetryChunksResponse,
  ScanStatus,
} from '../../src/engine/documents/document-calls.ts'
import type { FacetsQuery, FacetsResponse } from '../../src/engine/documents/list/list-calls.ts'
import type {
  ChunkAround,
  DocumentChunks,
  DocumentChunksQuery,
  DocumentTextQuery,
  OriginalBytes,
  OriginalFile,
} from '../../src/engine/documents/reading/reading-calls.ts'
import type {
  CustomKg,
  EntityDetails,
  FoundPaths,
  KnowledgeGraph,
  Neighbours,
  NeighboursQuery,
  PathQuery,
} from '../../src/engine/graph/graph-calls.ts'
import { EngineError } from '../../src/engine/ports/engine-error.ts'
import type { Rag } from '../../src/engine/rag.ts'
import type {
  CallSignal,
  QueryData,
  QueryEvent,
  QueryParams,
  QueryResponse,
  Reference,
} from '../../src/engine/retrieve/query-calls.ts'

import { FakeGraph } from './fake-graph.ts'

interface Entry {
  readonly record: DocStatusResponse
  readonly text: string
}

const NOTHING = 'Sorry, nothing here answers that.[no-context]'
const NOT_FILTERED = {
  q: null,
  tags: null,
  types: null,
  enabled: null,
  owner: null,
  created_from: null,
  created_to: null,
  metadata: null,
}
const STATUSES = ['pending', 'processing', 'preprocessed', 'processed', 'failed']

/** A Rag without storage or models: enough of one to show what the handlers do with it. */
export class FakeRag extends FakeGraph implements Rag {
  readonly #scans = new Set<string>()
  readonly #entries = new Map<string, Entry>()

  async insertTexts({ texts, file_sources = [], on_conflict }: InsertTexts) {
    if (file_sources.length > texts.length) {
      throw new EngineError('invalid_argument', 'There are more sources than texts')
    }
    const trackId = newTrackId('insert')
    const answers = texts.map((raw, index) => {
      const source = file_sources[index]?.trim() || 'unknown_source'
      return this.#insert(raw.trim(), source, trackId, on_conflict)
    })
    const known = answers.filter(({ status }) => status === 'duplicated')
    const [first] = known
    if (first === undefined) return success(trackId)
    return known.length === answers.length ? first : partly(trackId, known.length)
  }

  async insertFile({ file_name, on_conflict }: InsertFile, content: AsyncIterable<Uint8Array>) {
    if (!/^[^/\\]+$/.test(file_name) || file_name.includes('..') || file_name.includes('\0')) {
      throw new EngineError('invalid_file_name', 'The file name must be a plain name')
    }
    if (!/\.(?:txt|md)$/i.test(file_name)) {
      throw new EngineError('unsupported_file_type', 'Files of this type cannot be read')
    }
    const chunks: Uint8Array[] = []
    for await (const chunk of content) chunks.push(chunk)
    const bytes = Buffer.concat(chunks)
    if (bytes.length === 0) throw new EngineError('invalid_argument', 'The file is empty')
    const trackId = newTrackId('upload')
    const text = bytes.toString('utf8')
    if (text.includes('\ufffd') || text.trim() === '') {
      this.#put('', file_name, trackId, 'The file is not text')
      return success(trackId)
    }
    return this.#insert(text.trim(), file_name, trackId, on_conflict)
  }

  async checkFiles(files: readonly FileToCheck[]): Promise<CheckedFiles> {
    const nothing = { document_id: null, reason: null }
    return { items: files.map(({ name }) => ({ name, verdict: 'new', ...nothing })) }
  }

  async listDocuments(query: PaginatedQuery): Promise<PaginatedDocuments> {
    const { page = 1, page_size = 50, sort_field = 'updated_at', sort_direction } = query
    const wanted = query.status_filters ?? (query.status_filter ? [query.status_filter] : null)
    const sign = sort_direction === 'asc' ? 1 : -1
    const all = this.#documents()
      .filter(({ status }) => wanted === null || wanted.includes(status))
      .sort((a, b) => (a[sort_field] < b[sort_field] ? -sign : sign))
    const pages = Math.ceil(all.length / page_size)
    return {
      documents: all.slice((page - 1) * page_size, page * page_size),
      pagination: {
        page,
        page_size,
        total_count: all.length,
        total_pages: pages,
        has_next: page < pages,
        has_prev: page > 1,
      },
      ...(await this.statusCounts()),
      next_cursor: null,
      applied: {
        ...NOT_FILTERED,
        status_filters: wanted,
        sort_field,
        sort_direction: sort_direction ?? 'desc',
      },
    }
  }

  async documentsByStatus() {
    const statuses: Record<string, DocStatusResponse[]> = {}
    for (const document of this.#documents()) {
      statuses[document.status] = [...(statuses[document.status] ?? []), document]
    }
    return { statuses }
  }

  async statusCounts() {
    const documents = this.#documents()
    const counts = STATUSES.map((name) => [
      name,
      documents.filter(({ status }) => status === name).length,
    ])
    return { status_counts: { ...Object.fromEntries(counts), all: documents.length } }
  }

  async trackStatus(trackId: string) {
    if (trackId.trim() === '') throw new EngineError('invalid_argument', 'The track id is blank')
    const documents = this.#documents().filter(({ track_id }) => track_id === trackId)
    const summary: Record<string, number> = {}
    for (const { status } of documents) summary[status] = (summary[status] ?? 0) + 1
    return {
      track_id: trackId,
      documents,
      total_count: documents.length,
      status_summary: summary,
    }
  }

  async document(id: string): Promise<DocStatusResponse> {
    return this.#entry(id).record
  }

  async documentText(id: string, { from = 0, to = from + 65_536 }: DocumentTextQuery) {
    const { text } = this.#entry(id)
    const part = text.slice(from, to)
    return {
      document_id: id,
      length: text.length,
      from,
      to: from + part.length,
      text: part,
      headings: [],
      pages: [],
      outline_truncated: false,
    }
  }

  async facets(query: FacetsQuery): Promise<FacetsResponse> {
    const { applied } = await this.listDocuments(query)
    const { status_counts } = await this.statusCounts()
    const { all, ...status } = status_counts
    return { total_count: all, status, tags: [], types: [], owners: [], applied }
  }

  async originalFile(id: string): Promise<OriginalFile> {
    const { record, text } = this.#entry(id)
    const size = Buffer.byteLength(text)
    return { file_name: record.file_path, size, mime: 'text/plain', tag: id }
  }

  async *originalBytes({ document_id, first, last }: OriginalBytes): AsyncGenerator<Uint8Array> {
    yield Buffer.from(this.#entry(document_id).text).subarray(first, last + 1)
  }

  async chunk(chunkId: string): Promise<ChunkAround> {
    const id = chunkId.replace('chunk-', 'doc-')
    const entry = this.#entries.get(id)
    if (entry === undefined) throw new EngineError('chunk_not_found', 'No such chunk')
    const [chunk] = (await this.documentChunks(id, {})).chunks
    if (chunk === undefined) throw new EngineError('chunk_not_found', 'No such chunk')
    return { chunk, document_id: id, file_path: entry.record.file_path, previous: [], next: [] }
  }

  async updateDocument(id: string, change: DocumentChange): Promise<DocStatusResponse> {
    const entry = this.#entries.get(id)
    if (entry === undefined) throw new EngineError('document_not_found', 'No such document')
    const { metadata, ...rest } = change
    const record = { ...entry.record, metadata: { ...metadata, ...rest } }
    this.#entries.set(id, { ...entry, record })
    return record
  }

  async documentChunks(id: string, query: DocumentChunksQuery): Promise<DocumentChunks> {
    const entry = this.#entries.get(id)
    if (entry === undefined) throw new EngineError('document_not_found', 'No such document')
    const { document_id: _, sentence: _none, end_page: _page, ...place } = citation(entry)
    const chunk = { ...place, content: entry.text, tokens: 1, error: null }
    const chunks = query.status === 'set_aside' ? [] : [{ ...chunk, status: 'extracted' as const }]
    return { document_id: id, chunks, total_count: chunks.length }
  }

  async retryChunks(id: string): Promise<RetryChunksResponse> {
    if (!this.#entries.has(id)) throw new EngineError('document_not_found', 'No such document')
    return { status: 'nothing_to_retry', message: 'All chunks were read', chunks: 0 }
  }

  async pipelineStatus(): Promise<PipelineStatus> {
    return {
      autoscanned: false,
      busy: false,
      job_name: '-',
      job_start: null,
      docs: 0,
      batchs: 0,
      cur_batch: 0,
      request_pending: false,
      cancellation_requested: false,
      latest_message: '',
      history_messages: [],
      update_status: {},
    }
  }

  async deleteDocuments({ doc_ids = [] }: DeleteDocuments) {
    const ids = doc_ids.map((id) => id.trim())
    const taken = ids.filter((id) => this.#entries.delete(id))
    return {
      status: 'deletion_started' as const,
      message: 'Deleting',
      doc_id: ids.join(', '),
      taken,
      not_found: ids.filter((id) => !taken.includes(id)),
    }
  }

  async clearDocuments() {
    this.#entries.clear()
    this.handmade.clear()
    return { status: 'success' as const, message: 'All gone' }
  }

  async clearCache() {
    return { status: 'success' as const, message: 'Cache cleared' }
  }

  async reprocessFailed() {
    return { status: 'reprocessing_started' as const, message: 'Trying again', track_id: '' }
  }

  async retryDocuments(input: ChosenDocuments): Promise<ChosenResult> {
    return this.#chosen(input, () => undefined)
  }

  async changeDocuments({ change, ...input }: ChangeDocuments): Promise<ChosenResult> {
    const { add_tags: _added, remove_tags: _removed, ...rest } = change
    return this.#chosen(input, (id) => void this.updateDocument(id, rest))
  }

  async deleteChosen(input: ChosenDocuments): Promise<ChosenResult> {
    return this.#chosen(input, (id) => void this.#entries.delete(id))
  }

  #chosen({ doc_ids, dry_run = false }: ChosenDocuments, act: (id: string) => void): ChosenResult {
    const ids = doc_ids ?? [...this.#entries.keys()]
    const items = ids.map((id) => {
      const isThere = this.#entries.has(id)
      return { id, result: isThere ? 'accepted' : 'not_found', reason: null } as const
    })
    const accepted = items.filter(({ result }) => result === 'accepted').length
    if (!dry_run) for (const { id, result } of items) if (result === 'accepted') act(id)
    return { matched: accepted, accepted, dry_run, items, items_truncated: false }
  }

  async resetStatus({ doc_ids, target_status = 'pending' }: ResetStatus) {
    const failed_ids = doc_ids.filter((id) => !this.#entries.has(id))
    for (const id of doc_ids) {
      const entry = this.#entries.get(id)
      if (entry === undefined) continue
      this.#entries.set(id, { ...entry, record: { ...entry.record, status: target_status } })
    }
    const reset_count = doc_ids.length - failed_ids.length
    const status =
      failed_ids.length === 0
        ? ('success' as const)
        : reset_count > 0
          ? ('partial' as const)
          : ('failed' as const)
    return { status, message: 'Reset', reset_count, failed_ids }
  }

  async cancelPipeline() {
    return { status: 'not_busy' as const, message: 'Nothing to cancel' }
  }

  async scan() {
    this.#scans.add('scan_20260101_000000_00000000')
    return {
      status: 'scanning_started' as const,
      message: 'Reading',
      track_id: 'scan_20260101_000000_00000000',
    }
  }

  async scanStatus(trackId: string): Promise<ScanStatus> {
    if (!this.#scans.has(trackId)) throw new EngineError('scan_not_found', 'No such scan')
    return {
      track_id: trackId,
      status: 'completed',
      counts: { processed: 0, warning: 0, error: 0 },
      counts_dropped: 0,
      samples: { processed: { items: [], truncated: false, dropped: 0 } },
      created_at: 1.5,
      updated_at: 2.5,
      version: 2,
      message: 'Done',
    }
  }

  async pageVersion() {
    return null
  }

  async supportedFileTypes() {
    return { extensions: ['.md', '.txt'] }
  }

  async query(params: QueryParams): Promise<QueryResponse> {
    const found = this.#find(params)
    const response = found.length === 0 && params.mode !== 'bypass' ? NOTHING : answerFrom(found)
    return { response, references: referencesFor(found, params) }
  }

  queryStream(params: QueryParams, _options?: CallSignal): AsyncIterable<QueryEvent> {
    return this.#answer(params)
  }

  async *#answer(params: QueryParams): AsyncGenerator<QueryEvent> {
    const { response, references } = await this.query(params)
    const streaming = params.stream !== false && references?.length !== 0
    yield { type: 'start', references, streaming }
    for (const piece of response.match(/.{1,20}/gsu) ?? []) yield { type: 'text', text: piece }
  }

  async queryData(params: QueryParams): Promise<QueryData> {
    const found = this.#find(params)
    const mode = params.mode ?? 'mix'
    if (found.length === 0 && mode !== 'bypass') {
      return {
        status: 'failure',
        message: 'Nothing found',
        data: {},
        metadata: { failure_reason: 'no_results', mode },
      }
    }
    const references = referencesFor(found, { query: '', include_references: true }) ?? []
    return {
      status: 'success',
      message: 'Found',
      data: {
        entities: [],
        relationships: [],
        chunks: found.map((entry, index) => ({
          reference_id: references[index]?.reference_id ?? '',
          content: entry.text,
          file_path: entry.record.file_path,
          ...citation(entry),
        })),
        references,
      },
      metadata: { query_mode: mode, keywords: { high_level: [], low_level: [] } },
    }
  }

  async entityNames() {
    return [...this.#names()].sort()
  }

  async popularEntityNames(limit: number) {
    return [...this.#names()].slice(0, limit)
  }

  async searchEntityNames(text: string, limit: number) {
    const needle = text.toLowerCase()
    if (needle.trim() === '') return []
    return [...this.#names()].filter((name) => name.toLowerCase().includes(needle)).slice(0, limit)
  }

  async searchEntities(text: string, limit: number) {
    const names = await this.searchEntityNames(text, limit)
    return names.map((name) => ({ name, type: 'concept', degree: 0, snippet: name }))
  }

  async graphVersion() {
    return { version: this.#entries.size }
  }

  async *graphOverview(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('{}')
  }

  async neighbours({ name }: NeighboursQuery): Promise<Neighbours> {
    return { name: this.#shown(name).name, total: 0, items: [], next_cursor: null }
  }

  async entityDetails(name: string): Promise<EntityDetails> {
    return { ...this.#shown(name), sources: [], sources_total: 0, edited_fields: [] }
  }

  async findPaths({ from, to }: PathQuery): Promise<FoundPaths> {
    const ends = [this.#shown(from), this.#shown(to)]
    return { paths: from === to ? [{ nodes: ends.slice(1), edges: [] }] : [], truncated: false }
  }

  async graphStats() {
    const entities = this.#names().size
    return {
      version: this.#entries.size,
      entities,
      relations: 0,
      types: [{ type: 'concept', n: entities }],
      degrees: [{ from: 0, n: entities }],
      components: entities,
      largest_component: 1,
      orphans: entities,
    }
  }

  #shown(name: string) {
    if (!this.#names().has(name)) throw new EngineError('entity_not_found', 'No such entity')
    const origin = { source_id: '', file_path: '', document_id: null, created_at: 0 }
    return { name, type: 'concept', description: name, degree: 0, ...origin }
  }

  async subgraph(query: { label: string; max_nodes?: number }): Promise<KnowledgeGraph> {
    const names = [...this.#names()].filter((name) => query.label === '*' || name === query.label)
    const kept = names.slice(0, query.max_nodes ?? 1000)
    return {
      nodes: kept.map((name) => ({
        id: name,
        labels: [name],
        properties: { entity_id: name, entity_type: 'concept', description: name },
      })),
      edges: [],
      is_truncated: kept.length < names.length,
    }
  }

  async entityExists(name: string) {
    return { exists: this.#names().has(name) }
  }

  async status() {
    return {
      pipeline_busy: false,
      working_directory: 'rag_storage',
      input_directory: 'inputs',
      configuration: { llm_binding: 'none', enable_rerank: false },
      counts: { documents: this.#entries.size, chunks: 0, entities: 0, relations: 0 },
      bytes: 1024,
      reasons: [],
    }
  }

  async insertCustomKg({ chunks = [], entities = [], relationships = [], ...kg }: CustomKg) {
    const names = entities.map(({ entity_name }) => entity_name)
    const ends = relationships.flatMap(({ src_id, tgt_id }) => [src_id, tgt_id])
    const lines = [...chunks.map(({ content }) => content), ...names, ...ends]
    if (lines.length === 0) throw new EngineError('invalid_argument', 'The graph is empty')
    const trackId = newTrackId('insert')
    const source = kg.file_path ?? `custom_kg_${trackId}`
    return this.#insert(lines.join('\n'), source, trackId, kg.on_conflict)
  }

  #entry(id: string): Entry {
    const entry = this.#entries.get(id)
    if (entry === undefined) throw new EngineError('document_not_found', 'No such document')
    return entry
  }

  #documents(): DocStatusResponse[] {
    return [...this.#entries.values()].map(({ record }) => record)
  }

  #names(): Set<string> {
    const texts = [...this.#entries.values()].map(({ text }) => text)
    const written = texts.flatMap((text) => text.match(/\b[A-Z][a-z]+ [A-Z][a-z]+\b/g) ?? [])
    return new Set([...written, ...this.handmade.keys()])
  }

  #find({ query, mode }: QueryParams): Entry[] {
    const words = query.toLowerCase().match(/\p{L}{4,}/gu) ?? []
    if (mode === 'bypass') return []
    return [...this.#entries.values()].filter(({ text }) =>
      words.some((word) => text.toLowerCase().includes(word)),
    )
  }

  #insert(text: string, source: string, trackId: string, conflict: string | undefined) {
    const known = [...this.#entries.values()].find(
      (entry) =>
        (source !== 'unknown_source' && entry.record.file_path === source) || entry.text === text,
    )
    if (known !== undefined) {
      if (conflict !== 'replace') return duplicated(known.record.track_id ?? '')
      this.#entries.delete(known.record.id)
    }
    this.#put(text, source, trackId, null)
    return success(trackId)
  }

  #put(text: string, source: string, trackId: string, error: string | null): void {
    const now = new Date().toISOString().replace('Z', '000+00:00')
    const hash = createHash('md5')
      .update(`${text}${error === null ? '' : source}`)
      .digest('hex')
    const record: DocStatusResponse = {
      id: `doc-${hash}`,
      content_summary: text.slice(0, 250),
      content_length: text.length,
      status: error === null ? 'processed' : 'failed',
      created_at: now,
      updated_at: now,
      track_id: trackId,
      chunks_count: error === null ? 1 : null,
      error_msg: error,
      metadata: null,
      progress: null,
      file_path: source,
      external_id: null,
      tags: [],
      attributes: {},
      enabled: true,
      size: Buffer.byteLength(text),
      mime: 'text/plain',
      sha256: null,
      has_file: false,
      created_by: null,
      created_by_name: null,
      revision: 1,
    }
    this.#entries.set(record.id, { record, text })
  }
}

function newTrackId(prefix: string): string {
  const [day, time] = new Date().toISOString().replaceAll(/[-:]/g, '').split(/[T.]/)
  return `${prefix}_${day}_${time}_${randomBytes(4).toString('hex')}`
}

function success(track_id: string): InsertResponse {
  return { status: 'success', message: 'Taken in', track_id }
}

function partly(track_id: string, known: number): InsertResponse {
  return { status: 'partial_success', message: `${known} of them were here already`, track_id }
}

function duplicated(track_id: string): InsertResponse {
  return { status: 'duplicated', message: 'Known already', track_id }
}

function answerFrom(found: readonly Entry[]): string {
  return found.map(({ text }) => text.slice(0, 500)).join('\n\n') || 'There are no documents here.'
}

function referencesFor(found: readonly Entry[], params: QueryParams): Reference[] | null {
  if (params.include_references !== true) return null
  return found.map((entry, index) => ({
    reference_id: String(index + 1),
    file_path: entry.record.file_path,
    document_id: entry.record.id,
    citations: [citation(entry)],
    ...(params.include_chunk_content === true ? { content: [entry.text] } : {}),
  }))
}

function citation({ record, text }: Entry) {
  return {
    chunk_id: record.id.replace('doc-', 'chunk-'),
    document_id: record.id,
    ordinal: 0,
    start: 0,
    end: text.length,
    sentence: null,
    headings: [],
    page: null,
    end_page: null,
  }
}
