import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { loadConfig } from '../../src/config/config.ts'
import { type Server, startServer } from '../../src/main.ts'
import { TEST_HOSTS } from '../server/test-hosts.ts'
import { type Answer, send } from './http-call.ts'
import type { Call, Ids } from './route-cases.ts'

export const HOST_SUFFIX = 'rag.test'

/** The words of one company; none of them stands anywhere in the world of the other. */
export interface Company {
  readonly username: string
  readonly password: string
  readonly key: string
  readonly workspace: string
  readonly entity: string
  readonly otherEntity: string
  readonly file: string
  readonly text: string
}

function company(mark: string, person: string, place: string): Company {
  const text = `${person} met Doctor Livingstone at ${place}. ${person} keeps the code word ${mark}flute. ${place} belongs to ${person}.`
  return {
    username: `${mark}-user`,
    password: `${mark}-password-of-the-user`,
    key: `${mark}-key-0123456789abcdef`,
    workspace: `${mark}-space`,
    entity: person,
    otherEntity: place,
    file: `${mark}-plan.txt`,
    text,
  }
}

export const OWNER = company('kvmnt', 'Zorblax Quillmark', 'Mount Vexington')
export const INTRUDER = company('pwzrt', 'Harlan Dunmore', 'Lake Brindle')

/** What nobody but the owner may ever read. */
export const CANARIES: readonly string[] = ['kvmnt', 'Zorblax', 'Quillmark', 'Vexington']

/** The canaries of a text, those left out that the reader had sent. */
export function canariesIn(text: string, sent: string): string[] {
  const [read, known] = [text.toLowerCase(), sent.toLowerCase()]
  return CANARIES.map((word) => word.toLowerCase()).filter(
    (word) => read.includes(word) && !known.includes(word),
  )
}

export interface Running {
  readonly server: Server
  readonly log: string[]
  /** Calls with the headers of a company, and more. */
  call(method: string, call: Call, headers: Readonly<Record<string, string>>): Promise<Answer>
  auditLines(): Promise<{ readonly request?: string; readonly event: string }[]>
}

/** The real server over `folder`, with both companies as users. */
export async function startFor(folder: string): Promise<Running> {
  const usersFile = join(folder, 'users.json')
  const users = [OWNER, INTRUDER].map(({ username, password, key, workspace }) => ({
    username,
    password,
    api_key: key,
    workspace,
  }))
  await writeFile(usersFile, JSON.stringify({ users }))
  const log: string[] = []
  const server = await startServer(
    loadConfig({
      HOST: '127.0.0.1',
      PORT: '0',
      WORKING_DIR: join(folder, 'rag_storage'),
      INPUT_DIR: join(folder, 'inputs'),
      USERS_FILE: usersFile,
      TENANT_HOST_SUFFIX: HOST_SUFFIX,
      LOG_LEVEL: 'trace',
      // A busy machine is no reason for a test to be refused.
      MAX_EVENT_LOOP_DELAY_MS: '0',
      ...TEST_HOSTS,
    }),
    { logStream: { write: (line) => log.push(line) } },
  )
  return {
    server,
    log,
    call: (method, call, headers) => send(server.url, method, call, headers),
    auditLines: async () => {
      while (((await server.gauges()).audit?.waiting ?? 0) > 0) await pause()
      const text = await readFile(join(folder, 'rag_storage/_control/audit.log'), 'utf8')
      return text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line))
    },
  }
}

/** Stores the company's document and waits until it can be found. */
export async function fill({ call }: Running, owner: Company): Promise<Ids> {
  const headers = { 'x-api-key': owner.key }
  const { entity, otherEntity, file, text } = owner
  const upload = { path: '/documents/upload', upload: { name: file, content: text } }
  const { track_id: trackId } = JSON.parse((await call('POST', upload, headers)).text)
  for (;;) {
    const status = await call('GET', { path: `/documents/track_status/${trackId}` }, headers)
    const [document] = JSON.parse(status.text).documents
    if (document?.status === 'processed') {
      const { text: chunks } = await call(
        'GET',
        { path: `/documents/${document.id}/chunks` },
        headers,
      )
      const chunkId = JSON.parse(chunks).chunks[0].chunk_id
      return { documentId: document.id, chunkId, trackId, entity, otherEntity, file, text }
    }
    await pause()
  }
}

/** Ids of the same shape that nobody has. */
export function inventedIds(ids: Ids): Ids {
  const turned = (text: string) =>
    text.replaceAll(/[0-9a-f]/g, (digit) => (digit === '7' ? '3' : '7'))
  return {
    documentId: turned(ids.documentId),
    chunkId: turned(ids.chunkId),
    trackId: turned(ids.trackId),
    entity: 'Nobody Inparticular',
    otherEntity: 'Nowhere Atall',
    file: 'nothing-at-all.txt',
    text: 'There is nothing to be said of Nobody Inparticular.',
  }
}

export function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 10))
}
