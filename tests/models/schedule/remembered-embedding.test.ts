import { expect, it } from 'vitest'
import type { EmbeddingModel } from '../../../src/engine/ports/models.ts'
import { rememberedEmbedding } from '../../../src/models/schedule/remembered-embedding.ts'

function counting(): EmbeddingModel & { asked: string[] } {
  const asked: string[] = []
  return {
    id: 'counting',
    dimension: 2,
    asked,
    async embed(texts) {
      asked.push(...texts)
      return texts.map((text) => Float32Array.of(text.length, 1))
    },
  }
}

const document = { lane: 'extract', kind: 'document' } as const

it('asks for each text of a document once, and keeps the order', async () => {
  const model = counting()
  const remembered = rememberedEmbedding(model)
  await remembered.embed(['a', 'bbb'], document)
  const vectors = await remembered.embed(['cc', 'bbb', 'a', 'dddd'], document)
  expect(vectors.map(([length]) => length)).toEqual([2, 3, 1, 4])
  expect(model.asked).toEqual(['a', 'bbb', 'cc', 'dddd'])
})

it('asks once for a text that two want at the same time', async () => {
  const model = counting()
  const remembered = rememberedEmbedding(model)
  const both = await Promise.all([
    remembered.embed(['a', 'bb'], document),
    remembered.embed(['ccc', 'a'], document),
  ])
  expect(both.map((made) => made.map(([length]) => length))).toEqual([
    [1, 2],
    [3, 1],
  ])
  expect(model.asked.toSorted()).toEqual(['a', 'bb', 'ccc'])
})

it('asks for itself when another who asked has given up', async () => {
  const model = counting()
  let calls = 0
  const remembered = rememberedEmbedding({
    ...model,
    embed: async (texts, options) => {
      calls++
      if (calls === 1) throw new Error('given up')
      return model.embed(texts, options)
    },
  })
  const [first, second] = await Promise.allSettled([
    remembered.embed(['a'], document),
    remembered.embed(['a'], document),
  ])
  expect([first?.status, second?.status]).toEqual(['rejected', 'fulfilled'])
  expect(calls).toBe(2)
})

it('lets no workspace feel what another has asked', async () => {
  const model = counting()
  const remembered = rememberedEmbedding(model)
  for (const workspace of ['acme', 'techstart', 'acme']) {
    await remembered.embed(['a'], { ...document, workspace })
  }
  expect(model.asked).toEqual(['a', 'a'])
})

it('asks anew for every question', async () => {
  const model = counting()
  const remembered = rememberedEmbedding(model)
  for (const _ of [1, 2]) await remembered.embed(['q'], { lane: 'query', kind: 'query' })
  expect(model.asked).toEqual(['q', 'q'])
})

it('keeps nothing of a call that failed', async () => {
  const model = counting()
  let out = true
  const remembered = rememberedEmbedding({
    ...model,
    embed: (texts, options) =>
      out ? Promise.reject(new Error('out')) : model.embed(texts, options),
  })
  await expect(remembered.embed(['a'], document)).rejects.toThrow('out')
  out = false
  expect(await remembered.embed(['a'], document)).toEqual([Float32Array.of(1, 1)])
})
