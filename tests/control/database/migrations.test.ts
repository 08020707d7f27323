import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { Kysely, SqliteDialect, sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ControlDatabase } from '../../../src/control/database/control-database.ts'
import { MIGRATIONS, migrate } from '../../../src/control/database/migrations.ts'
import { addTenant, openPlane } from '../plane.ts'

describe('the control database', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tenantrag-migrations-'))
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  const more = {
    ...MIGRATIONS,
    '9999_later': {
      up: async (db: Kysely<unknown>) => {
        await sql`ALTER TABLE tenants ADD COLUMN colour TEXT NOT NULL DEFAULT 'red'`.execute(db)
      },
    },
  }
  const changed = async (migrations: typeof more) => {
    const db = new Kysely<unknown>({
      dialect: new SqliteDialect({
        database: new Database(join(folder, 'storage/_control/control.db')),
      }),
    })
    try {
      await migrate(db, migrations)
      return (await sql<{ slug: string; colour: string }>`SELECT * FROM tenants`.execute(db)).rows
    } finally {
      await db.destroy()
    }
  }

  it('keeps what is in it when it is brought to a later version', async () => {
    const plane = await openPlane({}, folder)
    await addTenant(plane, 'acme')
    await plane.close()
    expect(await changed(more)).toMatchObject([{ slug: 'acme', colour: 'red' }])
  })

  it('takes all of a version or nothing', async () => {
    const plane = await openPlane({}, folder)
    await plane.close()
    const broken = {
      ...more,
      '9999_later': {
        up: async (db: Kysely<unknown>) => {
          await sql`CREATE TABLE half (id TEXT)`.execute(db)
          await sql`CREATE TABLE half (id TEXT)`.execute(db)
        },
      },
    }
    await expect(changed(broken)).rejects.toMatchObject({ code: 'database_unusable' })
    expect(await changed(more)).toEqual([])
  })

  it('refuses one that a later release has written, and what is no database', async () => {
    const plane = await openPlane({}, folder)
    await plane.close()
    await changed(more)
    await expect(openPlane({}, folder)).rejects.toMatchObject({ code: 'database_unusable' })
    await expect(ControlDatabase.open('/dev/null/control.db')).rejects.toThrow()
  })

  it('syncs what it commits, and keeps acts as they are', async () => {
    const plane = await openPlane({}, folder)
    try {
      await addTenant(plane, 'acme')
      const { rows } = await sql<{ synchronous: number }>`PRAGMA synchronous`.execute(plane.core.db)
      expect(rows).toEqual([{ synchronous: 2 }])
      await expect(plane.core.db.deleteFrom('acts').execute()).rejects.toThrow(/acts stand/)
      await expect(
        plane.core.db.updateTable('acts').set({ actor: 'nobody' }).execute(),
      ).rejects.toThrow(/acts stand/)
    } finally {
      await plane.close()
    }
  })
})
