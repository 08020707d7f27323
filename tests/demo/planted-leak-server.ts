import { createHash, randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { DemoServer, DemoServerOptions } from '../../src/demo/run-demo.ts'

/** A defect to plant: what one company must not reach, it reaches. */
export type Leak = 'none' | 'answers' | 'citations' | 'listing' | 'tracks' | 'keys' | 'deletion'

interface StoredDocument {
  readonly id: string
  readonly file: string
  readonly text: string
  readonly track: string
  readonly owner: string
}

interface Reply {
  readonly status: number
  readonly body: unknown
}

/**
 * A server of a few lines with LightRAG's wire format and one planted leak. The real server has no
 * such defect, and a demo that cannot fail would prove nothing.
 */
export async function startLeakyServer(
  leak: Leak,
  { usersFile }: DemoServerOptions,
): Promise<DemoServer> {
  const { users } = JSON.parse(await readFile(usersFile, 'utf8')) as {
    users: { api_key: string; workspace: string }[]
  }
  const service = new LeakyService(
    leak,
    new Map(users.map((user) => [user.api_key, user.workspace])),
  )
  const server = createServer(async (request, response) => {
    const { status, body } = await service.answer(request, await readBody(request))
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

class LeakyService {
  readonly #leak: Leak
  readonly #workspaces: ReadonlyMap<string, string>
  #documents: StoredDocument[] = []

  constructor(leak: Leak, workspaces: ReadonlyMap<string, string>) {
    this.#leak = leak
    this.#workspaces = workspaces
  }

  async answer(request: IncomingMessage, body: Buffer): Promise<Reply> {
    const key = String(request.headers['x-api-key'] ?? '')
    const workspace = this.#workspaces.get(key) ?? (this.#leak === 'keys' ? 'acme' : undefined)
    if (!workspace) return { status: 401, body: { detail: 'unknown key' } }
    const named = request.headers['lightrag-workspace'] ?? workspace
    if (named !== workspace) return { status: 403, body: { detail: 'not yours' } }
    const path = request.url ?? ''
    if (path === '/documents/upload') return this.#upload(workspace, request, body)
    if (path === '/documents/paginated') return this.#list(workspace)
    if (path.startsWith('/documents/track_status/')) return this.#track(workspace, path)
    const json = JSON.parse(body.toString()) as { query: string; doc_ids: string[] }
    return path === '/query' ? this.#ask(workspace, json.query) : this.#delete(workspace, json)
  }

  async #upload(owner: string, request: IncomingMessage, body: Buffer): Promise<Reply> {
    const headers = { 'content-type': request.headers['content-type'] ?? '' }
    const form = await new Response(new Uint8Array(body), { headers }).formData()
    const file = form.get('file') as File
    const text = await file.text()
    const id = `doc-${createHash('md5').update(text).digest('hex')}`
    const track = `upload_${randomUUID()}`
    this.#documents.push({ id, file: file.name, text, track, owner })
    return { status: 200, body: { status: 'success', message: '', track_id: track } }
  }

  #list(workspace: string): Reply {
    const reach = (owner: string) => this.#leak === 'listing' || owner === workspace
    return listOf(this.#documents.filter(({ owner }) => reach(owner)))
  }

  #track(workspace: string, path: string): Reply {
    const reach = (owner: string) => this.#leak === 'tracks' || owner === workspace
    return listOf(
      this.#documents.filter(({ owner, track }) => reach(owner) && path.endsWith(track)),
    )
  }

  #ask(workspace: string, query: string): Reply {
    const best = (own: boolean) => this.#best(query, (owner) => (owner === workspace) === own)
    const ours = best(true)
    const told = this.#leak === 'answers' ? best(false) : ours
    const cited = this.#leak === 'citations' ? { ...ours, text: best(false).text } : ours
    const references = [{ reference_id: '1', file_path: cited.file, content: [cited.text] }]
    return { status: 200, body: { response: told.text, references } }
  }

  #best(query: string, reach: (owner: string) => boolean): StoredDocument {
    const words = query.toLowerCase().match(/\w{6,}/g) ?? []
    const score = ({ text }: StoredDocument) =>
      words.reduce((sum, word) => sum + text.toLowerCase().split(word).length, 0)
    const candidates = this.#documents.filter(({ owner }) => reach(owner))
    return candidates.reduce((best, next) => (score(next) > score(best) ? next : best))
  }

  #delete(workspace: string, { doc_ids: ids }: { doc_ids: string[] }): Reply {
    const reach = (owner: string) => this.#leak === 'deletion' || owner === workspace
    this.#documents = this.#documents.filter(({ id, owner }) => !(ids.includes(id) && reach(owner)))
    return { status: 200, body: { status: 'deletion_started', message: '', doc_id: '' } }
  }
}

function listOf(documents: readonly StoredDocument[]): Reply {
  const rows = documents.map(({ id, file }) => ({ id, file_path: file, status: 'processed' }))
  return { status: 200, body: { documents: rows } }
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts)
}
