import type { TestServer } from '../../routes/rest-client.ts'
import type { Cell } from './malformed-cell.ts'

/** What a caller got. */
export interface QuestionOutcome {
  readonly status: number
  /** Of a failure, as the caller is told it. */
  readonly error: string | null
  readonly text: string
  /** Files of the passages, in their order. */
  readonly passages: readonly string[]
  readonly finish: string | null
}

/** How the question of a role is asked, so that this role is needed and few others. */
const ASKED = {
  keywords: ['/query/data', { mode: 'local', enable_rerank: false }],
  answer: ['/query', { mode: 'naive', enable_rerank: false }],
  'streamed answer': ['/query/stream', { mode: 'naive', enable_rerank: false }],
  'embedding of questions': ['/query/data', { mode: 'naive', enable_rerank: false }],
  rerank: ['/query/data', { mode: 'naive' }],
} as const

export type QuestionRole = keyof typeof ASKED

export const isQuestionRole = (role: string): role is QuestionRole => role in ASKED

export async function ask(
  server: TestServer,
  { mark, role }: Cell,
  more: object = {},
): Promise<QuestionOutcome> {
  if (!isQuestionRole(role)) throw new TypeError(`${role} asks no question`)
  const [path, wanted] = ASKED[role]
  const query = `Where does the harbour of ${mark} stand?`
  const response = await fetch(`${server.baseUrl}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, ...wanted, ...more }),
  })
  const lines = (await response.text())
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line))
  const chunks = lines[0]?.data?.chunks ?? []
  return {
    status: response.status,
    error: lines.flatMap(({ error, detail }) => error ?? detail ?? [])[0] ?? null,
    text: lines.map((line) => line.response ?? '').join(''),
    passages: chunks.map(({ file_path }: { file_path: string }) => file_path),
    finish: lines.at(-1)?.finish_reason ?? null,
  }
}
