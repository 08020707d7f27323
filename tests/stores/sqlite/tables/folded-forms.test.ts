import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Store } from '../../../../src/engine/ports/store.ts'
import { nameKey } from '../../../../src/engine/text/name-key.ts'
import { termsOf } from '../../../../src/engine/text/terms.ts'
import { contentTerms } from '../../../../src/models/offline/content-terms.ts'
import { hashedEmbedding } from '../../../../src/models/offline/embed/hashed-embedding.ts'
import { openSqliteStore } from '../../../../src/stores/sqlite/sqlite-store.ts'
import { FOLDED_FORMS } from '../../folded-forms.ts'
import { EMBEDDING } from '../../samples.ts'
import { fillWithForms } from '../folded-workspace.ts'

const WORDS = Object.entries(FOLDED_FORMS)

describe('a word in any form', () => {
  let dir: string
  let store: Store
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'folded-forms-'))
    store = await openSqliteStore({ dir, embedding: EMBEDDING })
    await fillWithForms(store)
  })
  afterAll(async () => {
    await store.close()
    await rm(dir, { recursive: true })
  })

  it.each(WORDS)('is found in texts by a question in any other: %s', async (word, forms) => {
    for (const asked of forms) {
      const hits = await store.searches.matchChunks(asked, 99)
      const found = await store.searches.chunks(hits.map(({ key }) => key))
      expect([asked, found.map(({ id }) => id).sort()]).toEqual([
        asked,
        forms.map((_, i) => `${word}-${i}`),
      ])
      expect([asked, (await store.searches.matchRelations(asked, 99)).length]).toEqual([
        asked,
        forms.length,
      ])
    }
  })

  it.each(WORDS)('is found in names by a question in any other: %s', async (_, forms) => {
    for (const asked of forms) {
      const some = await store.searches.matchEntities(asked, 99)
      const all = await store.searches.entitiesWithWords([asked], 99)
      expect([asked, some.length, all.length]).toEqual([asked, forms.length, forms.length])
    }
  })

  it.each(WORDS)('is one key, one term, one stem and one place: %s', (_, forms) => {
    const distinct = (of: (form: string) => unknown) =>
      new Set(forms.map((form) => String(of(form))))
    expect(distinct(nameKey).size).toBe(1)
    expect(distinct(termsOf).size).toBe(1)
    expect(distinct((form) => contentTerms(form).map(({ stem }) => stem)).size).toBe(1)
    expect(distinct((form) => hashedEmbedding(form, 64)).size).toBe(1)
  })

  it('is found by the parts of a compound, too', async () => {
    for (const part of ['می', 'خواهم']) {
      expect(await store.searches.matchChunks(part, 9)).toHaveLength(1)
    }
  })
})
