import { openAsBlob } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { timerMs } from '../../engine/work/timer-ms.ts'
import type { LocalFile } from './local-files.ts'
import { SyncError } from './sync-error.ts'

export interface SyncClientOptions {
  readonly url: string
  readonly workspace: string | undefined
  readonly key: string | undefined
}

/** A document that came from a folder. */
export interface SyncedDocument {
  readonly id: string
  readonly status: string
  /** Of the file that it was made of, within its folder. */
  readonly path: string
  readonly sha256: string
  readonly enabled: boolean
}

/** What is kept with a document; `sync_folder` is the name of its folder. */
export interface SyncMetadata {
  readonly sync_folder: string
  readonly sync_path: string
  readonly sync_sha256: string
}

const MOST_TRIES = 8
const LONGEST_WAIT_MS = 60_000
const PAGE = 200
/** Between the folders of a path and its name, which may have no slash. */
const FOLDER_SIGN = ' › '

interface Listed {
  readonly id: string
  readonly status: string
  readonly metadata: Partial<SyncMetadata> & { readonly enabled?: boolean }
}

/** The calls of a server's API that a folder is brought there by. */
export class SyncClient {
  readonly #options: SyncClientOptions

  constructor(options: SyncClientOptions) {
    if (!URL.canParse(options.url)) throw new SyncError(`This is no URL: ${options.url}`)
    this.#options = options
  }

  async extensions(): Promise<ReadonlySet<string>> {
    const reply = await this.#json('GET', '/documents/supported_file_types')
    return new Set((reply as { supported_extensions: string[] }).supported_extensions)
  }

  /** All documents that came from the folder of this name, by their paths in it. */
  async documents(folder: string): Promise<Map<string, SyncedDocument>> {
    const found = new Map<string, SyncedDocument>()
    let cursor: string | null = null
    do {
      const body: object = { page_size: PAGE, sort_field: 'id', sort_direction: 'asc', cursor }
      const reply = (await this.#json('POST', '/documents/paginated', body)) as {
        documents: Listed[]
        next_cursor: string | null
      }
      for (const { id, status, metadata } of reply.documents) {
        const { sync_folder, sync_path: path, sync_sha256: sha256, enabled = true } = metadata
        if (sync_folder !== folder || path === undefined || sha256 === undefined) continue
        found.set(path, { id, status, path, sha256, enabled })
      }
      cursor = reply.next_cursor
    } while (cursor !== null)
    return found
  }

  /** @returns null when it was taken in, else why it was not */
  async upload(file: LocalFile, metadata: SyncMetadata): Promise<string | null> {
    const form = new FormData()
    form.append('external_id', `${metadata.sync_folder}/${file.path}`)
    form.append('metadata', JSON.stringify(metadata))
    const name = file.path.split('/').join(FOLDER_SIGN)
    form.append('file', await openAsBlob(file.place), name)
    const path = '/documents/upload?on_conflict=replace'
    const response = await this.#send('POST', path, form)
    const reply = (await response.json().catch(() => ({}))) as { status?: string; message?: string }
    if (response.ok && reply.status === 'success') return null
    return reply.message ?? whyNot(response, reply)
  }

  async setEnabled({ id }: SyncedDocument, enabled: boolean): Promise<void> {
    await this.#json('PATCH', `/documents/${encodeURIComponent(id)}`, { enabled })
  }

  async delete(documents: readonly SyncedDocument[]): Promise<void> {
    for (let at = 0; at < documents.length; at += PAGE) {
      const doc_ids = documents.slice(at, at + PAGE).map(({ id }) => id)
      await this.#json('DELETE', '/documents/delete_document', { doc_ids })
    }
  }

  async #json(method: string, path: string, body?: object): Promise<unknown> {
    const response = await this.#send(method, path, body && JSON.stringify(body))
    if (response.ok) return response.json()
    const reply: unknown = await response.json().catch(() => ({}))
    throw new SyncError(`${method} ${path}: ${whyNot(response, reply)}`)
  }

  /** Once more when the server is too busy and says when to come back. */
  async #send(method: string, path: string, body?: FormData | string): Promise<Response> {
    const { url, workspace, key } = this.#options
    const headers = {
      ...(key ? { 'x-api-key': key } : {}),
      ...(workspace ? { 'lightrag-workspace': workspace } : {}),
      ...(typeof body === 'string' ? { 'content-type': 'application/json' } : {}),
    }
    for (let tries = 1; ; tries++) {
      const response = await fetch(new URL(path, url), {
        method,
        headers,
        redirect: 'error',
        ...(body === undefined ? {} : { body }),
      }).catch((cause: unknown) => {
        throw new SyncError(`The server at ${url} does not answer.`, { cause })
      })
      const isBusy = response.status === 429 || response.status === 503
      const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
      if (!isBusy || Number.isNaN(seconds) || tries === MOST_TRIES) return response
      await response.body?.cancel()
      await sleep(timerMs(Math.max(100, seconds * 1000), LONGEST_WAIT_MS))
    }
  }
}

function whyNot({ status }: Response, reply: unknown): string {
  const detail = (reply as { detail?: unknown }).detail
  const said = typeof detail === 'string' ? detail : JSON.stringify(detail ?? '')
  return `${status} ${said.slice(0, 300)}`.trim()
}
