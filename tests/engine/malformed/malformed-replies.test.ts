import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { settled } from '../served-engine.ts'
import { ATTEMPTS } from './every-role-engine.ts'
import { ANSWER, type LiedTo, lieTo } from './lied-to.ts'
import { CELLS, type Cell, MALFORMATIONS, ROLES } from './malformed-cell.ts'
import { namesIn, takeIn } from './malformed-documents.ts'
import { isQuestionRole } from './malformed-questions.ts'
import { expectAnswer, expectDocument } from './stated-outcomes.ts'

/** Documents beside those that are lied about. */
const BESIDE = 40
/**
 * Calls that one lie may cost. A document is tried three times, where its provider asks for a slower
 * pace ten times, with the attempts of a call each; its embeddings are first asked for in a batch.
 */
const MOST_CALLS = { question: ATTEMPTS, document: 10 * ATTEMPTS, embedding: 20 * ATTEMPTS }

const OF_DOCUMENTS = CELLS.filter(({ role }) => !isQuestionRole(role))
const OF_QUESTIONS = CELLS.filter(({ role }) => isQuestionRole(role))

/** Where models lie at once, and where they are silent: there nothing is done that takes its time. */
let world: LiedTo
let silent: LiedTo
beforeAll(async () => {
  const isSilent = ({ malformation }: Cell) => malformation.silent === true
  const told = CELLS.filter((cell) => !isSilent(cell))
  world = await lieTo(told, 60_000, BESIDE)
  silent = await lieTo(CELLS.filter(isSilent), 1_000, 1)
})
afterAll(async () => {
  await world?.close()
  await silent?.close()
})

type Outcomes = 'documents' | 'mended' | 'asked' | 'askedAgain' | 'unranked'

function outcomeOf<Kind extends Outcomes>(kind: Kind, { mark }: Cell) {
  const found = world[kind].get(mark) ?? silent[kind].get(mark)
  if (found === undefined) throw new TypeError(`there is no outcome of ${mark}`)
  return found as NonNullable<ReturnType<LiedTo[Kind]['get']>>
}

const cases = (cells: readonly Cell[]) =>
  cells.map((cell) => [cell.role, cell.malformation.name, cell] as const)

describe('a document for which a model answers', () => {
  it.each(cases(OF_DOCUMENTS))('in its %s with %s is stored with what is true', (_r, _n, cell) => {
    expectDocument(cell, outcomeOf('documents', cell))
  })

  it.each(cases(OF_DOCUMENTS))('in its %s with %s is whole once it does not', (_r, _n, cell) => {
    const { setAside, named } = outcomeOf('mended', cell)
    expect([...setAside]).toEqual([])
    expect(named).toEqual(namesIn(cell))
  })
})

describe('a caller for whom a model answers', () => {
  it.each(cases(OF_QUESTIONS))('in the %s with %s is told the truth', (_r, _n, cell) => {
    expectAnswer(cell, outcomeOf('asked', cell), {
      again: outcomeOf('askedAgain', cell),
      unranked: outcomeOf('unranked', cell),
    })
  })

  it.each(cases(OF_QUESTIONS))('in the %s with %s is told it once it does not', (_r, _n, cell) => {
    const again = outcomeOf('askedAgain', cell)
    expect([again.status, again.error, again.finish]).toEqual([200, null, null])
    if (cell.role.endsWith('answer')) expect(again.text.trim()).toBe(ANSWER)
    else expect(again.passages.length).toBeGreaterThan(0)
  })
})

describe('a model that lies', () => {
  it.each(cases(CELLS))('in its %s with %s costs a bounded number of calls', (role, _n, cell) => {
    const isQuestion = OF_QUESTIONS.includes(cell)
    const { question, document, embedding } = MOST_CALLS
    const most = isQuestion ? question : role.startsWith('embedding') ? embedding : document
    const calls = world.calls.get(cell.mark) ?? silent.calls.get(cell.mark) ?? 0
    expect(calls).toBeGreaterThan(0)
    expect(calls).toBeLessThanOrEqual(most)
  })

  it('is lied about in each role in at least 20 ways, each with a name of its own', () => {
    for (const role of ROLES) {
      const names = MALFORMATIONS[role].map(({ name }) => name)
      expect(new Set(names).size, role).toBe(names.length)
      expect(names.length, role).toBeGreaterThanOrEqual(20)
    }
  })

  it('hinders no document beside, and no request afterwards', async () => {
    expect(world.beside).toEqual(Array(BESIDE).fill('processed'))
    const counts = await fetch(`${world.server.baseUrl}/documents/status_counts`)
    expect(await counts.json()).toMatchObject({
      status_counts: {
        processed: OF_DOCUMENTS.filter(({ malformation }) => !malformation.silent).length + BESIDE,
      },
    })
  })

  it('leaves no vector in the storage that is none, no cut text and no characters that are none', () => {
    const db = new Database(join(world.engine.dir, 'rag.db'), { readonly: true })
    try {
      const rows = (sql: string) => db.prepare(sql).all() as Record<string, unknown>[]
      for (const table of ['chunk_vectors', 'entity_vectors', 'relation_vectors']) {
        const vectors = rows(`SELECT vector FROM ${table}`)
        expect(vectors.length, table).toBeGreaterThan(0)
        for (const { vector } of vectors) expect(lengthOf(vector as Buffer)).toBeCloseTo(1, 5)
      }
      const stored = [
        ...rows('SELECT name AS text FROM entity_names'),
        ...rows('SELECT description AS text FROM entities'),
        ...rows('SELECT description AS text FROM relations'),
      ].map(({ text }) => String(text))
      const wrong = stored.filter((text) => /[\0\ufffd\ud83d]|</.test(text.replaceAll('<SEP>', '')))
      expect(wrong).toEqual([])
      const answers = rows(`SELECT value AS text FROM model_cache WHERE kind = 'query'`)
      expect(new Set(answers.map(({ text }) => String(text).trim()))).toEqual(new Set([ANSWER]))
      // Each ends as the proper one does.
      const read = rows(`SELECT value AS text FROM model_cache WHERE kind = 'extract'`)
      for (const { text } of read) expect(text).toMatch(/<\|COMPLETE\|>/)
    } finally {
      db.close()
    }
  })

  it('is not believed in what it counts', () => {
    expect(world.engine.usage.length).toBeGreaterThan(CELLS.length)
    for (const { promptTokens, completionTokens } of world.engine.usage) {
      for (const tokens of [promptTokens, completionTokens]) {
        expect(tokens).toBeGreaterThanOrEqual(0)
        expect(tokens).toBeLessThanOrEqual(1e9)
      }
    }
    expect(Object.keys(Object.prototype)).toEqual([])
  })

  it('is told of where a reranker fails', () => {
    const told = world.engine.notices.filter(({ model }) => model === 'cohere:r')
    expect(told.length).toBeGreaterThan(20)
  })

  it('is asked for several vectors at a time again, once it says whose they are', async () => {
    const lines = Array.from({ length: 5 }, (_, i) => `afterwards number ${i}.`)
    await takeIn(world.engine, new Map([['after.txt', lines.join('\n')]]))
    await settled(world.engine)
    const batches = world.provider
      .callsOf('embed')
      .filter(({ texts }) => texts.some((text) => text.startsWith('afterwards')))
    expect(batches.map(({ texts }) => texts.length)).toEqual([5])
  })
})

function lengthOf(blob: Buffer): number {
  let squares = 0
  for (let at = 0; at < blob.length; at += 4) squares += blob.readFloatLE(at) ** 2
  return Math.sqrt(squares)
}
