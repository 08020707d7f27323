import type {
  DocStatusResponse,
  InsertResponse,
  PaginatedDocuments,
} from '../../src/engine/documents/document-calls.ts'
import type { ModelServer } from '../fixtures/model-server/model-server.ts'
import { type RealProcess, startRealProcess } from '../server/real-process.ts'

/** A server of its own that asks the model server for everything, over sockets. */
export function startModelProcess(
  folder: string,
  models: ModelServer,
  env: Readonly<Record<string, string>> = {},
): Promise<RealProcess> {
  return startRealProcess(folder, { ...modelEnv(models), ...env })
}

export function modelEnv(models: ModelServer): Record<string, string> {
  return {
    LLM_BINDING: 'openai',
    LLM_BINDING_HOST: models.openAiUrl,
    LLM_BINDING_API_KEY: 'a key',
    LLM_MODEL: 'served',
    EMBEDDING_BINDING: 'openai',
    EMBEDDING_BINDING_HOST: models.openAiUrl,
    EMBEDDING_BINDING_API_KEY: 'a key',
    EMBEDDING_MODEL: 'served',
    EMBEDDING_DIM: '64',
  }
}

export async function postJson<T>(server: { url: string }, path: string, body: unknown) {
  const response = await fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`${path} answered ${response.status}`)
  return (await response.json()) as T
}

/** Sends the texts under their labels in one request. */
export async function insertTexts(
  server: { url: string },
  texts: ReadonlyMap<string, string>,
): Promise<void> {
  const body = { texts: [...texts.values()], file_sources: [...texts.keys()] }
  const reply = await postJson<InsertResponse>(server, '/documents/texts', body)
  if (reply.status !== 'success') throw new Error(reply.message)
}

export async function documentsOf(server: { url: string }): Promise<DocStatusResponse[]> {
  const page = { page: 1, page_size: 200, sort_field: 'id' }
  const reply = await postJson<PaginatedDocuments>(server, '/documents/paginated', page)
  return [...reply.documents]
}
