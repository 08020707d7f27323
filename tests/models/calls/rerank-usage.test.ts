import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { loadConfig } from '../../../src/config/config.ts'
import type { UsageRecord } from '../../../src/models/calls/call-usage.ts'
import { buildModels } from '../../../src/server/models/build-models.ts'
import { openSqliteStore } from '../../../src/stores/sqlite/sqlite-store.ts'
import { startModelServer } from '../../fixtures/model-server/model-server.ts'

it('counts calls of a reranker among those of its workspace', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'rerank-usage-'))
  const server = await startModelServer({ apiKey: 'rank-key' })
  try {
    const records: UsageRecord[] = []
    const config = loadConfig({
      WORKING_DIR: dir,
      RERANK_BINDING: 'cohere',
      RERANK_BINDING_HOST: `${server.url}/rerank`,
      RERANK_BINDING_API_KEY: 'rank-key',
      RERANK_MODEL: 'ranker',
    })
    const models = await buildModels(config, (record) => records.push(record))
    const store = await openSqliteStore({ dir: join(dir, 'acme'), embedding: models.embedding })
    await models.of('acme', store).reranker?.rerank('tea', ['tea', 'coal'], 1, { lane: 'query' })
    await store.close()
    expect(records).toMatchObject([{ workspace: 'acme', model: 'ranker', promptTokens: 21 }])
    expect(models.usage('acme')).toMatchObject({ ranker: {} })
  } finally {
    await server.close()
    await rm(dir, { recursive: true })
  }
})
