import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type ReplyCheck, replyCheck } from '../contract/reply-check.ts'
import type { ModelServer } from '../fixtures/model-server/model-server.ts'
import { startTestServer, type TestServer } from '../server/test-server.ts'

export const PASSWORD = 'correct horse battery'
const OPERATOR_KEY = 'the-key-of-the-operator'

export type Headers = Readonly<Record<string, string>>

export interface Answer {
  readonly status: number
  readonly headers: globalThis.Headers
  readonly text: string
  /** The text as JSON; an empty object where it is none. */
  readonly body: Record<string, unknown>
}

export interface Account {
  readonly id: string
  readonly username: string
  /** Of a token. */
  readonly headers: Headers
}

/** The real server with tenants on; every answer is held against the description of the API. */
export interface Management {
  readonly server: TestServer
  readonly operator: Headers
  call(who: Headers, method: string, path: string, body?: unknown): Promise<Answer>
  /** Fails unless the status is the expected one. */
  ask(who: Headers, method: string, path: string, body?: unknown): Promise<Record<string, unknown>>
  /** A new user, signed in. */
  addUser(username: string): Promise<Account>
  signIn(username: string, password?: string): Promise<Headers>
  /** Inserts a text and waits until it can be found. */
  insert(who: Headers, text: string, prefix?: string): Promise<void>
  auditLines(): Promise<{ readonly event: string; readonly request?: string; code?: string }[]>
  close(): Promise<void>
}

export async function startManagement(env: Headers = {}): Promise<Management> {
  const server = await startTestServer(
    [
      {
        username: 'operator',
        password: PASSWORD,
        api_key: OPERATOR_KEY,
        workspace: 'operator-space',
        super_admin: true,
      },
    ],
    { ENABLE_MULTI_TENANTS: 'true', ...env },
  )
  const call = callerOf(server.url, await replyCheck())
  const operator = { 'x-api-key': OPERATOR_KEY }
  const ask: Management['ask'] = async (who, method, path, body) => {
    const answer = await call(who, method, path, body)
    if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`)
    return answer.body
  }
  const signIn = async (username: string, password = PASSWORD) => {
    const body = new URLSearchParams({ username, password })
    const login = await fetch(`${server.url}/login`, { method: 'POST', body })
    const { access_token } = (await login.json()) as { access_token?: string }
    if (access_token === undefined) throw new Error(`no login: ${login.status}`)
    return { authorization: `Bearer ${access_token}` }
  }
  return {
    server,
    operator,
    call,
    ask,
    signIn,
    addUser: async (username) => {
      const email = `${username}@example.com`
      const user = { username, email, password: PASSWORD }
      const { user_id } = await ask(operator, 'POST', '/api/v1/admin/users', user)
      return { id: String(user_id), username, headers: await signIn(username) }
    },
    insert: async (who, text, prefix = '') => {
      const { track_id } = await ask(who, 'POST', `${prefix}/documents/text`, { text })
      for (;;) {
        const { documents } = await ask(who, 'GET', `${prefix}/documents/track_status/${track_id}`)
        const [document] = documents as { status: string }[]
        if (document?.status === 'processed') return
        await pause()
      }
    },
    auditLines: async () => {
      while (((await server.gauges()).audit?.waiting ?? 0) > 0) await pause()
      const file = join(server.folder, 'rag_storage/_control/audit.log')
      const lines = (await readFile(file, 'utf8')).trimEnd().split('\n')
      return lines.map((line) => JSON.parse(line))
    },
    close: () => server.close(),
  }
}

function callerOf(url: string, check: ReplyCheck): Management['call'] {
  return async (who, method, path, body) => {
    const type: Headers = body === undefined ? {} : { 'content-type': 'application/json' }
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { ...who, ...type },
      body: body === undefined ? null : JSON.stringify(body),
    })
    const text = await response.text()
    const contentType = response.headers.get('content-type') ?? ''
    const isJson = contentType.startsWith('application/json') && text !== ''
    const { status, headers } = response
    const parsed = isJson ? JSON.parse(text) : {}
    check({ method, path, status, contentType, text, body: parsed })
    return { status, headers, text, body: parsed }
  }
}

/** Settings for a server whose language model is this one, asked anew each time. */
export function askedOf(provider: ModelServer): Headers {
  return {
    LLM_BINDING: 'openai',
    LLM_BINDING_HOST: provider.openAiUrl,
    LLM_BINDING_API_KEY: 'key-of-the-provider',
    LLM_MODEL: 'some-model',
    ENABLE_LLM_CACHE: 'false',
  }
}

export function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 10))
}
