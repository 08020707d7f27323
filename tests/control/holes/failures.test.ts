import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTwoTenants, type TwoTenants } from './holes-company.ts'

describe('what goes wrong inside', () => {
  let two: TwoTenants
  beforeAll(async () => {
    two = await startTwoTenants()
  })
  afterAll(() => two.server.close())

  it('is told to nobody, whatever its words, and to RAGFlow’s clients as little', async () => {
    const { db } = two.server.plane.core
    await sql`ALTER TABLE memberships RENAME TO elsewhere`.execute(db)
    // Some servers take a failure whose text has 401 in it for a refusal.
    await sql`CREATE VIEW memberships AS SELECT * FROM "error 401"`.execute(db)
    try {
      for (const [method, path] of [
        ['GET', '/documents'],
        ['GET', '/api/v1/tenants'],
        ['GET', `/api/v1/tenants/${two.acme}/members`],
        ['GET', '/api/v1/tenant/list'],
        ['GET', `/api/v1/tenant/${two.acme}/user/list`],
        ['POST', '/api/v1/system/new_token'],
      ] as const) {
        const { status, text, body } = await two.ann.call(method, path)
        expect([path, status]).toEqual([path, 500])
        expect([path, body.detail ?? body.message]).toEqual([
          path,
          expect.stringMatching(/^Internal server error \(error_id: [0-9a-f]{12}\)$/),
        ])
        expect(text).not.toMatch(/membership|sqlite|no such|select|error 401/i)
      }
    } finally {
      await sql`DROP VIEW memberships`.execute(db)
      await sql`ALTER TABLE elsewhere RENAME TO memberships`.execute(db)
    }
    expect(two.server.log.join('')).toContain('error 401')
    expect((await two.ann.call('GET', '/documents')).status).toBe(200)
  })
})
