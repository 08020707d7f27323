import { setTimeout as sleep } from 'node:timers/promises'
import { patientFetch } from '../../src/demo/patient-fetch.ts'
import { type EvalDocument, fullText } from './dataset.ts'

/** Passages asked for with each query: enough that ten documents are among them. */
const CHUNKS = 20
const BATCH = 50

/** The HTTP calls of a measurement, against one workspace of a running server. */
export class EvalClient {
  readonly #url: string
  readonly #headers: Record<string, string>

  constructor(url: string, key?: string) {
    this.#url = url.replace(/\/$/, '')
    this.#headers = {
      'content-type': 'application/json',
      ...(key === undefined ? {} : { 'x-api-key': key }),
    }
  }

  /**
   * Inserts the documents under their ids and waits until all are processed.
   *
   * @param onProgress told how many documents are processed
   */
  async load(documents: readonly EvalDocument[], onProgress: (done: number) => void) {
    const before = (await this.#counts()).all ?? 0
    if (before > 0) throw new Error(`the workspace already holds ${before} documents`)
    for (let start = 0; start < documents.length; start += BATCH) {
      const batch = documents.slice(start, start + BATCH)
      const reply = await this.#post('/documents/texts', {
        texts: batch.map(fullText),
        file_sources: batch.map(({ id }) => id),
      })
      if (reply.status !== 'success') throw new Error(`insert: ${JSON.stringify(reply)}`)
      onProgress((await this.#counts()).processed ?? 0)
    }
    let counts = await this.#counts()
    while ((counts.processed ?? 0) + (counts.failed ?? 0) < documents.length) {
      onProgress(counts.processed ?? 0)
      await sleep(200)
      counts = await this.#counts()
    }
    onProgress(counts.processed ?? 0)
    if (counts.failed) throw new Error(`${counts.failed} documents failed`)
  }

  /** Ids of the documents whose passages a query finds, in the order of their best passage. */
  async search(query: string, mode: string): Promise<string[]> {
    const reply = await this.#post('/query/data', { query, mode, chunk_top_k: CHUNKS })
    const chunks = (reply.data as { chunks?: { file_path: string }[] }).chunks ?? []
    return [...new Set(chunks.map((chunk) => chunk.file_path))]
  }

  async #counts(): Promise<Record<string, number>> {
    const url = `${this.#url}/documents/status_counts`
    const response = await patientFetch(url, { headers: this.#headers })
    const body = await readJson(response)
    return body.status_counts as Record<string, number>
  }

  async #post(path: string, body: unknown): Promise<Record<string, unknown>> {
    const init = { method: 'POST', headers: this.#headers, body: JSON.stringify(body) }
    return readJson(await patientFetch(this.#url + path, init))
  }
}

async function readJson(response: Response): Promise<Record<string, unknown>> {
  const text = await response.text()
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}: ${text}`)
  return JSON.parse(text)
}
