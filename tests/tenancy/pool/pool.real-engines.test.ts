import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { LightRag } from '../../../src/engine/light-rag.ts'
import { tokenCount } from '../../../src/engine/text/tokenizer.ts'
import { offlineModels } from '../../../src/models/offline/offline-models.ts'
import { openSqliteStore } from '../../../src/stores/sqlite/sqlite-store.ts'
import type { Lease } from '../../../src/tenancy/pool/lease.ts'
import { EnginePool } from '../../../src/tenancy/pool/pool.ts'
import { filesIn } from '../../../src/workspaces/folder/files-in.ts'
import { temporaryFolder } from '../fixtures.ts'

const WORKSPACES = ['a', 'b', 'c', 'd']
const RUNS = Number(process.env.REAL_MODEL_RUNS ?? 8)

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('insert'), at: fc.constantFrom(...WORKSPACES) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('count'), at: fc.constantFrom(...WORKSPACES) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('evict'), at: fc.constantFrom(...WORKSPACES) }),
  },
)

/** Real engines under a pool that is too small for them; the files' own locks watch over it. */
it('loses no write of real engines that are closed and opened all the time', async () => {
  const models = offlineModels(tokenCount)
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 30 }), async (steps) => {
      const root = await temporaryFolder()
      const pool = new EnginePool<LightRag>({
        open: async (workspace) => {
          const dir = join(root, workspace)
          // Refuses when another engine of the workspace is still open.
          const store = await openSqliteStore({ dir, embedding: models.embedding })
          return LightRag.open({
            store,
            models,
            files: filesIn(join(dir, 'inputs')),
            workingDir: dir,
          })
        },
        close: (engine) => engine.close(),
        bytesOf: (engine) => engine.bytes(),
        maxEngines: 2,
        maxBytes: 1e9,
        idleMs: 0,
        acquireTimeoutMs: 60_000,
      })
      const use = async <R>(at: string, work: (engine: LightRag) => Promise<R>): Promise<R> => {
        const lease: Lease<LightRag> = await pool.acquire(at)
        try {
          return await work(lease.engine)
        } finally {
          lease.release()
        }
      }
      const written = new Map(WORKSPACES.map((name) => [name, 0]))
      const count = (at: string) =>
        use(at, async (engine) => (await engine.statusCounts()).status_counts.all)
      await Promise.all(
        steps.map(async ({ kind, at }, number) => {
          if (kind === 'evict') return pool.evict(at)
          if (kind === 'count') return void (await count(at))
          const file_sources = [`${number}.txt`]
          const texts = [`Note ${number} of ${at} is about Mount Brisk.`]
          const { status } = await use(at, (engine) => engine.insertTexts({ texts, file_sources }))
          expect(status).toBe('success')
          written.set(at, (written.get(at) ?? 0) + 1)
        }),
      )
      for (const name of WORKSPACES) expect(await count(name)).toBe(written.get(name))
      expect(await pool.drain(60_000)).toEqual([])
      expect(pool.stats()).toMatchObject({ engines: 0, leases: 0 })
    }),
    { numRuns: RUNS },
  )
}, 300_000)
