import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { OPERATOR } from '../../../src/control/authority/actor.ts'
import { graphBoundsOf } from '../../../src/control/quotas/graph-room.ts'
import type { QuotaChange } from '../../../src/control/quotas/quota.ts'
import { quotaRag } from '../../../src/control/quotas/quota-rag.ts'
import type { Extraction, ExtractionInput } from '../../../src/engine/ports/models.ts'
import type { Rag } from '../../../src/engine/rag.ts'
import { context } from '../../../src/tenancy/context.ts'
import { openEngine, type TestEngine } from '../../engine/open-engine.ts'
import { addTenant, openPlane, type TestPlane } from '../plane.ts'

/** Every word with a capital is an entity, and is related to the next one. */
async function extract({ text }: ExtractionInput): Promise<Extraction> {
  const names = [...new Set(text.match(/\b[A-Z][a-z]+\d*/g))]
  const said = { description: 'is named', type: 'thing' }
  return {
    entities: names.map((name) => ({ name, ...said })),
    relations: names.slice(1).map((target, i) => {
      return { source: names[i] ?? '', target, description: 'x', keywords: 'x', weight: 1 }
    }),
  }
}

describe('the graph of a knowledge base', () => {
  let plane: TestPlane
  let engine: TestEngine
  let rag: Rag

  beforeEach(async () => {
    plane = await openPlane()
    await addTenant(plane, 'acme')
    engine = await openEngine(
      { extractor: { id: 'capitals', extract } },
      { maxParallelInsert: 8 },
      { graphBounds: async () => graphBoundsOf(await plane.quotas.tenantKbs.of('acme__default')) },
    )
    rag = quotaRag(engine.rag, { quotas: plane.quotas, context })
  })
  afterEach(async () => {
    await engine.close()
    await plane.remove()
  })

  const bound = (quota: QuotaChange) => plane.tenants.update(OPERATOR, 'acme', { quota })
  const inAcme = async <R>(work: () => R): Promise<Awaited<R>> => {
    const principal = (await plane.directory.findByUsername('acme-owner'))?.principal
    if (principal === undefined) throw new Error('there is no owner')
    return await context.run({ principal, workspace: 'acme__default', requestId: 'r' }, work)
  }
  const insert = async (label: string, text: string, on_conflict?: 'replace') => {
    const more = on_conflict === undefined ? {} : { on_conflict }
    await inAcme(() => rag.insertTexts({ texts: [text], file_sources: [label], ...more }))
    await engine.rag.idle()
  }
  const documents = async () => {
    const { documents: found } = await engine.rag.listDocuments({})
    return Object.fromEntries(found.map((one) => [one.file_path, one]))
  }
  const counts = async () => (await engine.rag.status()).counts
  const reservations = () => plane.core.db.selectFrom('reservations').selectAll().execute()

  it('takes none of a document that brings more than there is room for, which fails with why', async () => {
    await bound({ max_entities_per_kb: 4 })
    await insert('one.txt', 'Ada met Bob.')
    await insert('two.txt', 'Bob met Cid, Dora and Eve.')
    const { 'one.txt': one, 'two.txt': two } = await documents()
    expect(one?.status).toBe('processed')
    expect(two).toMatchObject({
      status: 'failed',
      error_msg: 'There may be 4 entities here; with this there would be 5.',
    })
    expect(await counts()).toMatchObject({ entities: 2, relations: 1, chunks: 1 })
    expect(await reservations()).toEqual([])
    // Just as much as there is room for, with what is known counted once.
    await insert('three.txt', 'Bob met Cid and Dora.')
    expect((await documents())['three.txt']?.status).toBe('processed')
    expect((await counts()).entities).toBe(4)
  })

  it('bounds relations in the same way', async () => {
    await bound({ max_relationships_per_kb: 3 })
    await insert('one.txt', 'Ada met Bob, Cid, Dora and Eve.')
    expect((await documents())['one.txt']).toMatchObject({
      status: 'failed',
      error_msg: 'There may be 3 relations here; with this there would be 4.',
    })
    await insert('two.txt', 'Ada met Bob, Cid and Dora.')
    expect(await counts()).toMatchObject({ entities: 4, relations: 3 })
  })

  it('is never overshot by many documents at once', async () => {
    await bound({ max_entities_per_kb: 10 })
    const texts = Array.from({ length: 12 }, (_, n) => `Ada${n} met Bob${n} and Cid${n}.`)
    const file_sources = texts.map((_, n) => `${n}.txt`)
    await inAcme(() => rag.insertTexts({ texts, file_sources }))
    await engine.rag.idle()
    const statuses = Object.values(await documents()).map(({ status }) => status)
    expect(statuses.filter((status) => status === 'processed')).toHaveLength(3)
    expect(statuses.filter((status) => status === 'failed')).toHaveLength(9)
    expect((await counts()).entities).toBe(9)
  })

  it('has room again once documents are deleted, for those that failed as well', async () => {
    await bound({ max_entities_per_kb: 3 })
    await insert('one.txt', 'Ada met Bob.')
    await insert('two.txt', 'Cid met Dora and Eve.')
    const { 'one.txt': one } = await documents()
    await inAcme(() => rag.deleteDocuments({ doc_ids: [one?.id ?? ''] }))
    await engine.rag.idle()
    await inAcme(() => rag.reprocessFailed())
    await engine.rag.idle()
    expect((await documents())['two.txt']?.status).toBe('processed')
    expect((await counts()).entities).toBe(3)
  })

  it('may shrink when the bound was lowered below what there is', async () => {
    await insert('one.txt', 'Ada met Bob, Cid, Dora and Eve.')
    await bound({ max_entities_per_kb: 20 })
    await insert('two.txt', 'Fay met Gus.')
    await bound({ max_entities_per_kb: 8 })
    await insert('one.txt', 'Ada met Bob and Cid.', 'replace')
    expect((await documents())['one.txt']?.status).toBe('processed')
    await bound({ max_entities_per_kb: 1 })
    const replaced = inAcme(() =>
      rag.insertTexts({ texts: ['Ada met Bob.'], file_sources: ['one.txt'] }),
    )
    await expect(replaced).rejects.toMatchObject({
      code: 'quota_exceeded',
      details: { quota: 'max_entities_per_kb', limit: 1, used: 5 },
    })
    const { 'one.txt': one } = await documents()
    await inAcme(() => rag.deleteDocuments({ doc_ids: [one?.id ?? ''] }))
    await engine.rag.idle()
    expect((await counts()).entities).toBe(2)
  })

  it('is bounded for what a person adds as well, also when many do at once', async () => {
    await bound({ max_entities_per_kb: 5, max_relationships_per_kb: 1 })
    const create = (n: number) =>
      inAcme(() => rag.entityCreate({ entity_name: `Entity ${n}`, entity_data: {} }))
    const results = await Promise.allSettled(Array.from({ length: 20 }, (_, n) => create(n)))
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(5)
    for (const result of results) {
      if (result.status === 'fulfilled') continue
      expect(result.reason).toMatchObject({
        code: 'quota_exceeded',
        details: { quota: 'max_entities_per_kb', limit: 5, used: 5 },
      })
    }
    expect((await counts()).entities).toBe(5)
    // Of calls made at once, any may come first.
    const created = [...results.keys()].filter((n) => results[n]?.status === 'fulfilled')
    const relate = (target: number) =>
      inAcme(() =>
        rag.relationCreate({
          source_entity: `Entity ${created[0]}`,
          target_entity: `Entity ${created[target]}`,
          relation_data: {},
        }),
      )
    await relate(1)
    await expect(relate(2)).rejects.toMatchObject({
      details: { quota: 'max_relationships_per_kb' },
    })
    await expect(insert('one.txt', 'Ada.')).rejects.toMatchObject({
      details: { quota: 'max_entities_per_kb' },
    })
  })
})
