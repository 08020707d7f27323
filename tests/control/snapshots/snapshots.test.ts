import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ControlServer, type Person, startControlServer } from '../control-server.ts'

const VIEW = { route: '/documents', state: { filter: 'status:failed', page: 3, sort: ['name', 1] } }

describe('a snapshot', () => {
  let server: ControlServer
  let acme: string
  let techstart: string
  let ann: Person
  let ben: Person
  let tom: Person
  beforeAll(async () => {
    server = await startControlServer()
    ;[ann, ben, tom] = [
      await server.user('ann'),
      await server.user('ben'),
      await server.user('tom'),
    ]
    acme = (await server.plane.tenants.create(actor(ann), { name: 'acme' })).tenant_id
    techstart = (await server.plane.tenants.create(actor(tom), { name: 'techstart' })).tenant_id
    await server.plane.members.add(actor(ann), acme, { user_id: ben.id, role: 'viewer' })
  })
  afterAll(() => server.close())

  const actor = ({ id }: Person) => ({ id, userId: id, superAdmin: false })
  const keep = async (who: Person, more: object = {}) => {
    const { status, body } = await who.call('POST', '/api/v1/snapshots', {
      body: { ...VIEW, ...more },
    })
    expect(status).toBe(201)
    return body
  }
  const read = (who: Person, token: string, headers = {}) =>
    who.call('GET', `/api/v1/snapshots/${token}`, { headers })

  it('gives others of its tenant the view that was kept', async () => {
    const { token } = await keep(ann)
    expect(token).toMatch(/^trs_[\w-]{43}$/)
    const { status, body } = await read(ben, token)
    expect(status).toBe(200)
    expect(body).toMatchObject({ ...VIEW, kb: { slug: 'default' } })
    expect(JSON.stringify(body)).not.toContain(acme)
  })

  it('is not found with the credential of another tenant, whatever headers it sends', async () => {
    const { token } = await keep(ann)
    const own = await read(tom, token)
    const unknown = await read(tom, 'trs_nothing')
    expect([own.status, unknown.status]).toEqual([404, 404])
    expect(own.body.detail).toBe(unknown.body.detail)
    for (const tenant of [acme, 'acme']) {
      const named = await read(tom, token, { 'X-Tenant-ID': tenant })
      expect(named.status).toBe(403)
      expect(named.text).not.toContain('status:failed')
    }
    expect((await fetch(`${server.url}/api/v1/snapshots/${token}`)).status).toBe(401)
  })

  it('is not found by a member of both tenants who is in the other one', async () => {
    const both = await server.user('both')
    await server.plane.members.add(actor(ann), acme, { user_id: both.id })
    await server.plane.members.add(actor(tom), techstart, { user_id: both.id })
    const { token } = await keep(ann)
    expect((await read(both, token, { 'X-Tenant-ID': 'techstart' })).status).toBe(404)
    expect((await read(both, token, { 'X-Tenant-ID': 'acme' })).status).toBe(200)
  })

  it('is refused to roles that may not see such a page, and shown where they may', async () => {
    const reader = await server.user('reader')
    const role = 'viewer:read-only' as const
    await server.plane.members.add(actor(ann), acme, { user_id: reader.id, role })
    const documents = await keep(ann)
    const query = await keep(ann, { route: '/query' })
    expect((await read(reader, documents.token)).status).toBe(404)
    expect((await read(reader, query.token)).status).toBe(200)
    const made = await reader.call('POST', '/api/v1/snapshots', { body: VIEW })
    expect(made.status).toBe(403)
  })

  it('is not found by who does not reach its knowledge base', async () => {
    const { kb_id } = await server.plane.kbs.create(actor(ann), acme, { name: 'secret' })
    const limited = await server.user('limited')
    const kb_ids = ['default']
    await server.plane.members.add(actor(ann), acme, { user_id: limited.id, kb_ids })
    const { body } = await ann.call('POST', '/api/v1/snapshots', {
      body: VIEW,
      headers: { 'X-KB-ID': 'secret' },
    })
    expect(body.kb_id).toBe(kb_id)
    expect((await read(limited, body.token)).status).toBe(404)
    expect((await read(ben, body.token)).status).toBe(200)
  })

  it('ends after its uses, also when all come at once', async () => {
    const { token, snapshot_id } = await keep(ann, { max_uses: 3 })
    const answers = await Promise.all(Array.from({ length: 8 }, () => read(ben, token)))
    expect(answers.map(({ status }) => status).sort()).toEqual([
      200,
      200,
      200,
      ...Array(5).fill(404),
    ])
    const { body } = await ann.call('GET', '/api/v1/snapshots')
    const shown = body.items.find(
      (item: { snapshot_id: string }) => item.snapshot_id === snapshot_id,
    )
    expect(shown).toMatchObject({ uses: 3, max_uses: 3, is_active: false })
  })

  it('ends when it is revoked, by its maker or who manages the tenant', async () => {
    const { token, snapshot_id } = await keep(ben)
    const path = `/api/v1/snapshots/${snapshot_id}`
    expect((await tom.call('DELETE', path)).status).toBe(404)
    expect((await read(ann, token)).status).toBe(200)
    expect((await ann.call('DELETE', path)).status).toBe(204)
    expect((await read(ann, token)).status).toBe(404)
    const another = await keep(ann)
    expect((await ben.call('DELETE', `/api/v1/snapshots/${another.snapshot_id}`)).status).toBe(404)
  })

  it('ends with its term', async () => {
    const { token } = await keep(ann, { expires_in: 60 })
    await server.plane.core.mutate(async ({ tx, at }) => {
      const newest = await tx
        .selectFrom('snapshots')
        .select('snapshot_id')
        .orderBy('created_at', 'desc')
        .executeTakeFirstOrThrow()
      await tx
        .updateTable('snapshots')
        .set({ expires_at: at })
        .where('snapshot_id', '=', newest.snapshot_id)
        .execute()
    })
    expect((await read(ann, token)).status).toBe(404)
  })

  it('lists to each their own, and to managers of the tenant all', async () => {
    await keep(ben)
    const { body: own } = await ben.call('GET', '/api/v1/snapshots')
    expect(new Set(own.items.map((item: { created_by: string }) => item.created_by))).toEqual(
      new Set([ben.id]),
    )
    const { body: all } = await ann.call('GET', '/api/v1/snapshots')
    expect(all.total).toBeGreaterThan(own.total)
    expect((await tom.call('GET', '/api/v1/snapshots')).body.total).toBe(0)
    expect(JSON.stringify(all)).not.toContain('token')
  })

  it('keeps no id of a tenant, and no state without bound', async () => {
    for (const state of [
      { t: acme },
      { deep: [{ w: 'acme__default' }] },
      { x: 'y'.repeat(20_000) },
    ]) {
      const { status } = await ann.call('POST', '/api/v1/snapshots', { body: { ...VIEW, state } })
      expect(status).toBe(422)
    }
    const { status } = await ann.call('POST', '/api/v1/snapshots', {
      body: { ...VIEW, route: 'https://elsewhere.example/' },
    })
    expect(status).toBe(422)
  })

  it('stands in the database as a digest alone, and a refused reading in the record of acts', async () => {
    const { token } = await keep(ann)
    await read(tom, token)
    const folder = join(server.folder, 'rag_storage', '_control')
    for (const name of ['control.db', 'control.db-wal']) {
      const bytes = await readFile(join(folder, name)).catch(() => Buffer.alloc(0))
      expect(bytes.includes(token)).toBe(false)
    }
    expect(server.log.length).toBeGreaterThan(20)
    expect(server.log.join('')).not.toContain(token.slice(0, 30))
    const { items } = await server.plane.acts.list(actor(tom), techstart, {
      action: 'snapshot_refused',
    })
    expect(items[0]).toMatchObject({ actor: tom.id })
  })
})
