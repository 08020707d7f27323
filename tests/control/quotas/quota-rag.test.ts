import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { OPERATOR } from '../../../src/control/authority/actor.ts'
import type { QuotaChange } from '../../../src/control/quotas/quota.ts'
import { quotaRag } from '../../../src/control/quotas/quota-rag.ts'
import type { LightRag } from '../../../src/engine/light-rag.ts'
import { RAG_METHODS, RAG_STREAMS, type Rag } from '../../../src/engine/rag.ts'
import { context } from '../../../src/tenancy/context.ts'
import { openEngine, type TestEngine } from '../../engine/open-engine.ts'
import { addTenant, NOTHING_MEASURED, openPlane, type TestPlane } from '../plane.ts'

describe('an engine within the quotas of a tenant', () => {
  let plane: TestPlane
  let engine: TestEngine
  let rag: Rag

  beforeEach(async () => {
    engine = await openEngine()
    plane = await openPlane({ measure: () => measured(engine.rag) })
    await addTenant(plane, 'acme')
  })
  afterEach(async () => {
    await engine.close()
    await plane.remove()
  })

  const bound = async (quota: QuotaChange, credit: number | null = null) => {
    await plane.tenants.update(OPERATOR, 'acme', { quota, credit })
    rag = quotaRag(engine.rag, { quotas: plane.quotas, context, abandonAfterMs: 200 })
  }
  const inAcme = async <R>(work: () => R): Promise<Awaited<R>> => {
    const principal = (await plane.directory.findByUsername('acme-owner'))?.principal
    if (principal === undefined) throw new Error('there is no owner')
    return await context.run({ principal, workspace: 'acme__default', requestId: 'r' }, work)
  }
  const insert = (n: number) =>
    inAcme(() => rag.insertTexts({ texts: [`Text ${n} of Ada.`], file_sources: [`${n}.txt`] }))
  const used = async () => (await plane.quotas.state(OPERATOR, 'acme')).used

  it('keeps exactly 50 of 200 inserts at once when there may be 50 documents', async () => {
    await bound({ max_documents: 50 })
    const results = await Promise.allSettled(Array.from({ length: 200 }, (_, n) => insert(n)))
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(50)
    for (const result of results) {
      if (result.status === 'rejected') {
        expect(result.reason).toMatchObject({
          code: 'quota_exceeded',
          details: { quota: 'max_documents', limit: 50 },
        })
      }
    }
    expect((await engine.rag.statusCounts()).status_counts.all).toBe(50)
    expect((await used()).documents).toBe(50)
    expect(await plane.core.db.selectFrom('reservations').selectAll().execute()).toEqual([])
  })

  it('writes down no calls of a tenant that was purged meanwhile', async () => {
    await bound({})
    await insert(1)
    await plane.deletions.deleteTenant(OPERATOR, 'acme', 'acme')
    await plane.deletions.purgeTenantNow(OPERATOR, 'acme')
    await plane.quotas.calls.flush()
    await plane.usage.flush()
    for (const table of ['monthly_calls', 'usage', 'tenants'] as const) {
      expect(await plane.core.db.selectFrom(table).selectAll().execute()).toEqual([])
    }
  })

  it('counts a document that is there already once, and a failed insert not at all', async () => {
    await bound({ max_documents: 2 })
    await insert(1)
    expect(await insert(1)).toMatchObject({ status: 'duplicated' })
    await expect(
      inAcme(() => rag.insertFile({ file_name: 'a.exe' }, chunks(10))),
    ).rejects.toMatchObject({ code: 'unsupported_file_type' })
    expect((await used()).documents).toBe(1)
    await insert(2)
    await expect(insert(3)).rejects.toMatchObject({ code: 'quota_exceeded' })
  })

  it('takes a batch as a whole or not at all', async () => {
    await bound({ max_documents: 3 })
    const batch = (texts: string[]) =>
      inAcme(() => rag.insertTexts({ texts, file_sources: texts.map((text) => `${text}.txt`) }))
    await batch(['one', 'two'])
    await expect(batch(['three', 'four'])).rejects.toMatchObject({ code: 'quota_exceeded' })
    await batch(['five'])
    expect((await used()).documents).toBe(3)
  })

  it('refuses a method without a rule, whoever calls it', async () => {
    const reached: string[] = []
    const extended: Rag = Object.assign(Object.create(engine.rag), {
      planted: async () => reached.push('method'),
      plantedStream: () => reached.push('stream'),
    })
    const methods = RAG_METHODS as unknown as string[]
    const streams = RAG_STREAMS as unknown as string[]
    methods.push('planted')
    streams.push('plantedStream')
    try {
      await plane.tenants.update(OPERATOR, 'acme', { quota: {}, credit: null })
      rag = quotaRag(extended, { quotas: plane.quotas, context })
    } finally {
      methods.pop()
      streams.pop()
    }
    for (const name of ['planted', 'plantedStream']) {
      const call = () => Reflect.get(rag, name)()
      await expect(inAcme(async () => call())).rejects.toThrow(
        `No quota is stated for the engine's method ${name}`,
      )
      expect(call).toThrow('No quota is stated')
    }
    expect(reached).toEqual([])
  })

  it('makes room again when documents are deleted', async () => {
    await bound({ max_documents: 1 })
    await insert(1)
    await engine.rag.idle()
    await inAcme(() => rag.clearDocuments())
    await engine.rag.idle()
    await expect
      .poll(
        async () =>
          insert(2).then(
            () => true,
            () => false,
          ),
        { timeout: 50_000 },
      )
      .toBe(true)
  })

  it('breaks an upload off at the bound on storage, and gives back what it held', async () => {
    await bound({ max_storage_gb: 0.2 })
    const upload = (name: string, megabytes: number) =>
      inAcme(() => rag.insertFile({ file_name: name }, chunks(megabytes)))
    await expect(upload('large.txt', 20)).rejects.toMatchObject({ code: 'storage_exceeded' })
    expect(await plane.core.db.selectFrom('reservations').selectAll().execute()).toEqual([])
    expect(await upload('small.txt', 1)).toMatchObject({ status: 'success' })
    expect(await plane.core.db.selectFrom('reservations').selectAll().execute()).toEqual([])
  })

  it('bounds queries at once, open streams among them, and their abandonment frees them', async () => {
    await bound({ max_concurrent_queries: 1 })
    await insert(1)
    const stream = await inAcme(() => [rag.queryStream({ query: 'Who is Ada?', mode: 'naive' })])
    const iterator = stream[0]?.[Symbol.asyncIterator]()
    await iterator?.next()
    const ask = () => inAcme(() => rag.query({ query: 'Who is Ada?', mode: 'naive' }))
    await expect(ask()).rejects.toMatchObject({ code: 'queries_at_once', retryAfterSeconds: 1 })
    await iterator?.return?.()
    await expect(ask()).resolves.toBeDefined()
    await inAcme(() => [rag.queryStream({ query: 'Who is Ada?', mode: 'naive' })])
    await expect.poll(async () => (await used()).concurrent_queries).toBe(0)
  })

  it('admits nothing that works once the processor of an hour is used up, and shows what was used', async () => {
    await bound({ max_cpu_seconds_per_hour: 2 })
    await insert(1)
    const seconds = (ms: number) => {
      const share = { workspace: 'acme__default', ms }
      plane.cpu.record([
        { ...share, kind: 'loop' },
        { ...share, kind: 'files', ms: ms * 2 },
      ])
      plane.cpu.record([{ workspace: 'nobodys', kind: 'loop', ms: 9000 }])
      return expect.poll(async () => (await used()).cpu_seconds)
    }
    await (await seconds(500)).toBe(1.5)
    await insert(2)
    await (await seconds(200)).toBe(2.1)
    const refused = {
      code: 'cpu_exhausted',
      message: 'This tenant may take 2 seconds of the processor an hour',
      details: { quota: 'max_cpu_seconds_per_hour', limit: 2, used: 2.1 },
      retryAfterSeconds: expect.any(Number),
    }
    const query = { query: 'Who is Ada?', mode: 'naive' } as const
    const calls: (() => Promise<unknown>)[] = [
      () => insert(3),
      () => inAcme(() => rag.insertFile({ file_name: 'a.txt' }, chunks(10))),
      () => inAcme(() => rag.query(query)),
      () => inAcme(() => rag.queryStream(query)[Symbol.asyncIterator]().next()),
      () => inAcme(() => rag.exportGraph({ format: 'csv' })[Symbol.asyncIterator]().next()),
      () => inAcme(() => rag.subgraph({ label: 'Ada', max_depth: 1, max_nodes: 5 })),
      () => inAcme(() => rag.entityCreate({ entity_name: 'Bob', entity_data: {} })),
      () => inAcme(() => rag.scan()),
      () => inAcme(() => rag.reprocessFailed()),
    ]
    for (const call of calls) await expect(call()).rejects.toMatchObject(refused)
    expect(await plane.quotas.putOffMs('acme__default')).toBeGreaterThan(0)
    // What frees, and what looks, is let through.
    await inAcme(() => rag.listDocuments({}))
    await inAcme(() => rag.clearDocuments())
    await bound({ max_cpu_seconds_per_hour: null })
    await insert(4)
    expect(await plane.quotas.putOffMs('acme__default')).toBe(0)
  })

  it('tells what was used of the processor by day, knowledge base and place, and of no other tenant', async () => {
    const { tenant } = await addTenant(plane, 'globex')
    const ms = 1000
    plane.cpu.record([
      { workspace: 'acme__default', kind: 'loop', ms },
      { workspace: 'acme__default', kind: 'texts', ms: 250 },
      { workspace: 'globex__default', kind: 'loop', ms: 7000 },
    ])
    plane.cpu.record([{ workspace: 'acme__default', kind: 'loop', ms: 500 }])
    const { processor } = await plane.usage.report(OPERATOR, 'acme', { group_by: ['model'] })
    expect(processor).toEqual({
      rows: [
        { day: null, kb_id: null, kind: 'loop', cpu_seconds: 1.5 },
        { day: null, kb_id: null, kind: 'texts', cpu_seconds: 0.25 },
      ],
      cpu_seconds: 1.75,
    })
    const byDay = await plane.usage.report(OPERATOR, 'globex', { group_by: ['day', 'kb'] })
    expect(byDay.processor.rows).toEqual([
      { day: expect.any(String), kb_id: expect.any(String), kind: 'loop', cpu_seconds: 7 },
    ])
    await plane.deletions.deleteTenant(OPERATOR, tenant.tenant_id, 'globex')
    plane.cpu.record([{ workspace: 'globex__default', kind: 'loop', ms }])
    await plane.deletions.purgeTenantNow(OPERATOR, tenant.tenant_id)
    await plane.cpu.flush()
    const left = await plane.core.db.selectFrom('cpu_usage').select('tenant_id').execute()
    expect(left.filter(({ tenant_id }) => tenant_id === tenant.tenant_id)).toEqual([])
  })

  it('counts the calls of a month, also over a restart, and not the look at its state', async () => {
    await bound({ max_monthly_api_calls: 3 })
    await inAcme(() => rag.status())
    for (let n = 0; n < 3; n += 1) await inAcme(() => rag.entityNames())
    await expect(inAcme(() => rag.entityNames())).rejects.toMatchObject({ code: 'calls_exhausted' })
    plane = await plane.again()
    expect((await used()).monthly_api_calls).toBe(3)
  })

  it('admits nothing without credit, and books what calls have cost', async () => {
    await plane.remove()
    plane = await openPlane({ prices: { '*': { prompt: 1000, completion: 0 } } })
    await addTenant(plane, 'acme')
    await bound({}, 5)
    const call = { model: 'm', lane: 'query', promptTokens: 3, completionTokens: 1 } as const
    plane.usage.record({ ...call, workspace: 'acme__default' }, 'usr_1')
    const report = await plane.usage.report(OPERATOR, 'acme', { group_by: ['model', 'actor'] })
    expect(report.rows).toMatchObject([{ model: 'm', actor: 'usr_1', used_tokens: 4, cost: 3 }])
    await expect.poll(async () => (await plane.quotas.state(OPERATOR, 'acme')).credit).toBe(2)
    plane.usage.record({ ...call, workspace: 'acme__default' })
    await plane.usage.flush()
    await expect(
      inAcme(() => rag.query({ query: 'Who is Ada?', mode: 'naive' })),
    ).rejects.toMatchObject({ code: 'credit_exhausted' })
    expect((await plane.tenants.get(OPERATOR, 'acme')).credit).toBe(-1)
  })

  it('leaves a workspace of no tenant alone', async () => {
    await bound({ max_documents: 0 })
    const principal = (await plane.directory.findByUsername('acme-owner'))?.principal
    if (principal === undefined) throw new Error('there is no owner')
    const answer = context.run({ principal, workspace: 'other', requestId: 'r' }, () =>
      rag.insertTexts({ texts: ['free'] }),
    )
    expect(await answer).toMatchObject({ status: 'success' })
  })
})

async function measured(rag: LightRag) {
  const { counts } = await rag.status()
  return { ...NOTHING_MEASURED, documents: counts.documents, entities: counts.entities }
}

async function* chunks(megabytes: number): AsyncIterable<Uint8Array> {
  for (let n = 0; n < megabytes; n += 1) yield Buffer.alloc(1024 * 1024, 'a b c ')
}
