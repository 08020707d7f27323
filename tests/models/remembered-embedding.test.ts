import { expect, it } from 'vitest'
import type { EmbeddingModel } from '../../src/engine/models.ts'
import { rememberedEmbedding } from '../../src/models/remembered-embedding.ts'

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
