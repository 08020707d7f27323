import { expect, it, onTestFinished } from 'vitest'
import { ENV_FIELDS } from '../../src/config/config.ts'
import type { EnvField, Range } from '../../src/config/env-fields.ts'
import { startTestServer } from './test-server.ts'

/** What does not go together when all are as small, or as large, as they may be. */
const TOGETHER = {
  min: { BODIES_AT_ONCE_MB: '2' },
  max: {
    // 64 processes, each compiled on its way, say nothing that two do not.
    ENGINE_HOSTS: '2',
    CHUNK_OVERLAP_SIZE: '50000',
    BODIES_AT_ONCE_MB_PER_CALLER: '1024',
    MAX_ASYNC_FOR_QUERIES: '1023',
    EMBEDDING_FUNC_MAX_ASYNC_FOR_QUERIES: '1023',
  },
} as const

function all(which: keyof Range): Record<string, string> {
  const fields = Object.entries<EnvField<unknown> & { range?: Range }>(ENV_FIELDS)
  return Object.fromEntries(
    fields.flatMap(([name, { range }]) => (range === undefined ? [] : [[name, `${range[which]}`]])),
  )
}

it.each(['min', 'max'] as const)(
  'a server whose numbers all stand at their %s takes a text in and answers from it',
  async (which) => {
    const overflows: Error[] = []
    const listen = (warning: Error) => {
      if (warning.name === 'TimeoutOverflowWarning') overflows.push(warning)
    }
    process.on('warning', listen)
    onTestFinished(() => void process.off('warning', listen))
    const server = await startTestServer(null, { ...all(which), ...TOGETHER[which], PORT: '0' })
    const call = async (path: string, body?: unknown) => {
      const answer = await fetch(`${server.url}${path}`, {
        ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
        headers: { 'content-type': 'application/json' },
      })
      return [answer.status, await answer.json()] as const
    }
    try {
      const text = 'The heron of Ghent stands in the reeds.'
      const [status] = await call('/documents/text', { text, file_source: 'heron.txt' })
      expect(status).toBe(200)
      await expect
        .poll(async () => (await call('/documents/status_counts'))[1])
        .toMatchObject({ status_counts: { processed: 1 } })
      const found = await call('/query/data', { query: 'Where does the heron stand?' })
      expect(found).toMatchObject([200, { status: 'success' }])
      expect(overflows).toEqual([])
    } finally {
      await server.close()
    }
  },
)
